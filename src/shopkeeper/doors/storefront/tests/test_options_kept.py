"""A kept page of a product shows every change of what stands beside its goods at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shopkeeper.doors.storefront import pages
from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.kit.ids import CategoryId, ProductId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import VariantDraft
from shopkeeper.selling.catalog.shapes_options import Link, LinkKind, OptionDraft, OptionValueDraft, SizeColumn, SizeRow

pytestmark = pytest.mark.django_db(transaction=True)
MOST = 6


@pytest.fixture
def shop() -> Corner:
    return corner()


def test_a_kept_page_shows_options_sizes_and_goods_beside_at_once(shop: Corner) -> None:
    client = shop.visitor()

    def said() -> str:
        return str(client.get("/en/goods/lamp/").content.decode())

    lamp = shop.products["lamp"].id
    other = catalog.save_category(category_id=None, slug="toys", name=Bilingual("Toys"), actor=None, now=NOON)
    assert "data-picker" not in said()

    brass = OptionDraft(name=Bilingual("Finish"), values=(OptionValueDraft(name=Bilingual("Brass")),))
    catalog.save_options(product_id=lamp, options=[brass], actor=None, now=NOON)
    assert "Finish" in said()

    table = catalog.save_size_table(
        size_table_id=None, name=Bilingual("Shades"), columns=[SizeColumn(name=Bilingual("Width"))], rows=[SizeRow(size="S", cells=("1",))],
        category_ids=[], actor=None, now=NOON,
    )  # fmt: skip
    assert "Shades" not in said()
    catalog.choose_size_table(product_id=lamp, size_table_id=table, actor=None, now=NOON)
    assert "Shades" in said()

    ball = shop.products["cup"]
    catalog.relate(product_id=lamp, links=[Link(ball.id, LinkKind.WITH)], actor=None, now=NOON)
    assert "Goes with it" in said()
    # On another shelf than the page's own: its price and its name are part of the page all the same.
    rename(ball.id, "Enamel mug", other)
    assert "Enamel mug" in said()
    shop.price("CUP-S", 777)
    assert "£7.77" in said()


def test_a_page_with_everything_beside_costs_at_most_six_statements(shop: Corner) -> None:
    lamp, client = shop.products["lamp"].id, shop.visitor()
    brass = OptionDraft(name=Bilingual("Finish"), values=(OptionValueDraft(name=Bilingual("Brass")),))
    catalog.save_options(product_id=lamp, options=[brass], actor=None, now=NOON)
    links = [Link(shop.products["cup"].id, LinkKind.WITH), Link(shop.products["box"].id, LinkKind.INSTEAD)]
    catalog.relate(product_id=lamp, links=links, actor=None, now=NOON)
    client.get("/en/goods/lamp/")
    pages.forget()

    with CaptureQueriesContext(connection) as asked:
        text = client.get("/en/goods/lamp/").content.decode()

    assert ("Goes with it" in text, "In place of it" in text, "Finish" in text) == (True, True, True)
    assert len(asked) <= MOST, [each["sql"][:120] for each in asked]


def rename(product_id: ProductId, name: str, category_id: CategoryId) -> None:
    product = catalog.product_by_id(product_id)
    drafts = [VariantDraft(id=each.id, sku=each.sku, option=each.option) for each in product.variants]
    catalog.save_product(
        product_id=product.id, slug=product.slug, name=Bilingual(name), text=product.text, category_id=category_id, variants=drafts,
        is_published=True, actor=None, now=NOON,
    )  # fmt: skip
