"""Options on a product's page, with and without script; size tables; goods that staff put beside others."""

import re

import pytest
from django.test import Client

from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.kit.ids import ProductId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes_options import Link, LinkKind, Option, OptionDraft, OptionValueDraft, SizeColumn, SizeRow
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.pricing import public as pricing

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Corner:
    """The corner shop whose lamp comes in brass and black, small and large: brass large is not made, black small is sold out."""
    made = corner()
    lamp = made.products["lamp"].id
    options = catalog.save_options(
        product_id=lamp, actor=None, now=NOON,
        options=[
            OptionDraft(
                name=Bilingual("Colour", "颜色"),
                values=(
                    OptionValueDraft(name=Bilingual("Brass", "黄铜"), swatch="#b08d57"),
                    OptionValueDraft(name=Bilingual("Black", "黑色")),
                ),
            ),
            OptionDraft(
                name=Bilingual("Size", "尺码"),
                values=(OptionValueDraft(name=Bilingual("Small", "小")), OptionValueDraft(name=Bilingual("Large", "大"))),
            ),
        ],
    )  # fmt: skip
    missing = [each for each in catalog.missing_variants(lamp) if each.sku != "LAMP-BRASS-LARGE"]
    product = catalog.add_variants(product_id=lamp, variants=missing, actor=None, now=NOON)
    for each in product.variants:
        made.variants[each.sku] = each.id
    for sku, amount, units in (("LAMP-BLACK-SMALL", 1_300, 0), ("LAMP-BLACK-LARGE", 1_900, 3)):
        pricing.set_price(variant_id=made.variants[sku], amount_minor=amount, reason="test", actor=None, now=NOON)
        if units:
            place = inventory.warehouses()[0].id
            inventory.receive(variant_id=made.variants[sku], warehouse_id=place, units=units, actor=None, now=NOON)
    assert len(options) == 2
    return made


def options() -> tuple[Option, ...]:
    lamp = catalog.product("lamp").id
    return catalog.options([lamp])[lamp]


def answers(*places: int) -> dict[str, int]:
    """Return a form's answers: the value at this place of each option."""
    return {f"opt{each.slot}": each.values[place].id for each, place in zip(options(), places, strict=True)}


def page(client: Client, address: str = "goods/lamp/", language: str = "en") -> str:
    return client.get(f"/{language}/{address}").content.decode()


def picked(text: str) -> str:
    """Return what the page says of the present choice, its tags taken away."""
    found = re.search(r"<div class=\"picked\"[^>]*>(.*?)</div>", text, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found.group(1)).split())


def labels(text: str) -> dict[str, str]:
    """Return what each answer says of itself, by its name."""
    return dict(re.findall(r"<b>([^<]+)</b><small>([^<]*)</small></span></label>", text))


# ── the picker ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_option_is_a_group_and_its_answers_say_what_would_come_of_them(shop: Corner) -> None:
    text = page(shop.visitor())

    assert re.findall(r"<legend>(\w+): <b>(\w+)</b></legend>", text) == [("Colour", "Brass"), ("Size", "Small")]
    assert labels(text) == {"Brass": "", "Small": "", "Black": "sold out", "Large": "not made"}
    assert picked(text) == "£12.00 Tax included In stock Item number LAMP"
    assert 'fill="#b08d57"' in text
    assert text.count("<template data-variant=") == 3


def test_an_address_names_the_variant_or_its_values(shop: Corner) -> None:
    client = shop.visitor()

    by_variant = page(client, f"goods/lamp/?variant={shop.variants['LAMP-BLACK-LARGE']}")
    by_values = page(client, "goods/lamp/?" + "&".join(f"{name}={value}" for name, value in answers(1, 1).items()))

    assert picked(by_variant) == picked(by_values) == "£19.00 Tax included Only 3 left Item number LAMP-BLACK-LARGE"
    assert labels(by_variant) == {"Brass": "not made", "Black": "", "Small": "sold out", "Large": ""}
    for nonsense in ("?variant=99999999", "?variant=x", "?opt1=9999999&opt2=x"):
        assert picked(page(client, f"goods/lamp/{nonsense}")).endswith("LAMP")


def test_heart_and_delivery_speak_of_the_choice_also_where_it_is_sold_out(shop: Corner) -> None:
    gone = shop.variants["LAMP-BLACK-SMALL"]

    text = page(shop.visitor(), f"goods/lamp/?variant={gone}")

    assert f'name="variant" value="{gone}" data-heart="' in text
    assert f'&amp;variant={gone}"' in text


def test_what_is_sold_out_or_not_made_is_said_and_the_choice_stays(shop: Corner) -> None:
    client = shop.visitor()

    def of(*places: int) -> str:
        return page(client, "goods/lamp/?" + "&".join(f"{name}={value}" for name, value in answers(*places).items()))

    assert picked(of(1, 0)) == "£13.00 Tax included Sold out Item number LAMP-BLACK-SMALL"
    assert picked(of(0, 1)) == "This combination is not made. Choose another one."
    assert re.findall(r"<legend>\w+: <b>(\w+)</b>", of(0, 1)) == ["Brass", "Large"]


