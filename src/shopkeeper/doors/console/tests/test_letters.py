"""Staff read what mails say, change it with a look first, go back, and see what came back."""

import re

import pytest
from django.core import mail as outbox

from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.flows import ship_order
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.growth.messages import models
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.console_letters import number_of
from shopkeeper.growth.messages.shapes import MailKind, Words
from shopkeeper.growth.messages.tests.builders import known_as
from shopkeeper.ops.access.shapes import Role
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.wishes.tests.builders import waiting

PLACED = number_of(MailKind.PLACED, "en")


def typed(letter: str = "placed", language: str = "en", **changes: str) -> dict[str, str]:
    """Return the form of a letter as it would be sent, in the words in force but for the changes."""
    found = messages.in_force(letter, language)
    return {**{name: getattr(found.words, name) for name in Words.__dataclass_fields__}, "version": str(found.version), **changes}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_letter_can_be_read_in_both_languages(shop: SmallShop, language: str) -> None:
    owner = Staff(Role.OWNER, language=language)

    listed = owner.text("letters/")
    assert listed.count("<tr><th") == len(MailKind) + 1
    for number in range(1, 2 * len(MailKind) + 1):
        page = owner.get(f"letters/{number}/")
        assert page.status_code == 200
        shown = page.content.decode()
        assert shown.count("<iframe sandbox srcdoc=") == 3
        assert "prefers-color-scheme" not in shown
    edit = owner.text(f"letters/{PLACED}/edit/")
    assert "{number}" in edit
    assert ("必须保留" if language == "zh-hans" else "must stay") in edit
    assert owner.get(f"letters/{2 * len(MailKind) + 1}/").status_code == 404


def test_a_draft_is_looked_at_and_nothing_is_published(shop: SmallShop) -> None:
    owner = Staff(Role.OWNER)

    page = owner.post(f"letters/{PLACED}/edit/", do="look", **typed(subject="Thanks, {name}: {number}"))

    assert page.status_code == 200
    assert "Thanks, Ann Lee: SK-100007" in page.content.decode()
    assert messages.in_force("placed", "en").version == 0
    assert outbox.outbox == []


def test_a_real_order_is_looked_at_without_its_secret_link(shop: SmallShop) -> None:
    order = shop.buy(TEA=1)

    page = Staff(Role.OWNER).post(f"letters/{PLACED}/edit/", do="look", order=order.number, **typed())

    shown = page.content.decode()
    assert order.contact.name in shown
    assert order.token not in shown


def test_an_order_that_is_not_there_is_said_beside_its_field(shop: SmallShop) -> None:
    page = Staff(Role.OWNER).post(f"letters/{PLACED}/edit/", do="look", order="SK-0", **typed())

    assert page.status_code == 422
    assert "SK-0" in page.content.decode()


def test_a_test_mail_goes_to_the_reader_alone(shop: SmallShop) -> None:
    page = Staff(Role.OWNER).post(f"letters/{PLACED}/edit/", do="test", **typed(subject="Thanks {number}"))

    (sent,) = outbox.outbox
    assert sent.to == ["owner@shop.local"]
    assert sent.subject == "[Test] Thanks SK-100007"
    assert "owner@shop.local" in page.content.decode()
    assert messages.in_force("placed", "en").version == 0


def test_publishing_comparing_and_going_back(shop: SmallShop) -> None:
    owner = Staff(Role.OWNER)

    assert owner.post(f"letters/{PLACED}/edit/", **typed(subject="First {number}")).status_code == 302
    assert owner.post(f"letters/{PLACED}/edit/", **typed(subject="Second {number}")).status_code == 302

    compared = owner.text(f"letters/{PLACED}/?version=1")
    assert "<del>First {number}</del>" in compared
    assert "<ins>Second {number}</ins>" in compared
    assert 'value="First {number}"' in owner.text(f"letters/{PLACED}/edit/?version=1")
    assert owner.post(f"letters/{PLACED}/own/").status_code == 302
    found = messages.in_force("placed", "en")
    assert (found.version, found.is_own) == (3, True)


@pytest.mark.parametrize(("language", "said"), [("en", "Did you mean {number}?"), ("zh-hans", "您是要写 {number} 吗？")])
def test_a_misspelt_placeholder_is_refused_beside_its_field_with_what_was_meant(shop: SmallShop, language: str, said: str) -> None:
    page = Staff(Role.OWNER, language=language).post(f"letters/{PLACED}/edit/", **typed(subject="Order {nubmer}"))

    shown = page.content.decode()
    assert page.status_code == 422
    assert said in shown
    assert re.search(r'id="id_subject_error"[^>]*>.*nubmer', shown, re.DOTALL)
    assert messages.in_force("placed", "en").version == 0


