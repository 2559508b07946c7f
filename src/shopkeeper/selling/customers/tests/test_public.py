"""Members and guests are told apart, addresses belong to one customer, consent is a ledger, and taking over can be repeated."""

from datetime import timedelta

import polars as pl
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.models import Customer as Row
from shopkeeper.selling.customers.tests.builders import NOON, address, guest, member
from shopkeeper.selling.shop.tests.builders import facts_told

pytestmark = pytest.mark.django_db


# ── members and guests ────────────────────────────────────────────────────────────────────────────────────────────────


def test_registering_twice_gives_the_same_member_and_one_fact():
    mia = member()

    again = customers.register(user_id=mia.user_id, email=mia.email, name="Mia", language="en", now=NOON)

    assert again == mia
    assert customers.by_user(mia.user_id) == mia
    assert not mia.is_guest
    assert facts_told("CustomerRegistered") == [{"customer_id": mia.id}]


def test_a_guest_who_comes_back_is_the_same_guest_with_todays_particulars():
    first = guest(" Guest@Example.org ", name="Gus", country="GB")
    second = guest("guest@example.org", name="Gus Vale", country="IE", phone="+353 1 496 0000")

    assert second.id == first.id
    assert (second.name, second.country, second.phone, second.email) == ("Gus Vale", "IE", "+353 1 496 0000", "guest@example.org")
    assert second.joined_at == first.joined_at


def test_a_guest_with_a_members_address_does_not_touch_the_member():
    mia = member("mia@example.org")

    visitor = guest("mia@example.org", name="Somebody Else")

    assert visitor.id != mia.id
    assert visitor.is_guest
    assert customers.customer(mia.id) == mia


def test_many_customers_are_read_in_one_query():
    ids = [guest(f"guest{number}@example.org").id for number in range(5)]

    with CaptureQueriesContext(connection) as asked:
        found = customers.customers([*ids, 999_999])

    assert set(found) == set(ids)
    assert len(asked) == 1


def test_an_unknown_customer_is_refused_by_number():
    with pytest.raises(NotFound) as refused:
        customers.customer(4711)

    assert (refused.value.kind, refused.value.value) == ("customer", 4711)


@pytest.mark.parametrize(
    ("wrong", "refusal", "field"),
    [
        ({"email": "no address"}, Malformed, "email"),
        ({"email": "a@b"}, Malformed, "email"),
        ({"email": f"{'x' * 300}@example.org"}, Malformed, "email"),
        ({"country": "Atlantis"}, Malformed, "country"),
        ({"name": "x" * 151}, OutOfRange, "name"),
        ({"name": "a\nBcc: b@example.org"}, Malformed, "name"),
        ({"phone": "call me"}, Malformed, "phone"),
    ],
)
def test_a_guest_with_impossible_particulars_is_refused_by_field(wrong, refusal, field):
    with pytest.raises(refusal) as refused:
        guest(**wrong)

    assert refused.value.field == field
    assert not Row.objects.exists()


def test_saving_a_customer_traces_the_fields_but_not_what_they_hold():
    mia = member()

    saved = customers.save_customer(
        customer_id=mia.id, name="Mia Stone", phone="+44 1904 496 000", language="zh-hans", actor=None, now=NOON
    )

    assert (saved.name, saved.phone, saved.language) == ("Mia Stone", "+44 1904 496 000", "zh-hans")
    (entry,) = audit.entries(act="customers.save")
    assert (entry.subject, entry.before, entry.after) == (f"customer:{mia.id}", None, {"fields": ["language", "name", "phone"]})
    assert facts_told("CustomerSaved") == [{"customer_id": mia.id}]


def test_a_save_that_changes_nothing_leaves_no_trace():
    mia = member()

    customers.save_customer(customer_id=mia.id, name=mia.name, phone="", language="en", actor=None, now=NOON)

    assert audit.entries().total == 0
    assert facts_told("CustomerSaved") == []


def test_customers_are_found_by_name_address_or_code():
    mia, gus = member(), guest()

    assert [found.id for found in customers.search(text="berg")] == [mia.id]
    assert [found.id for found in customers.search(text="GUEST@")] == [gus.id]
    assert [found.id for found in customers.search(is_guest=True)] == [gus.id]
    assert customers.search(text="%").total == 0
    assert customers.search().total == 2


def test_the_database_refuses_a_guest_who_signs_in():
    mia = member()

    with pytest.raises(IntegrityError), transaction.atomic():
        Row.objects.filter(pk=mia.id).update(is_guest=True)


# ── addresses ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_address_is_offered_first_until_another_takes_its_place():
    mia = member()
    home = customers.save_address(customer_id=mia.id, address=address(), now=NOON)
    work = customers.save_address(customer_id=mia.id, address=address(line1="3 Work Road"), now=NOON)

    assert [(saved.id, saved.is_default) for saved in customers.addresses(mia.id)] == [(home.id, True), (work.id, False)]

    customers.save_address(customer_id=mia.id, address=address(line1="3 Work Road"), address_id=work.id, is_default=True, now=NOON)

    assert [(saved.id, saved.is_default) for saved in customers.addresses(mia.id)] == [(work.id, True), (home.id, False)]


