"""Staff see money without an order, give it back or say where it was settled; and see what is settled and pending of what they know."""

import re
from collections.abc import Iterator
from copy import copy
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shopkeeper.doors.console import cells, frame, reading
from shopkeeper.doors.console.tests.builders import Staff, acts_since, marks
from shopkeeper.doors.console.tests.test_queries import MOST, cost
from shopkeeper.flows import audit_books, second_person, settle_payment, sweep
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.ops.access.shapes import Role
from shopkeeper.selling.payments import models
from shopkeeper.selling.payments.adapters.fakes.stripe import FakeStripe
from shopkeeper.selling.payments.console import STRAY_STATES
from shopkeeper.selling.payments.shapes import StrayState

SUM = 4_200
OTHER = "pay_" + "o" * 27


@pytest.fixture
def stripe(settings: Any) -> Iterator[FakeStripe]:
    fake = FakeStripe(clock=NOON.timestamp).start()
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_API_URL = fake.secret_key, fake.webhook_secret, fake.url
    yield fake
    fake.stop()


@pytest.fixture
def stray(shop: SmallShop, stripe: FakeStripe) -> models.Stray:
    """Money that another shop of the same account was paid, looked into."""
    stripe.pay_elsewhere(SUM, name=OTHER)
    return heard(stripe)


def heard(stripe: FakeStripe) -> models.Stray:
    for message in stripe.webhooks():
        settle_payment.hear_webhook(provider="stripe", body=message.body, headers=message.headers, now=NOON)
    sweep.sweep(NOON + sweep.LEASE * 2)
    return models.Stray.objects.get()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("payment without an order", "Belongs to no order")), ("zh-hans", ("笔没有订单的款项", "不属于任何订单"))],
)
def test_it_waits_on_today_and_stands_in_its_list(owner: Staff, stray: models.Stray, language: str, words: tuple[str, str]) -> None:
    owner.read(language)

    today, listed, page = owner.text(""), owner.text("strays/?state=open"), owner.text(f"strays/{stray.pk}/")

    assert words[0] in today
    assert "strays/?state=open" in today
    for text in (words[1], "42.00", stray.reference):
        assert text in listed
        assert text in page
    assert OTHER in page


def test_the_list_can_be_taken_away_as_a_file(owner: Staff, stray: models.Stray) -> None:
    file = owner.get("strays/?export=csv")

    assert file.status_code == 200
    assert stray.reference in b"".join(file.streaming_content).decode()


def test_staff_give_it_back_and_it_waits_no_longer(owner: Staff, stray: models.Stray, stripe: FakeStripe) -> None:
    before = marks()

    answer = owner.post(f"strays/{stray.pk}/give-back/", seen=SUM)
    again = owner.post(f"strays/{stray.pk}/give-back/", seen=SUM)

    assert (answer.status_code, again.status_code) == (302, 422)
    assert "settled already" in again.content.decode()
    assert [each["amount"] for each in stripe.refunds.values()] == [SUM]
    assert acts_since(before, owner) == ["payments.give_back"]
    assert "strays/?state=open" not in owner.text("")
    trail = owner.text("audit/")
    assert "Money without an order given back" in trail


def test_above_the_limit_it_waits_for_a_second_person_who_sees_what_would_be_done(
    owner: Staff, stray: models.Stray, stripe: FakeStripe
) -> None:
    manager = Staff(Role.MANAGER)
    second_person.save_limits(refund_over_minor=SUM - 1, price_drop_percent=None, actor=owner.id, now=NOON)

    manager.post(f"strays/{stray.pk}/give-back/", seen=SUM)
    assert stripe.refunds == {}
    listed = owner.text("approvals/")
    assert "Give money without an order back" in listed
    from shopkeeper.ops.approvals.models import Approval

    waits = Approval.objects.get()
    page = owner.text(f"approvals/{waits.pk}/")
    for text in ("£42.00", stray.reference, "Stripe"):
        assert text in page
    owner.post(f"approvals/{waits.pk}/approve/", seen=waits.digest)

    assert len(stripe.refunds) == 1
    assert models.Stray.objects.get().state == "given_back"


