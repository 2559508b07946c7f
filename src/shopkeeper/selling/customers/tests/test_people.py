"""Groups, notes, merges with their undo, businesses and consents of customers: each rule, each trace, each race."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from shopkeeper.kit.ids import CustomerId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access.models import User
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.customers import models, store_people
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.console_people import DUPLICATES, staying
from shopkeeper.selling.customers.shapes import (
    BothSignIn,
    GroupNameTaken,
    MergedAlready,
    MergeOver,
    MustStay,
    NoteStruck,
    WrongTaxNumber,
)
from shopkeeper.selling.customers.tests.builders import NOON, address, guest, member
from shopkeeper.selling.shop.tests.builders import facts_told

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def clerk():
    return User.objects.create_user("clerk@example.org", role="clerk", is_staff=True).pk


def group(clerk, name="Teachers", **more):
    return customers.save_group(name=Bilingual(name, more.pop("zh", "")), actor=clerk, now=NOON, **more)


def merged(clerk, stays, goes, **more):
    return customers.merge(customer_id=stays.id, merged_id=goes.id, reason="Same person", actor=clerk, now=LATER, **more)


# ── groups ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_group_is_made_changed_and_filled_and_each_step_is_told(clerk):
    mia, gus = member(), guest()
    made = group(clerk, zh="教师")

    assert customers.change_members(group_id=made, join=[mia.id, gus.id, mia.id], actor=clerk, now=NOON) == (2, 0)
    assert customers.change_members(group_id=made, join=[mia.id], leave=[gus.id], actor=clerk, now=NOON) == (0, 1)
    group(clerk, "Teachers and tutors", group_id=made, note="10 % off books")

    (found,) = customers.groups()
    assert (found.name, found.note, found.members) == (Bilingual("Teachers and tutors", ""), "10 % off books", 1)
    assert {key: [each.id for each in known] for key, known in customers.groups_of([mia.id, gus.id]).items()} == {mia.id: [made]}
    assert facts_told("CustomerGroupSaved") == [{"group_id": made}] * 4
    assert [entry.after for entry in audit.entries(act="customers.save_group")][1:3] == [
        {"added": [], "removed": [gus.id]},
        {"added": [mia.id, gus.id], "removed": []},
    ]


def test_a_group_saved_again_as_it_is_leaves_no_trace(clerk):
    made = group(clerk)

    group(clerk, group_id=made)

    assert len(facts_told("CustomerGroupSaved")) == 1


@pytest.mark.parametrize("name", ["Teachers", "teachers"])
def test_two_groups_never_have_one_name(clerk, name):
    group(clerk)

    with pytest.raises(GroupNameTaken) as refused:
        group(clerk, name)

    assert (refused.value.field, refused.value.value) == ("name_en", name)
    assert len(customers.groups()) == 1


def test_a_group_refuses_what_is_not_there_and_changes_nothing(clerk):
    made, mia = group(clerk), member()

    with pytest.raises(OutOfRange):
        group(clerk, " ")
    with pytest.raises(NotFound):
        customers.change_members(group_id=made, join=[mia.id, 4711], actor=clerk, now=NOON)
    with pytest.raises(NotFound):
        customers.change_members(group_id=4711, join=[mia.id], actor=clerk, now=NOON)
    with pytest.raises(NotFound):
        customers.group(4711)

    assert customers.group(made).members == 0


# ── notes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_note_is_written_and_struck_out_and_stays_to_be_read(clerk):
    mia = member()
    written = customers.add_note(customer_id=mia.id, text="Rings twice.\r\nLives upstairs.", actor=clerk, now=NOON)

    struck = customers.strike_note(note_id=written.id, reason="Moved away", actor=clerk, now=LATER)

    assert customers.notes(mia.id) == (struck,)
    assert (struck.text, struck.author, struck.at) == ("Rings twice.\nLives upstairs.", clerk, NOON)
    assert (struck.struck_at, struck.struck_by, struck.strike_reason) == (LATER, clerk, "Moved away")


def test_what_a_note_says_stands_in_no_trail_and_no_fact(clerk):
    mia = member()
    written = customers.add_note(customer_id=mia.id, text="Allergic to wool", actor=clerk, now=NOON)
    customers.strike_note(note_id=written.id, reason="Was her sister", actor=clerk, now=LATER)

    entries = [(each.act, each.subject, each.before, each.after) for each in audit.entries()]
    assert entries == [
        ("customers.strike_note", f"customer:{mia.id}", None, {"note_id": written.id}),
        ("customers.note", f"customer:{mia.id}", None, {"note_id": written.id}),
    ]


def test_a_note_is_struck_out_once_and_for_a_reason(clerk):
    written = customers.add_note(customer_id=member().id, text="Rings twice", actor=clerk, now=NOON)

    with pytest.raises(OutOfRange):
        customers.strike_note(note_id=written.id, reason=" ", actor=clerk, now=LATER)
    customers.strike_note(note_id=written.id, reason="Moved away", actor=clerk, now=LATER)
    with pytest.raises(NoteStruck):
        customers.strike_note(note_id=written.id, reason="Again", actor=clerk, now=LATER)

    assert customers.note(written.id).strike_reason == "Moved away"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE customers_note SET text = 'kinder'",
        "UPDATE customers_note SET at = at - interval '1 day'",
        "UPDATE customers_note SET struck_at = NULL, struck_by_id = NULL, strike_reason = '' WHERE struck_at IS NOT NULL",
        "DELETE FROM customers_note",
    ],
)
def test_the_database_refuses_to_rewrite_or_remove_a_note(clerk, statement):
    written = customers.add_note(customer_id=member().id, text="Rings twice", actor=clerk, now=NOON)
    if "NOT NULL" in statement:
        customers.strike_note(note_id=written.id, reason="Moved away", actor=clerk, now=LATER)
    kept = customers.note(written.id)

    with pytest.raises(DatabaseError, match="only struck out, once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert customers.note(written.id) == kept


# ── merging ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def everything(*people):
    return [
        (
            customers.customer(each.id),
            customers.addresses(each.id),
            customers.notes(each.id),
            customers.groups_of([each.id]),
            customers.standing(each.id),
            customers.business(each.id),
        )
        for each in people
    ]


def rich_pair(clerk):
    """Return a member and a guest who have one of everything."""
    mia, gus = member(), guest("m.ia+shop@example.org", name="M. Berg", phone="+44 1904 496000")
    for each, text in ((mia, "Member"), (gus, "Guest")):
        customers.save_address(customer_id=each.id, address=address(line1=text), now=NOON)
        customers.add_note(customer_id=each.id, text=text, actor=clerk, now=NOON)
        customers.change_members(group_id=group(clerk, text), join=[each.id], actor=clerk, now=NOON)
    customers.say(customer_id=mia.id, given=["marketing.mail"], text_version=1, language="en", source="account", now=NOON)
    customers.say(customer_id=gus.id, given=["marketing.mail", "analytics"], text_version=1, language="en", source="link", now=NOON)
    customers.save_business(customer_id=gus.id, company="Berg Ltd", country="GB", number="980780684", actor=clerk, now=NOON)
    return mia, gus


def test_a_merge_shows_both_records_as_one_and_its_undo_leaves_them_exactly_as_they_were(clerk):
    mia, gus = rich_pair(clerk)
    before = everything(mia, gus)

    made = merged(clerk, mia, gus, take=["phone"])

    assert customers.records_of(mia.id) == customers.records_of(gus.id) == (mia.id, gus.id)
    assert customers.stands_for([mia.id, gus.id]) == {mia.id: mia.id, gus.id: mia.id}
    assert customers.customer(mia.id).phone == "+44 1904 496000"
    assert customers.customer(gus.id).merged_into == mia.id
    assert [(each.address.line1, each.is_default) for each in customers.addresses(mia.id)] == [("Member", True), ("Guest", False)]
    assert {each.text for each in customers.notes(mia.id)} == {"Member", "Guest"}
    assert [each.name.en for each in customers.groups_of([mia.id])[mia.id]] == ["Guest", "Member"]
    assert customers.business(mia.id).company == "Berg Ltd"
    assert [each.id for each in customers.search()] == [mia.id]

    parted = customers.part(merge_id=made.id, reason="Two people", actor=clerk, now=LATER)

    assert everything(mia, gus) == before
    assert (parted.parted_by, parted.part_reason, customers.merges(mia.id)) == (clerk, "Two people", (parted,))


def test_a_merge_and_its_undo_are_told_by_ids_only(clerk):
    mia, gus = member(), guest(phone="+44 1904 496000")
    made = merged(clerk, mia, gus, take=["name", "phone"])
    customers.part(merge_id=made.id, reason="Two people", actor=clerk, now=LATER)

    ids = {"customer_id": mia.id, "merged_id": gus.id, "merge_id": made.id}
    assert facts_told("CustomersMerged") == facts_told("CustomersParted") == [ids]
    traced = [(entry.act, entry.subject, entry.after) for entry in audit.entries()]
    assert traced == [
        (act, f"customer:{mia.id}", {"merged_id": gus.id, "fields": ["name", "phone"]}) for act in ("customers.part", "customers.merge")
    ]


def test_what_was_changed_since_a_merge_survives_its_undo(clerk):
    mia, gus = member(), guest(name="Mia B.")
    made = merged(clerk, mia, gus, take=["name"])
    customers.save_customer(customer_id=mia.id, name="Mia Stone", phone="", language="en", actor=None, now=LATER)

    customers.part(merge_id=made.id, reason="Two people", actor=clerk, now=LATER)

    assert customers.customer(mia.id).name == "Mia Stone"


def test_the_company_of_a_merged_record_is_removed_for_the_person_and_given_back_by_parting(clerk):
    mia, gus = rich_pair(clerk)
    before = customers.business(gus.id)
    made = merged(clerk, mia, gus)

    customers.remove_business(customer_id=mia.id, actor=None, now=LATER)
    assert customers.business(mia.id) is customers.business(gus.id) is None
    assert customers.businesses([mia.id]) == {}

    customers.part(merge_id=made.id, reason="Two people", actor=clerk, now=LATER)
    assert customers.business(mia.id) is None
    assert customers.business(gus.id) == before


def test_a_company_named_under_a_merged_record_is_the_person_s(clerk):
    mia, gus = member(), guest()
    made = merged(clerk, mia, gus)
    asked = {"company": "Berg Ltd", "country": "GB", "number": "980780684"}

    saved = customers.save_business(customer_id=gus.id, **asked, actor=clerk, now=LATER)
    assert (saved.customer_id, customers.business(mia.id)) == (mia.id, saved)
    customers.remove_business(customer_id=gus.id, actor=clerk, now=LATER)

    assert customers.business(mia.id) is None
    with pytest.raises(NotFound):
        customers.remove_business(customer_id=CustomerId(999_999_999), actor=clerk, now=LATER)
    customers.part(merge_id=made.id, reason="Two people", actor=clerk, now=LATER)
    assert customers.business(gus.id) is None


def test_an_address_of_a_merged_record_is_the_person_s_to_offer_first_change_and_remove(clerk):
    mia, gus = rich_pair(clerk)
    customers.save_address(customer_id=gus.id, address=address(line1="Second"), now=NOON)
    customers.save_address(customer_id=gus.id, address=address(line1="Third"), now=NOON)
    before = customers.addresses(gus.id)
    made = merged(clerk, mia, gus)
    own = {each.address.line1: each for each in customers.addresses(mia.id)}
    assert set(own) == {"Member", "Guest", "Second", "Third"}

    customers.save_address(customer_id=mia.id, address=own["Guest"].address, address_id=own["Guest"].id, is_default=True, now=LATER)
    customers.save_address(customer_id=mia.id, address=address(line1="Moved"), address_id=own["Second"].id, now=LATER)
    customers.remove_address(customer_id=mia.id, address_id=own["Third"].id, now=LATER)
    found = [(each.address.line1, each.is_default) for each in customers.addresses(mia.id)]
    assert found[0] == ("Guest", True)
    assert sorted(found[1:]) == [("Member", False), ("Moved", False)]

    customers.part(merge_id=made.id, reason="Two people", actor=clerk, now=LATER)

    assert customers.addresses(gus.id) == before
    assert {each.address.line1 for each in customers.addresses(mia.id)} == {"Guest", "Member", "Moved"}


def test_an_address_both_records_have_is_one(clerk):
    mia, gus = member(), guest()
    for each in (mia, gus):
        customers.save_address(customer_id=each.id, address=address(line1="Same"), now=NOON)
    made = merged(clerk, mia, gus)

    assert [each.is_default for each in customers.addresses(mia.id)] == [True]
    customers.part(merge_id=made.id, reason="Two people", actor=clerk, now=LATER)
    assert len(customers.addresses(mia.id)) == len(customers.addresses(gus.id)) == 1


def test_a_merged_guest_who_orders_again_is_still_the_same_record(clerk):
    mia, gus = member(), guest()
    merged(clerk, mia, gus)

    again = guest(name="Gus Vale the Elder")

    assert (again.id, again.merged_into) == (gus.id, mia.id)


def test_two_who_sign_in_are_not_merged(clerk):
    mia, max_ = member(), member("max@example.org", "Max")

    with pytest.raises(BothSignIn):
        merged(clerk, mia, max_)

    assert customers.customer(max_.id).merged_into is None


def test_the_record_that_signs_in_is_the_one_that_stays(clerk):
    mia, gus = member(), guest()

    with pytest.raises(MustStay):
        merged(clerk, gus, mia)

    assert customers.customer(mia.id).merged_into is None


@pytest.mark.parametrize("planted", ["goes is merged", "goes carries others", "stays is merged"])
def test_merges_make_no_chains(clerk, planted):
    one, two, three = guest("one@example.org"), guest("two@example.org"), guest("three@example.org")
    merged(clerk, one, two)
    pair = {"goes is merged": (three, two), "goes carries others": (three, one), "stays is merged": (two, three)}[planted]

    with pytest.raises(MergedAlready):
        merged(clerk, *pair)
    with pytest.raises(DatabaseError, match="part of a merge already"), transaction.atomic():
        models.Customer.objects.filter(pk=pair[1].id).update(merged_into=pair[0].id)

    assert customers.records_of(one.id) == (one.id, two.id)
    assert customers.records_of(three.id) == (three.id,)


def test_several_records_are_merged_into_one_and_parted_one_by_one(clerk):
    one, two, three = guest("one@example.org"), guest("two@example.org"), guest("three@example.org")
    first = merged(clerk, one, two)
    merged(clerk, one, three)

    customers.part(merge_id=first.id, reason="Two people", actor=clerk, now=LATER)

    assert customers.records_of(one.id) == (one.id, three.id)
    assert customers.records_of(two.id) == (two.id,)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"customer_id": 4711}, NotFound),
        ({"merged_id": 4711}, NotFound),
        ({"reason": " "}, OutOfRange),
        ({"take": ["email"]}, Malformed),
        ({"merged_id": "same"}, Malformed),
    ],
)
def test_an_impossible_merge_is_refused_and_changes_nothing(clerk, change, refusal):
    mia, gus = member(), guest()
    asked = {"customer_id": mia.id, "merged_id": gus.id, "reason": "Same person", **change}
    asked["merged_id"] = asked["customer_id"] if asked["merged_id"] == "same" else asked["merged_id"]

    with pytest.raises(refusal):
        customers.merge(**asked, actor=clerk, now=LATER)

    assert customers.customer(gus.id).merged_into is None
    assert audit.entries().total == 0


def test_a_merge_is_undone_once(clerk):
    made = merged(clerk, member(), guest())
    customers.part(merge_id=made.id, reason="Two people", actor=clerk, now=LATER)

    with pytest.raises(MergeOver):
        customers.part(merge_id=made.id, reason="Again", actor=clerk, now=LATER)
    with pytest.raises(NotFound):
        customers.part(merge_id=4711, reason="Never made", actor=clerk, now=LATER)

    assert len(facts_told("CustomersParted")) == 1


def test_the_database_keeps_merges_as_they_were_made(clerk):
    made = merged(clerk, member(), guest())

    for statement in ("UPDATE customers_merge SET taken = '{}', reason = 'other'", "DELETE FROM customers_merge"):
        with pytest.raises(DatabaseError, match="only undone, once"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    assert customers.merge_by_id(made.id) == made


def test_the_database_refuses_a_merged_record_that_signs_in(clerk):
    mia, max_ = member(), member("max@example.org")

    with pytest.raises(IntegrityError), transaction.atomic():
        models.Customer.objects.filter(pk=max_.id).update(merged_into=mia.id)


# ── likely duplicates ─────────────────────────────────────────────────────────────────────────────────────────────────


def alike():
    rows = models.Likeness.objects.order_by("customer_id", "other_id")
    return [(row.customer_id, row.other_id, row.by_mail, row.by_phone, row.by_place) for row in rows]


def test_records_are_proposed_by_mail_phone_and_place_with_the_evidence():
    mia = member("mia.berg@example.org")
    plus = guest("MiaBerg+shop@example.org")
    caller = guest("other@example.org", phone="+44 1904 496000")
    called = guest("third@example.org", phone="01904/496 000")
    here, there = guest("here@example.org", name="Ann  O'Neil"), guest("there@example.org", name="ann oneil")
    customers.save_address(customer_id=here.id, address=address(postcode="YO1 7EP"), now=NOON)
    customers.save_address(customer_id=there.id, address=address(postcode="yo17ep"), now=NOON)

    assert alike() == [
        (mia.id, plus.id, True, False, False),
        (caller.id, called.id, False, True, False),
        (here.id, there.id, False, False, True),
    ]


def test_people_who_only_share_a_part_are_not_proposed():
    guest("mia@example.org", name="Mia", phone="12345678")
    guest("mia@example.com", name="Mia", phone="12345678")
    here, there = guest("here@example.org", name="Ann"), guest("there@example.org", name="Ann")
    customers.save_address(customer_id=here.id, address=address(postcode="YO1 7EP"), now=NOON)
    customers.save_address(customer_id=there.id, address=address(postcode="YO1 7EQ"), now=NOON)
    member("both@example.org"), member("b.oth@example.org")
    for number in range(11):
        guest(f"desk{number}@example.org", phone="+44 1904 555000")

    assert alike() == []


def test_a_pair_told_apart_or_merged_is_not_proposed_again(clerk):
    one, two, three = guest("mia@example.org"), guest("m.ia@example.org"), guest("mi.a@example.org")
    assert len(alike()) == 3

    customers.tell_apart(customer_id=two.id, other_id=one.id, actor=clerk, now=NOON)
    customers.tell_apart(customer_id=one.id, other_id=two.id, actor=clerk, now=NOON)
    merged(clerk, one, three)

    assert alike() == []
    assert [(each.subject, each.after) for each in audit.entries(act="customers.tell_apart")] == [
        (f"customer:{one.id}", {"merged_id": two.id})
    ]
    with pytest.raises(Malformed):
        customers.tell_apart(customer_id=one.id, other_id=one.id, actor=clerk, now=NOON)


def offered():
    """Return the pairs that staff are offered: who would stay, who would go in."""
    return [tuple(staying(row)) for row in store_people.likenesses().order_by("customer_id", "other_id")]


def test_only_a_pair_that_can_be_merged_is_offered_and_who_is_bound_stays(clerk):
    ann, ann_again = guest("ann@example.org"), guest("a.nn@example.org")
    mia_guest, mia = guest("m.ia@example.org"), member("mia@example.org")
    tom_guest, tom = guest("t.om@example.org"), guest("tom@example.org")
    zoe_guest, zoe = guest("z.oe@example.org"), member("zoe@example.org")
    kim, kim_again = guest("kim@example.org"), guest("k.im@example.org")
    for number, each in enumerate((tom, zoe_guest, kim, kim_again)):
        merged(clerk, each, guest(f"other{number}@example.org"))

    pairs = offered()

    assert [(stays.pk, goes.pk) for stays, goes in pairs] == [(ann.id, ann_again.id), (mia.id, mia_guest.id), (tom.id, tom_guest.id)]
    assert {(zoe_guest.id, zoe.id), (kim.id, kim_again.id)} <= {pair[:2] for pair in alike()}
    for stays, goes in pairs:
        customers.merge(customer_id=stays.pk, merged_id=goes.pk, reason="Same person", actor=clerk, now=LATER)
    assert offered() == []


def test_a_pair_says_whether_its_mail_addresses_are_the_same_or_only_look_so():
    member("mia@example.org"), guest("mia@example.org")
    member("tom@example.org"), guest("t.om@example.org", phone="+44 1904 496000"), guest("other@example.org", phone="01904 496000")
    why = next(column for column in DUPLICATES.columns if column.name == "why")

    found = [str(why.read(row)) for row in store_people.likenesses().order_by("customer_id", "other_id")]

    assert found == ["same mail address", "same mail address but for dots and what follows +", "same phone"]


# ── consent ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def say(customer, *given, version=1, now=NOON, source="account", **more):
    return customers.say(customer_id=customer.id, given=given, text_version=version, language="en", source=source, now=now, **more)


def test_nothing_is_on_before_the_customer_says_so():
    mia = member()

    assert customers.standing(mia.id).given == ()
    assert customers.agreed([mia.id], "marketing.mail") == frozenset()


def test_every_word_of_a_customer_is_kept_and_the_last_counts():
    mia, other = member(), guest()

    say(mia, "marketing.sms", "analytics")
    found = say(mia, "analytics", version=2, now=LATER)

    assert found.given == ("analytics",)
    assert [(each.given, each.text_version, each.source, each.at) for each in found.words] == [
        (("analytics",), 2, "account", LATER),
        (("analytics", "marketing.sms"), 1, "account", NOON),
    ]
    assert customers.agreed([mia.id, other.id], "analytics") == {mia.id}
    assert customers.agreed([mia.id, other.id], "marketing.sms") == frozenset()
    assert [fact["subject"] for fact in facts_told("ConsentRecorded")] == [f"customer:{mia.id}"] * 2


def test_the_same_word_on_the_same_text_is_one_row():
    mia = member()

    say(mia, "analytics")
    again = say(mia, "analytics", now=LATER)

    assert len(again.words) == 1
    assert len(facts_told("ConsentRecorded")) == 1


def test_a_word_told_to_staff_names_who_was_told(clerk):
    mia = member()

    say(mia, "marketing.post", source="staff", actor=clerk)

    assert [(each.source, each.actor) for each in customers.standing(mia.id).words] == [("staff", clerk)]
    assert [(each.actor, each.after) for each in audit.entries(act="customers.consent")] == [(clerk, {"given": ["marketing.post"]})]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"given": ["resale"]}, Malformed),
        ({"given": ["marketing"]}, Malformed),
        ({"text_version": 0}, OutOfRange),
        ({"source": "banner"}, Malformed),
        ({"source": "staff"}, Malformed),
        ({"customer_id": 4711}, NotFound),
    ],
)
def test_an_impossible_word_is_refused_and_not_kept(change, refusal):
    mia = member()
    asked = {"customer_id": mia.id, "given": [], "text_version": 1, "language": "en", "source": "account", **change}

    with pytest.raises(refusal):
        customers.say(**asked, now=NOON)

    assert customers.standing(mia.id).words == ()


def test_a_merge_leaves_the_stricter_word_until_the_person_speaks(clerk):
    mia, gus = member(), guest()
    say(mia, "marketing.mail", "analytics")
    say(gus, "marketing.mail", "marketing.sms", source="link")
    made = merged(clerk, mia, gus)

    strict = customers.standing(mia.id)
    assert (strict.given, strict.is_strictest) == (("marketing.mail",), True)

    say(mia, "marketing.sms", now=LATER + timedelta(minutes=1))
    assert (customers.standing(mia.id).given, customers.standing(gus.id).given) == (("marketing.sms",), ("marketing.sms",))

    customers.part(merge_id=made.id, reason="Two people", actor=clerk, now=LATER + timedelta(hours=1))
    assert customers.standing(mia.id).given == ("marketing.sms",)
    assert customers.standing(gus.id).given == ("marketing.mail", "marketing.sms")


def test_the_banners_words_keep_their_meaning():
    customers.record_consent(subject="v-1", given=("marketing",), text_version=1, language="en", now=NOON)

    found = customers.consent("v-1")
    assert (found.given, found.source, found.actor) == (("marketing",), "banner", None)


def test_the_database_refuses_a_purpose_it_does_not_know():
    with pytest.raises(IntegrityError), transaction.atomic():
        models.ConsentRecord.objects.create(subject="customer:1", given=["resale"], text_version=1, language="en", at=NOON)


# ── businesses ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_business_is_kept_tidy_and_its_trail_holds_no_values(clerk):
    mia = member()

    saved = customers.save_business(
        customer_id=mia.id,
        company=" Berg Ltd ",
        country="gb",
        number="GB 980 7806 84",
        billing_email="Books@Example.org",
        actor=None,
        now=NOON,
    )

    assert (saved.company, saved.country, saved.tax_number, saved.billing_email) == ("Berg Ltd", "GB", "980780684", "books@example.org")
    assert customers.business(mia.id) == saved
    (entry,) = audit.entries(act="customers.save_business")
    assert entry.after == {"fields": ["billing_email", "company", "country", "tax_number"]}
    customers.remove_business(customer_id=mia.id, actor=clerk, now=NOON)
    assert customers.business(mia.id) is None
    assert len(facts_told("CustomerSaved")) == 2


@pytest.mark.parametrize(
    ("change", "refusal", "field"),
    [
        ({"company": " "}, OutOfRange, "company"),
        ({"country": "Narnia"}, Malformed, "country"),
        ({"number": "980780683"}, WrongTaxNumber, "tax_number"),
        ({"number": ""}, OutOfRange, "tax_number"),
        ({"billing_email": "nowhere"}, Malformed, "billing_email"),
    ],
)
def test_a_business_no_invoice_could_name_is_refused_by_field(change, refusal, field):
    mia = member()
    asked = {"company": "Berg Ltd", "country": "GB", "number": "980780684", **change}

    with pytest.raises(refusal) as refused:
        customers.save_business(customer_id=mia.id, **asked, actor=None, now=NOON)

    assert refused.value.field == field
    assert customers.business(mia.id) is None
