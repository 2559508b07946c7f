"""What is due is done for every product, whatever becomes of one of them."""

from datetime import timedelta
from typing import Any

import pytest

from shopkeeper.flows import drafts
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.kit.ids import ProductId
from shopkeeper.selling.catalog import public as catalog

DUE = NOON + timedelta(minutes=1)


def ends(sku: str) -> ProductId:
    """Let a product go off at DUE."""
    product_id = catalog.goods_by_sku([sku])[sku].product_id
    catalog.schedule_draft(product_id=product_id, revision_id=None, go_live_at=None, expire_at=DUE, actor=None, now=NOON)
    return product_id


def test_one_that_breaks_keeps_no_other_from_its_moment_and_is_told(shop: SmallShop, monkeypatch: pytest.MonkeyPatch) -> None:
    tea, cup = ends("TEA"), ends("CUP")
    whole = catalog.carry_out_due

    def broken(*, product_id: ProductId, **more: Any) -> bool:
        if product_id == tea:
            raise RuntimeError("the disk is full")
        return whole(product_id=product_id, **more)

    monkeypatch.setattr(catalog, "carry_out_due", broken)
    with pytest.raises(ExceptionGroup, match="Not everything"):
        drafts.carry_out_due(DUE)

    assert [catalog.product_by_id(each).is_published for each in (tea, cup)] == [True, False]
    monkeypatch.undo()
    assert drafts.carry_out_due(DUE) == 1
    assert not catalog.product_by_id(tea).is_published


def test_nothing_is_due_before_its_moment(shop: SmallShop) -> None:
    ends("TEA")

    assert drafts.carry_out_due(NOON) == 0