def test_nobody_reaches_another_customers_address():
    mia, other = member(), member("other@example.org")
    home = customers.save_address(customer_id=mia.id, address=address(), now=NOON)

    with pytest.raises(NotFound):
        customers.save_address(customer_id=other.id, address=address(line1="Taken"), address_id=home.id, now=NOON)
    with pytest.raises(NotFound):
        customers.remove_address(customer_id=other.id, address_id=home.id, now=NOON)

    assert customers.addresses(mia.id) == (home,)
    customers.remove_address(customer_id=mia.id, address_id=home.id, now=NOON)
    assert customers.addresses(mia.id) == ()


@pytest.mark.parametrize(
    ("part", "value", "refusal"),
    [
        ("line1", "", OutOfRange),
        ("city", " ", OutOfRange),
        ("country", "UK", Malformed),
        ("postcode", "1" * 21, OutOfRange),
        ("postcode", "", OutOfRange),
        ("name", "", OutOfRange),
    ],
)
def test_an_address_no_parcel_reaches_is_refused_by_part(part, value, refusal):
    mia = member()

    with pytest.raises(refusal) as refused:
        customers.save_address(customer_id=mia.id, address=address(**{part: value}), now=NOON)

    assert refused.value.field == part
    assert customers.addresses(mia.id) == ()


# ── consent ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_last_word_counts_and_every_word_is_kept():
    customers.record_consent(subject="v-1", given=("marketing", "analytics"), text_version=1, language="en", now=NOON)
    customers.record_consent(subject="v-1", given=(), text_version=2, language="zh-hans", now=NOON + timedelta(days=1))

    assert customers.consent("v-1").given == ()
    assert [(word.given, word.text_version) for word in customers.consents("v-1")] == [((), 2), (("analytics", "marketing"), 1)]
    assert customers.consent("v-2") is None
    assert [fact["given"] for fact in facts_told("ConsentRecorded")] == [["analytics", "marketing"], []]


def test_consent_to_something_unknown_is_refused():
    with pytest.raises(Malformed) as refused:
        customers.record_consent(subject="v-1", given=("analytics", "resale"), text_version=1, language="en", now=NOON)

    assert (refused.value.field, refused.value.value) == ("given", "resale")
    assert customers.consent("v-1") is None


@pytest.mark.parametrize("statement", ["UPDATE customers_consentrecord SET given = '{}'", "DELETE FROM customers_consentrecord"])
def test_the_database_refuses_to_rewrite_what_was_agreed(statement):
    customers.record_consent(subject="v-1", given=("analytics",), text_version=1, language="en", now=NOON)

    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert customers.consent("v-1").given == ("analytics",)


# ── taking over ───────────────────────────────────────────────────────────────────────────────────────────────────────


def frame(*codes, country="GB", is_guest=False):
    rows = {
        "external_code": list(codes),
        "country": [country] * len(codes),
        "is_guest": [is_guest] * len(codes),
        "joined_at": [NOON] * len(codes),
    }
    return pl.DataFrame(rows, schema_overrides={"joined_at": pl.Datetime("us", "UTC")})


def test_taking_over_twice_gives_the_same_customers():
    first = customers.import_customers(frame("17850", "13047"), now=NOON)
    second = customers.import_customers(frame("13047", "17850", "12583"), now=NOON)

    ids = dict(second.iter_rows())
    assert dict(first.iter_rows()) == {code: ids[code] for code in ("17850", "13047")}
    assert Row.objects.count() == 3
    taken = customers.customer(ids["17850"])
    assert (taken.external_code, taken.country, taken.joined_at, taken.email) == ("17850", "GB", NOON, "")
    assert facts_told("CustomerRegistered") == []


def test_guests_without_an_address_do_not_become_one_person():
    taken = customers.import_customers(frame("guest-1", "guest-2", is_guest=True), now=NOON)

    assert taken["customer_id"].n_unique() == 2


def test_twenty_thousand_customers_are_taken_over_in_a_handful_of_statements():
    codes = [f"c{number}" for number in range(20_000)]

    with CaptureQueriesContext(connection) as asked:
        taken = customers.import_customers(frame(*codes), now=NOON)

    assert taken.height == 20_000
    assert len(asked) < 12


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        (frame("1", "1"), "external_code"),
        (frame(""), "external_code"),
        (frame("1", country="Narnia"), "country"),
        (frame("1").with_columns(joined_at=pl.lit(NOON + timedelta(days=1))), "joined_at"),
        (frame("1").drop("country"), "country"),
        (frame("1").with_columns(country=pl.lit(None, dtype=pl.String)), "country"),
    ],
)
def test_a_frame_that_is_wrong_anywhere_is_refused_whole(wrong, column):
    with pytest.raises(Malformed) as refused:
        customers.import_customers(wrong, now=NOON)

    assert refused.value.field == column
    assert not Row.objects.exists()
