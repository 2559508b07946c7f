"""The first day, walked as an operator walks it: from an empty shop to a shopper's first order, without another page to read."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils.translation import override
from PIL import Image

from shopkeeper.doors.console import first_day as door
from shopkeeper.doors.console import first_day_words as words
from shopkeeper.doors.console.first_day_forms import FORMS
from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.flows import first_day, open_shop
from shopkeeper.flows.first_day import Finding, State
from shopkeeper.flows.tests.builders import NOON
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.tests.builders import some_goods
from shopkeeper.selling.content import public as content
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.shop import public as shops

pytestmark = pytest.mark.django_db

MOST_PAGES = 30


BUYER = {
    "email": "ada@example.com", "name": "Ada Byron", "phone": "", "line1": "12 Quay Street", "line2": "", "city": "Bristol",
    "postcode": "BS1 4DJ", "region": "", "country": "GB", "payment": "test-ok", "act": "order",
}  # fmt: skip


def picture(width: int = 320, height: int = 240) -> BytesIO:
    made = BytesIO()
    Image.new("RGB", (width, height), (185, 58, 43)).save(made, "PNG")
    made.seek(0)
    made.name = "mark.png"
    return made


@pytest.fixture
def empty(db: None, settings: Any, tmp_path: Any) -> None:
    settings.LAKE_DIR = tmp_path / "lake"
    settings.BACKUP_DIR = tmp_path / "backups"
    open_shop.empty(now=NOON)


@pytest.fixture
def owner(empty: None) -> Staff:
    return Staff(Role.OWNER)


class Operator:
    """Somebody who opens the guide, fills in the form that is open, and sends it: every page asked for is counted."""

    def __init__(self, staff: Staff) -> None:
        self.staff, self.pages, self.forms = staff, 0, 0

    def look(self) -> str:
        self.pages += 1
        return self.staff.text("first-day/")

    def send(self, step: str, form: str, **data: Any) -> str:
        """Send a form of the step that the guide has open, and return the page it leads on to."""
        assert f'action="/console/first-day/{step}/{form}/"' in self.page, (step, form)
        self.forms += 1
        answered = self.staff.client.post(f"/console/first-day/{step}/{form}/", data, follow=True)
        assert answered.status_code == 200, answered.content.decode()[:3000]
        self.pages += 1
        self.page = str(answered.content.decode())
        return self.page


GIVEN: dict[str, tuple[str, dict[str, Any]]] = {
    "name": ("name", {"name_en": "Paper Crane", "name_zh": "纸鹤小铺"}),
    "place": ("place", {"country": "GB", "currency": "GBP", "zone": "Europe/London", "language": "en", "email": "hello@crane.example"}),
    "licence": ("licence", {"legal_name": "Paper Crane Ltd", "address": "1 Quay Street, Bristol", "licence_number": "09123456",
                            "licence_authority": "Companies House"}),
    "taxes": ("taxes", {"percent": "20", "tax_mode": "included"}),
    "delivery": ("delivery", {"name_en": "Standard delivery", "name_zh": "标准配送", "price": "3.95", "free_from": "40", "days_least": "2",
                              "days_most": "4"}),
    "texts": ("texts", {"kinds": ["terms", "privacy", "returns", "consent"]}),
    "mail": ("mail", {"language": "en"}),
    "staff": ("alone", {}),
    "backups": ("backup", {}),
}  # fmt: skip


def walk(owner: Staff) -> Operator:
    """Do every step up to opening the shop, always the one the guide has open."""
    operator = Operator(owner)
    operator.page = operator.look()
    given = {name: (form, dict(data)) for name, (form, data) in GIVEN.items()}
    given["logo"] = ("logo", {"logo": picture()})
    given["products"] = ("product", {"name_en": "Tea pot", "name_zh": "茶壶", "sku": "POT-1", "price": "12.00", "units": "5",
                                     "picture": picture(800, 800)})  # fmt: skip
    for _step in range(len(first_day.NAMES)):
        here = first_day.read(NOON).next
        if here == "open" or here not in given:
            break
        form, data = given.pop(here)
        operator.send(here, form, **data)
    return operator


def order_as_a_shopper(operator: Operator) -> str:
    """Order the pot as a stranger and return where that leads."""
    shopper = Client()
    shelf = shopper.get("/en/goods/tea-pot/").content.decode()
    shopper.post("/en/basket/add/", {"variant": _value(shelf, "variant"), "units": "1"})
    form = shopper.get("/en/checkout/").content.decode()
    secret = {name: _value(form, name) for name in ("idempotency_key", "seen_digest", "seen_total", "delivery")}
    answered = shopper.post("/en/checkout/", BUYER | secret)
    operator.pages += 4
    assert answered.status_code == 302, re.sub(r"<[^>]+>", " ", answered.content.decode())
    return str(answered["Location"])


def _value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*? value="([^"]*)"', page)
    assert found, name
    return found[1]


def test_an_operator_goes_from_an_empty_shop_to_the_first_order_by_the_guide_alone(owner: Staff) -> None:
    operator = walk(owner)
    day = first_day.read(NOON)
    assert day.in_the_way == ()
    assert {each.name: each.state for each in day.steps if each.is_needed and each.name != "payment"} == dict.fromkeys(
        ("name", "place", "licence", "taxes", "delivery", "texts", "products"), State.DONE
    )

    assert "opens soon" in Client().get("/en/").content.decode()
    operator.staff.text("first-day/?step=open")
    opened = owner.post("first-day/open/doors/", is_known="on")
    assert opened.status_code == 302, opened.content.decode()
    operator.pages, operator.forms = operator.pages + 2, operator.forms + 1

    assert order_as_a_shopper(operator)
    assert orders.list_orders(size=1).total == 1
    assert operator.pages <= MOST_PAGES, operator.pages
    assert operator.forms <= 12
    assert catalog.has_products()
    assert "first-day" not in owner.text("").split('<ol class="sk-steps">')[0]


def test_a_text_confirmed_by_name_carries_no_warning_any_more_and_asks_again_once_it_changed(owner: Staff) -> None:
    assert content.is_template(content.text("terms"))

    owner.post("first-day/texts/texts/", kinds=["terms"])

    confirmed = content.text("terms")
    assert not content.is_template(confirmed)
    assert "## Who sells to you" in confirmed.body.en
    page = owner.text("first-day/?step=texts")
    assert "confirmed by Owner Person" in page
    (entry,) = audit.entries(act="shop.confirm")
    assert (entry.actor, entry.after) == (owner.id, {"confirmed": "text:terms", "mark": "2"})
    assert {each.kind.value for each in first_day.unread(first_day.read(NOON).seen)} == {"privacy", "returns", "consent"}


def test_the_shop_does_not_open_before_what_is_needed_is_done_and_says_what(owner: Staff) -> None:
    refused = owner.post("first-day/open/doors/", is_known="on")

    assert refused.status_code == 422
    said = refused.content.decode()
    assert "still to be done: the name, place, currency and how to be reached, the licence, the tax rates" in said
    assert shops.shop().opens_soon

    walk(owner)
    unknown = owner.post("first-day/open/doors/")
    assert unknown.status_code == 422
    assert "tick that the shop opens without them" in unknown.content.decode()
    assert shops.shop().opens_soon


@pytest.mark.parametrize(("name", "code"), [(("Corner Tea", ""), "name_zh_missing"), (("", "街角茶铺"), "name_en_missing")])
def test_a_shop_whose_name_stands_in_one_language_only_can_open(owner: Staff, name: tuple[str, str], code: str) -> None:
    walk(owner)
    owner.post("first-day/name/name/", **GIVEN["name"][1] | {"name_en": name[0], "name_zh": name[1]})

    step = first_day.read(NOON).steps[0]
    opened = owner.post("first-day/open/doors/", is_known="on")

    assert (step.state, [each.code for each in step.findings if each.code.startswith("name_")]) == (State.LOOK, [code])
    assert opened.status_code == 302
    assert not shops.shop().opens_soon


def test_somebody_else_goes_on_where_the_first_one_stopped_each_by_right(owner: Staff) -> None:
    owner.post("first-day/name/name/", **GIVEN["name"][1])
    manager, clerk = Staff(Role.MANAGER), Staff(Role.CLERK)

    page = manager.text("first-day/?step=delivery")
    assert 'action="/console/first-day/delivery/delivery/"' in page
    assert "Somebody with another role does this:" in manager.text("first-day/?step=licence")
    assert 'action="/console/first-day/delivery/delivery/"' not in clerk.text("first-day/?step=delivery")
    assert clerk.post("first-day/delivery/delivery/", **GIVEN["delivery"][1]).status_code == 403
    assert first_day.read(NOON).steps[0].state is State.DONE


@pytest.mark.parametrize(
    ("step", "form", "changes", "said"),
    [
        ("place", "place", {"email": "nobody at home"}, "“nobody at home”"),
        ("taxes", "taxes", {"percent": "101"}, "100"),
        ("delivery", "delivery", {"price": "free"}, "“free” is not an amount"),
        ("delivery", "delivery", {"days_least": "9"}, "9"),
        ("licence", "licence", {"legal_name": ""}, "“Legal name” is empty"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_within_the_guide(owner: Staff, step: str, form: str, changes: Any, said: str) -> None:
    before = first_day.read(NOON)

    refused = owner.client.post(f"/console/first-day/{step}/{form}/", GIVEN[step][1] | changes)

    assert refused.status_code == 422
    assert said in refused.content.decode()
    assert "sk-first__step" in refused.content.decode()
    assert first_day.read(NOON) == before


def test_a_logo_that_is_no_picture_is_refused_and_the_seal_stays(owner: Staff) -> None:
    fake = BytesIO(b"<svg onload=alert(1)>")
    fake.name = "logo.png"

    refused = owner.client.post("/console/first-day/logo/logo/", {"logo": fake})

    assert refused.status_code == 422
    assert "“logo.png”" in refused.content.decode()
    assert shops.shop().logo is None


def test_a_logo_stands_at_the_head_of_every_page_and_goes_again(owner: Staff) -> None:
    owner.client.post("/console/first-day/logo/logo/", {"logo": picture()})

    logo = shops.shop().logo
    assert logo is not None
    address = f"/media/{logo.key}/{logo.smallest}.jpg"
    assert address in owner.client.get("/en/").content.decode()
    assert owner.client.get(address).status_code == 200

    owner.post("first-day/logo/seal/")
    assert address not in owner.client.get("/en/").content.decode()


def test_examples_are_reckoned_from_what_is_saved(owner: Staff) -> None:
    for name in ("place", "taxes", "delivery"):
        owner.post(f"first-day/{name}/{GIVEN[name][0]}/", **GIVEN[name][1])

    assert "A thing for £12.00 contains £2.00 tax." in owner.text("first-day/?step=taxes")
    assert "Goods worth £30.00 to United Kingdom: £3.95, 2–4 days." in owner.text("first-day/?step=delivery")
    owner.post("first-day/taxes/taxes/", percent="20", tax_mode="added")
    assert "A thing for £12.00 costs £14.40: £2.40 tax is added." in owner.text("first-day/?step=taxes")


def test_a_rate_changed_elsewhere_after_it_was_confirmed_needs_a_look(owner: Staff) -> None:
    owner.post("first-day/taxes/taxes/", percent="13", tax_mode="included")
    assert state("taxes") is State.DONE

    owner.post("taxes/new/", country="CN", percent="9")

    assert state("taxes") is State.LOOK


def state(name: str) -> State:
    return next(each.state for each in first_day.read(NOON).steps if each.name == name)


def test_a_letter_goes_to_whoever_asks_and_is_written_down(owner: Staff) -> None:
    owner.post("first-day/mail/mail/", language="zh-hans")

    assert [each.to for each in mail.outbox] == [["owner@shop.local"]]
    assert state("mail") is State.DONE


@pytest.mark.parametrize(
    ("language", "pages"),
    [("en", ("Its page", "Its page", "Change pictures")), ("zh-hans", ("商品页", "商品页", "修改图片"))],
)
def test_what_a_product_lacks_leads_to_the_page_where_it_is_mended_for_whoever_may(
    owner: Staff, language: str, pages: tuple[str, ...]
) -> None:
    product = some_goods("MUG").product_id
    owner.read(language)
    clerk = Staff(Role.CLERK, language)

    (mine, theirs) = ([step for step in staff.get("first-day/").context["steps"] if step.name == "products"] for staff in (owner, clerk))

    found = mine[0].findings
    at = f"/console/products/{product}/"
    assert [(each.url, each.page) for each in found] == list(zip((at, at, f"{at}pictures/"), pages, strict=True))
    assert [each.sentence for each in theirs[0].findings] == [each.sentence for each in found]
    assert [each.url for each in theirs[0].findings] == [at, at, ""]
    assert f'{found[2].sentence} <a href="{at}pictures/?next=/console/first-day/%3Fstep%3Dproducts">' in owner.text(
        "first-day/?step=products"
    )
    assert f"{at}pictures/" not in clerk.text("first-day/?step=products")
    assert [owner.client.get(each.url).status_code for each in found] == [200, 200, 200]


def test_test_payments_are_never_done(owner: Staff) -> None:
    walk(owner)

    assert state("payment") is State.LOOK
    assert "test, not for real trade" in owner.text("first-day/?step=payment")


def codes() -> set[str]:
    """Return every finding a check can make, as the flow names them."""
    source = (first_day.__file__, door.__file__)
    text = "".join(Path(each).read_text(encoding="utf-8") for each in source)
    plain = set(re.findall(r'Finding\("([a-z_]+)"', text)) | set(re.findall(r'"([a-z]+_(?:changed|unconfirmed))"', text))
    plain |= set(re.findall(r'\("(no_[a-z]+|one_language)", ', text))
    plain |= {"text_template", "text_unread", "name_en_missing", "name_zh_missing"}
    plain |= {f"backup_{each}" for each in ("none", "unproven", "wrong", "old")}
    plain |= {f"provider_{each}" for each in ("unusable_key", "wrong_currency")}
    return plain | {f"{each}_missing" for each in ("legal_name", "address", "licence_number", "licence_authority")}


def untold(findings: Any) -> set[str]:
    """Return the findings that have no sentence, or one that does not say how it is mended."""
    return {each for each in codes() if each not in findings or len(str(findings[each]).split()) < 5}


def test_every_finding_says_what_is_wrong_and_every_step_why_it_matters() -> None:
    assert untold(words.FINDINGS) == set()
    assert set(words.TITLES) == set(words.WHY) == set(FORMS) == set(first_day.NAMES)
    assert sum(each[1] for each in first_day._STEPS) == 30


def test_a_finding_without_a_sentence_is_found() -> None:
    planted = {code: said for code, said in words.FINDINGS.items() if code != "no_price"} | {"no_stock": "Wrong."}

    assert untold(planted) == {"no_price", "no_stock"}


def test_every_finding_can_be_said_in_both_languages(owner: Staff) -> None:
    values: dict[str, str | int] = {
        "country": "GB", "kind": "terms", "usual": 2000, "provider": "alipay", "value": "CNY", "product": "Tea pot", "name": "My shop",
        "currency": "GBP", "zone": "Europe/London", "number": "1", "code": "STANDARD", "address": "http://127.0.0.1/",
    }  # fmt: skip
    for code in codes():
        for language in ("en", "zh-hans"):
            with override(language):
                said = words.said(Finding(code, values))
            assert "%(" not in said
            assert (re.search("[一-鿿]", said) is not None) == (language == "zh-hans"), said