def test_a_form_without_script_finds_the_variant_from_its_answers(shop: Corner) -> None:
    client = shop.visitor()

    answer = client.post("/en/basket/add/", {"product": "lamp", "units": 2, **answers(1, 1)})

    assert answer.status_code == 302
    token = client.cookies["basket"].value.partition(".")[2]
    assert [(line.variant_id, line.units) for line in orders.basket(token).lines] == [(shop.variants["LAMP-BLACK-LARGE"], 2)]


@pytest.mark.parametrize(
    ("places", "says"), [((0, 1), "There is no such combination."), ((1, 0), "There is not enough left")], ids=["not made", "sold out"]
)
def test_what_cannot_be_had_is_refused_and_the_answers_stay(shop: Corner, places: tuple[int, int], says: str) -> None:
    client = shop.visitor()
    sent = {"product": "lamp", "units": 1, **answers(*places)}

    answer = client.post("/en/basket/add/", sent)
    told = client.post("/en/basket/add/", sent, HTTP_ACCEPT="application/json")

    text = answer.content.decode()
    assert (answer.status_code, told.status_code) == (422, 422)
    assert says in text
    assert says in told.json()["say"]
    chosen = re.findall(r'name="opt\d" value="(\d+)" checked', text)
    assert chosen == [str(value) for value in answers(*places).values()]


def test_half_a_choice_is_no_choice(shop: Corner) -> None:
    client = shop.visitor()
    one = dict(list(answers(1, 1).items())[:1])

    assert client.post("/en/basket/add/", {"product": "lamp", "units": 1, **one}).status_code == 422
    assert client.post("/en/basket/add/", {"product": "nothing", "units": 1, **one}).status_code == 404


def test_who_has_no_script_may_ask_what_a_choice_comes_to(shop: Corner) -> None:
    client = shop.visitor()

    answer = client.post("/en/basket/add/", {"product": "lamp", "act": "show", "units": 1, **answers(1, 1)}, follow=True)

    assert picked(answer.content.decode()).endswith("LAMP-BLACK-LARGE")
    assert "csrf" not in answer.redirect_chain[0][0]
    assert "basket" not in client.cookies


def test_the_picker_speaks_chinese(shop: Corner) -> None:
    text = page(shop.visitor("zh-hans"), language="zh-hans")

    assert labels(text) == {"黄铜": "", "小": "", "黑色": "已售罄", "大": "无此款"}
    assert not re.search(r"not made|sold out|Item number", text)


def test_goods_without_options_are_chosen_as_before(shop: Corner) -> None:
    text = page(shop.visitor(), "goods/cup/")

    assert "data-picker" not in text
    assert text.count('name="variant"') >= 2


# ── size tables ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_size_table_shows_centimetres_and_inches_as_a_table(shop: Corner) -> None:
    catalog.save_size_table(
        size_table_id=None, name=Bilingual("Shades", "灯罩"), note=Bilingual("Measured lying flat.", "平铺测量。"), actor=None, now=NOON,
        columns=[SizeColumn(name=Bilingual("Width", "宽"), unit="cm"), SizeColumn(name=Bilingual("Weight", "重"), unit="g")],
        rows=[SizeRow(size="S", cells=("20-25", "300")), SizeRow(size="L", cells=("40", ""))], category_ids=[shop.kitchen],
    )  # fmt: skip

    text = page(shop.visitor())

    assert '<th scope="row">S</th><td><span class="cm">20–25</span><span class="in">7.9–9.8</span></td><td>300</td>' in text
    assert "Measured lying flat." in text
    assert 'id="measure_in"' in text
    assert "灯罩" in page(shop.visitor("zh-hans"), language="zh-hans")
    assert "Shades" in page(shop.visitor(), "goods/cup/")
    catalog.save_category(category_id=None, slug="toys", name=Bilingual("Toys"), actor=None, now=NOON)


# ── goods beside ──────────────────────────────────────────────────────────────────────────────────────────────────────


def related(shop: Corner, *links: tuple[str, LinkKind]) -> None:
    found = [Link(ProductId(shop.products[slug].id), kind) for slug, kind in links]
    catalog.relate(product_id=shop.products["lamp"].id, links=found, actor=None, now=NOON)


def test_goods_that_staff_put_beside_stand_before_the_shelf_and_once(shop: Corner) -> None:
    related(shop, ("cup", LinkKind.WITH), ("box", LinkKind.INSTEAD))

    text = page(shop.visitor())

    with_it, instead = text.index("Goes with it"), text.index("In place of it")
    assert with_it < text.index("Enamel cup", with_it) < instead < text.index("Tin box", instead)
    assert "From the same shelf" not in text[instead:] or "Tin box" not in text[text.index("From the same shelf") :]
    catalog.unpublish(product_id=shop.products["cup"].id, actor=None, now=NOON)
    assert "Goes with it" not in page(shop.visitor())