def test_staff_say_where_it_was_settled(owner: Staff, stray: models.Stray) -> None:
    before = marks()

    empty = owner.post(f"strays/{stray.pk}/elsewhere/", reason=" ")
    assert empty.status_code == 422
    assert owner.post(f"strays/{stray.pk}/elsewhere/", reason="Belongs to our second shop", seen=SUM - 1).status_code == 422
    owner.post(f"strays/{stray.pk}/elsewhere/", reason="Belongs to our second shop", seen=SUM)

    assert acts_since(before, owner) == ["payments.settle_elsewhere"]
    assert "Belongs to our second shop" in owner.text(f"strays/{stray.pk}/")
    assert "strays/?state=open" not in owner.text("")


def test_a_clerk_neither_sees_it_nor_acts_on_it(owner: Staff, stray: models.Stray, stripe: FakeStripe) -> None:
    clerk = Staff(Role.CLERK)

    codes = [clerk.get(path).status_code for path in ("strays/", f"strays/{stray.pk}/", f"strays/{stray.pk}/give-back/")]
    codes += [clerk.post(f"strays/{stray.pk}/{verb}/", seen=SUM, reason="x").status_code for verb in ("give-back", "elsewhere")]

    assert codes == [403] * 5
    assert stripe.refunds == {}


def test_money_in_another_currency_than_was_asked_for_waits_on_today(shop: SmallShop, owner: Staff, stripe: FakeStripe) -> None:
    order = shop.buy(method="stripe-card", TEA=2)
    session = stripe.session_of(shop.payment(order.id).name)
    stripe.misbehave("wrong_currency", session["id"])
    stripe.pay(session["id"])
    found = heard(stripe)
    sweep.sweep(NOON + sweep.LEASE * 3)

    today, page = owner.text(""), owner.text(f"strays/{found.pk}/")

    assert "payment that cannot pay its order" in today
    assert "strays/?state=mismatched" in today
    assert "US$28.95" in page
    assert f"payments/{found.payment_id}/" in page


def test_the_books_name_it_with_its_page(owner: Staff, stray: models.Stray) -> None:
    audit_books.run_and_keep(NOON)

    page = owner.text("books/")

    assert "Every payment a provider tells of belongs to an order, or somebody settled it" in page
    assert f"strays/{stray.pk}/" in page


@pytest.mark.parametrize("verb", ["", "give-back/", "elsewhere/"])
def test_its_pages_cost_no_more_statements_than_any_other(owner: Staff, stray: models.Stray, verb: str) -> None:
    assert cost(owner, f"strays/{stray.pk}/{verb}") <= MOST


@pytest.mark.parametrize(("language", "words"), [("en", "none counted"), ("zh-hans", "未计入金额")])
def test_money_in_no_amount_is_not_shown_as_a_sum_of_nothing(owner: Staff, stray: models.Stray, language: str, words: str) -> None:
    models.Stray.objects.filter(pk=stray.pk).update(kept_minor=0)
    owner.read(language)

    page = owner.text("strays/")

    assert words in page
    assert "£0.00" not in page


def test_every_state_has_words() -> None:
    assert set(STRAY_STATES) == {state.value for state in StrayState}


def said(page: str) -> list[str]:
    """Return what a page says is settled and pending."""
    labels = ("Settled: with the providers", "Pending: reserved, not taken yet")
    return [re.sub(r"<[^>]*>", "", page.split(label)[1].split("</dd>", maxsplit=1)[0]).strip() for label in labels]


