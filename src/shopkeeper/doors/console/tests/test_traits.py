"""Brands and attributes at the console, and a product described by them."""

import html

import pytest

from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import models
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Attribute, TraitKind
from shopkeeper.selling.catalog.tests.builders import NOON, a_brand, an_attribute, says, tell


def written(attribute: Attribute, *codes: str) -> dict[str, str]:
    """Return the form of an attribute as it stands, with these answers alone."""
    data = {
        "name_en": attribute.name.en,
        "name_zh": attribute.name.zh,
        "code": attribute.code,
        "kind": attribute.kind.value,
        "position": "0",
    }
    for index, each in enumerate(attribute.choices):
        if each.code in codes:
            data |= {f"answer_en_{index}": each.name.en, f"answer_zh_{index}": each.name.zh, f"answer_code_{index}": each.code}
    return data


def tea() -> int:
    return int(models.Variant.objects.get(sku="TEA").product_id)


def test_an_answer_left_empty_goes_and_one_that_describes_goods_stays(shop: SmallShop, owner: Staff) -> None:
    colour = an_attribute()
    tell(catalog.product("tea").id, says(colour, "red"))

    refused = owner.post(f"attributes/{colour.id}/edit/", **written(colour, "green", "blue"))
    gone = owner.post(f"attributes/{colour.id}/edit/", **written(colour, "red", "green"))

    assert refused.status_code == 422
    assert "“red” describes 1 product." in html.unescape(refused.content.decode())
    assert gone.status_code == 302
    assert [each.code for each in catalog.attribute_by_id(colour.id).choices] == ["red", "green"]


@pytest.mark.parametrize(("language", "words"), [("en", "Shoppers narrow down by answers"), ("zh-hans", "只有带选项的属性可以筛选")])
def test_a_number_narrows_nothing_down_and_the_reader_is_told(shop: SmallShop, owner: Staff, language: str, words: str) -> None:
    owner.read(language)

    page = owner.post("attributes/new/", name_en="Width", kind="number", is_filter="on", position="0")

    assert page.status_code == 422
    assert words in html.unescape(page.content.decode())
    assert catalog.attributes() == ()


def test_a_product_is_described_by_every_kind_and_found_as_it_was_left(shop: SmallShop, owner: Staff) -> None:
    colour, brand = an_attribute(), a_brand()
    names = {"width": TraitKind.NUMBER, "care": TraitKind.TEXT}
    made = {
        code: catalog.save_attribute(attribute_id=None, code=code, name=Bilingual(code, code), kind=kind, actor=None, now=NOON)
        for code, kind in names.items()
    }
    data = {
        "brand": str(brand),
        f"trait_{colour.id}": [str(colour.choices[0].id), str(colour.choices[2].id)],
        f"trait_{made['width']}": "12.5",
        f"trait_{made['care']}_en": "By hand.",
        f"trait_{made['care']}_zh": "手洗。",
    }

    assert owner.post(f"products/{tea()}/describe/", **data).status_code == 302

    page = html.unescape(owner.get(f"products/{tea()}/").content.decode())
    form = owner.get(f"products/{tea()}/describe/").content.decode()
    assert "Acme" in page
    assert "By hand." in page
    assert form.count("checked") == 2
    assert 'value="12.5"' in form


def test_a_number_that_is_none_is_refused_and_nothing_is_said(shop: SmallShop, owner: Staff) -> None:
    width = catalog.save_attribute(attribute_id=None, code="width", name=Bilingual("Width"), kind=TraitKind.NUMBER, actor=None, now=NOON)

    page = owner.post(f"products/{tea()}/describe/", **{f"trait_{width}": "wide"})

    assert page.status_code == 422
    assert catalog.traits([catalog.product("tea").id]) == {}


def test_a_clerk_reads_and_does_not_describe(shop: SmallShop, clerk: Staff) -> None:
    an_attribute()

    assert clerk.get("attributes/").status_code == 200
    assert clerk.get(f"products/{tea()}/describe/").status_code == 403
    assert clerk.post("brands/new/", name_en="Acme").status_code == 403
    assert catalog.brands() == ()