def test_who_began_from_an_older_version_is_told(shop: SmallShop) -> None:
    owner, begun = Staff(Role.OWNER), typed(subject="Mine {number}")
    owner.post(f"letters/{PLACED}/edit/", **typed(subject="Theirs {number}"))

    page = owner.post(f"letters/{PLACED}/edit/", **begun)

    assert page.status_code == 422
    assert messages.in_force("placed", "en").words.subject == "Theirs {number}"


def test_a_clerk_reads_and_changes_nothing(shop: SmallShop) -> None:
    clerk = Staff(Role.CLERK)

    assert clerk.get(f"letters/{PLACED}/").status_code == 200
    for address in (f"letters/{PLACED}/edit/", f"letters/{PLACED}/own/", "letters/settings/"):
        assert clerk.get(address).status_code == 403
    assert clerk.post(f"letters/{PLACED}/edit/", do="test", **typed()).status_code == 403
    assert outbox.outbox == []


def test_when_reviews_are_asked_for_is_a_setting(shop: SmallShop) -> None:
    owner = Staff(Role.OWNER)

    assert owner.post("letters/settings/", review_ground="soft_opt_in", review_days="21").status_code == 302
    assert (messages.settings().review_ground, messages.settings().review_days) == ("soft_opt_in", 21)
    assert owner.post("letters/settings/", review_ground="everybody", review_days="0").status_code == 422
    assert messages.settings().review_days == 21


@pytest.mark.parametrize(("language", "said"), [("en", "Only necessary mail"), ("zh-hans", "只发必要邮件")])
def test_a_returned_mail_shows_at_the_order_and_staff_let_all_mail_go_again(shop: SmallShop, language: str, said: str) -> None:
    order, owner = shop.buy(TEA=1), Staff(Role.OWNER, language=language)
    mark = known_as(order.contact.email)
    models.Reader.objects.create(mark=mark, permanent=1, stopped_for="permanent", stopped_at=NOON, last_at=NOON)
    row = models.Bounce.objects.create(
        event="e", message_id=1, order_id=order.id, reader=mark, kind="permanent", status="5.1.1", source="http", happened_at=NOON,
        heard_at=NOON,
    )  # fmt: skip

    assert said in owner.text("bounces/")
    assert "5.1.1" in owner.text("bounces/")
    assert "/console/bounces/" in owner.text(f"orders/{order.id}/")
    assert order.contact.email in owner.text(f"bounces/{row.pk}/write-again/")
    assert owner.post(f"bounces/{row.pk}/write-again/").status_code == 302

    assert messages.standings([order.contact.email])[order.contact.email].stopped_for == ""


def test_staff_lift_a_stop_that_a_mail_about_goods_brought(shop: SmallShop) -> None:
    owner, wait = Staff(Role.OWNER), waiting(variant_id=shop.variants["TEA"], email="cid@example.org")
    mail = models.Outgoing.objects.create(key="w", kind="back_in_stock", wait_id=wait.id, queued_at=NOON, next_try_at=NOON)
    models.Reader.objects.create(mark=known_as("cid@example.org"), stopped_for="complaint", stopped_at=NOON, complaints=1, last_at=NOON)
    row = models.Bounce.objects.create(
        event="e",
        message_id=mail.pk,
        reader=known_as("cid@example.org"),
        kind="complaint",
        source="server",
        happened_at=NOON,
        heard_at=NOON,
    )

    listed = owner.text("bounces/")
    assert f"/console/bounces/{row.pk}/write-again/" in listed
    assert "said by the mail server" in listed
    assert "cid@example.org" in owner.text(f"bounces/{row.pk}/write-again/")
    assert owner.post(f"bounces/{row.pk}/write-again/").status_code == 302

    assert messages.standings(["cid@example.org"])["cid@example.org"].stopped_for == ""


def test_staff_mark_a_parcel_as_arrived_once(shop: SmallShop) -> None:
    order, owner = shop.buy(TEA=1), Staff(Role.OWNER)
    ship_order.ship(order_id=order.id, carrier="Royal Mail", actor=None, now=NOON)
    (parcel,) = orders.order(order.id).shipments

    for _ in range(2):
        assert owner.post(f"orders/{order.id}/arrived/", shipment=str(parcel.id)).status_code == 302

    assert models.Outgoing.objects.filter(kind="delivered").count() == 1
    assert owner.text(f"orders/{order.id}/").count("Parcel arrived") == 1
