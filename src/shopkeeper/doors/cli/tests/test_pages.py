"""The command that looks at the shop's own pages: what it prints, in both languages, and its status."""

from __future__ import annotations

import contextlib

import pytest

from shopkeeper.doors.cli import main, place, texts
from shopkeeper.flows.page_audit import showing
from shopkeeper.flows.page_audit.showing import Answer
from shopkeeper.flows.tests.builders import SmallShop, product, small_shop
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.shapes_pages import PageKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> SmallShop:
    monkeypatch.setattr(place, "shop", contextlib.nullcontext)
    monkeypatch.setattr(place, "refuse_where_none_stands", lambda: None)
    speak(monkeypatch, "C.UTF-8")
    return small_shop()


def speak(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.setenv("LC_ALL", language)
    texts._translations.cache_clear()


def test_a_round_prints_the_worst_with_how_they_are_mended(shop: SmallShop, capsys: pytest.CaptureFixture[str]) -> None:
    status = main.main(["audit", "pages"])

    said = capsys.readouterr().out
    worst = content.looked().items[0]
    assert status == (1 if worst.score == 0 else 0)
    assert f"{worst.score:>3}  {worst.address}" in said
    assert "Add a picture to the product" in said


def test_one_page_is_looked_at_by_its_address_in_the_terminal_s_language(
    shop: SmallShop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    speak(monkeypatch, "zh_CN.UTF-8")

    assert main.main(["audit", "pages", "--address", "/en/goods/"]) == 0

    said = capsys.readouterr().out
    assert "/zh-hans/goods/" in said
    assert "请给商品添加图片" in said


def test_all_goods_on_a_shelf_are_looked_at_with_it(shop: SmallShop, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(6):
        product(f"POT{number}")

    main.main(["audit", "pages", "--address", "/en/goods/", "--with-goods"])

    looked = {each.page.subject for each in content.looked().items if each.page.kind is PageKind.PRODUCT}
    assert len(looked) == len(shop.variants) + 6
    assert f"{len(looked)}" in capsys.readouterr().err


def test_a_page_that_cannot_be_shown_ends_with_status_1(
    shop: SmallShop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "show", lambda path, language: Answer(failure="OperationalError"))

    assert main.main(["audit", "pages", "--address", "/en/goods/"]) == 1
    assert "OperationalError" in capsys.readouterr().out