def test_an_order_and_the_list_of_payments_say_what_is_settled_and_what_is_pending(shop: SmallShop, owner: Staff) -> None:
    order, reserved = shop.buy(TEA=2), shop.buy(method="test-silent", CUP=1)
    held = shop.payment(reserved.id)
    models.PaymentEvent.objects.create(payment_id=held.id, kind="authorized", amount_minor=held.amount_minor, key=held.name, at=NOON)
    pending = cells.draw(held.amount_minor, "money", frame.setting())

    pages = (f"orders/{order.id}/", f"payments/{shop.payment(order.id).id}/")

    assert held.amount_minor > 0
    assert [said(owner.text(page)) for page in pages] == [["£28.95", "£0.00"]] * 2
    assert said(owner.text(f"orders/{reserved.id}/")) == ["£0.00", pending]
    assert said(owner.text(f"payments/?begun_from={NOON:%Y-%m-%d}")) == ["£28.95", pending]


def test_the_sums_of_payments_follow_the_filter_and_are_of_this_month_until_days_are_chosen(shop: SmallShop, owner: Staff) -> None:
    old, new = shop.buy(TEA=2), shop.buy(TEA=1)
    models.Payment.objects.filter(order_id=old.id).update(started_at=frame.now() - timedelta(days=62))
    models.Payment.objects.filter(order_id=new.id).update(started_at=frame.now())
    third = f"{frame.now() - timedelta(days=62):%Y-%m-%d}"
    one, both = (cells.draw(minor, "money", frame.setting()) for minor in (new.total_minor, old.total_minor + new.total_minor))

    asked = ("", f"?begun_from={third}", f"?begun_from={third}&state=pending", f"?begun_to={third}", f"?q={new.id}", "?begun_from=soon")

    assert [said(owner.text(f"payments/{each}"))[0] for each in asked[:5]] == [one, both, "£0.00", "£28.95", one]
    assert "Settled: with the providers" not in owner.get(f"payments/{asked[5]}").content.decode()
    assert f"{reading.short_day(frame.now().date().replace(day=1))} – " in owner.text("payments/")


def test_the_sums_read_the_events_of_the_period_alone(shop: SmallShop, owner: Staff) -> None:
    old = shop.payment(shop.buy(TEA=1).id)
    models.Payment.objects.update(started_at=frame.now() - timedelta(days=62))
    many_like(old.id, 1_000)
    recent = shop.payment(shop.buy(TEA=2).id)
    models.Payment.objects.filter(pk=recent.id).update(started_at=frame.now())

    with CaptureQueriesContext(connection) as asked:
        owner.text("payments/")

    (statement,) = [each["sql"] for each in asked if "WITH heard" in (each["sql"] or "")]
    with connection.cursor() as cursor:
        # How it is read follows from what the database knows of the tables, which is what others left there unless it looks now.
        cursor.execute("ANALYZE payments_payment, payments_paymentevent")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        (plan,) = cursor.fetchone()
    assert rows_of("payments_paymentevent", plan[0]["Plan"]) == len(recent.events)


def many_like(payment_id: int, count: int) -> None:
    """Write so many payments more that are like one, with its events."""
    first = models.Payment.objects.get(pk=payment_id)
    heard = list(models.PaymentEvent.objects.filter(payment_id=payment_id))
    copies = []
    for number in range(count):
        copies.append(copy(first))
        copies[-1].pk, copies[-1].key, copies[-1].name = None, f"{first.key}-{number}", f"{first.name[:50]}-{number}"
    made = models.Payment.objects.bulk_create(copies)
    events = [copy(each) for _payment in made for each in heard]
    for place, event in enumerate(events):
        event.pk, event.payment_id = None, made[place // len(heard)].pk
    models.PaymentEvent.objects.bulk_create(events)


def rows_of(table: str, plan: dict[str, Any]) -> int:
    """Return how many rows of a table a plan came to read."""
    own = plan["Actual Rows"] * plan["Actual Loops"] if plan.get("Relation Name") == table else 0
    return int(own) + sum(rows_of(table, each) for each in plan.get("Plans", ()))
