"""What members call their addresses: written once, read in either language, shown where an address is chosen."""

import pytest
from django.test import Client

from shopkeeper.doors.storefront import labels
from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.doors.storefront.tests.test_accounts import PASSWORD, signed_in
from shopkeeper.flows import join
from shopkeeper.kit.refusals import Malformed, OutOfRange
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Address

pytestmark = pytest.mark.django_db

OWN = Address(name="Ann Lee", line1="1 Mill Lane", city="Norwich", postcode="NR3 1AA", country="GB")
TYPED = {"to": "Ann Lee", "line1": "1 Mill Lane", "city": "Norwich", "postcode": "NR3 1AA", "country": "GB", "act": "save"}


@pytest.fixture
def shop() -> Corner:
    return corner()


@pytest.fixture
def ann(shop: Corner) -> join.Joined:
    return join.register(email="ann@example.com", password=PASSWORD, name="Ann Lee", language="en", now=NOON)


@pytest.fixture
def client(shop: Corner, ann: join.Joined) -> Client:
    return signed_in(shop)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Home", "home"), (" office ", "office"), ("家", "home"), ("公司", "office"), ("HOME", "home"), ("Granny’s", "Granny’s"),
        ("", ""), (" ", ""),
    ],
)  # fmt: skip
def test_offered_words_are_one_in_both_languages_and_own_words_stay_as_written(
    client: Client, ann: join.Joined, typed: str, kept: str
) -> None:
    answer = client.post("/en/account/addresses/new/", {**TYPED, "label": typed})

    assert answer.status_code == 302
    assert [each.label for each in customers.addresses(ann.customer_id)] == [kept]


@pytest.mark.parametrize(("language", "word"), [("en", "Office"), ("zh-hans", "公司")])
def test_the_label_stands_in_the_account_its_form_and_in_checkouts_choice(
    shop: Corner, client: Client, ann: join.Joined, language: str, word: str
) -> None:
    entry = customers.save_address(customer_id=ann.customer_id, address=OWN, label="office", now=NOON)
    shop.add(client)

    account, form, checkout = (
        client.get(f"/{language}/{path}").content.decode() for path in ("account/", f"account/addresses/{entry.id}/", "checkout/")
    )

    assert f"<b>{word}</b>" in account
    assert f'value="{word}"' in form.split('name="label"')[1].split(">")[0]
    assert f"<b>{word} · Ann Lee</b>" in checkout


def test_a_label_that_is_too_long_is_refused_beside_its_field_and_nothing_is_kept(client: Client, ann: join.Joined) -> None:
    answer = client.post("/en/account/addresses/new/", {**TYPED, "label": "x" * 31})

    assert answer.status_code == 422
    assert 'id="error_label"' in answer.content.decode()
    assert customers.addresses(ann.customer_id) == ()


@pytest.mark.parametrize(("label", "refusal"), [("x" * 31, OutOfRange), ("a\x07b", Malformed)])
def test_the_room_refuses_it_by_name(ann: join.Joined, label: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal) as refused:
        customers.save_address(customer_id=ann.customer_id, address=OWN, label=label, now=NOON)

    assert refused.value.field == "label"  # type: ignore[attr-defined]


def test_what_somebody_wrote_is_shown_as_text(client: Client, ann: join.Joined) -> None:
    customers.save_address(customer_id=ann.customer_id, address=OWN, label="<b>Home</b>", now=NOON)

    assert "<b>Home</b>" not in client.get("/en/account/").content.decode()


def test_a_changed_label_takes_the_place_of_the_old_one(client: Client, ann: join.Joined) -> None:
    entry = customers.save_address(customer_id=ann.customer_id, address=OWN, label="office", now=NOON)

    client.post(f"/en/account/addresses/{entry.id}/", {**TYPED, "label": ""})

    assert [each.label for each in customers.addresses(ann.customer_id)] == [""]


def test_every_offered_word_is_read_back_as_itself() -> None:
    assert [labels.kept(labels.said(code)) for code in labels.OFFERED] == list(labels.OFFERED)
