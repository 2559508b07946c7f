"""A statement against our own events, in a real database: what fits, what differs, what is missing on either side."""

from datetime import timedelta

import pytest

from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.selling.payments import models, statements
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.adapters.alipay import out_trade_no
from shopkeeper.selling.payments.adapters.fakes import statement_files as files
from shopkeeper.selling.payments.shapes import EventKind, Outcome, Reconciliation, UnknownProvider
from shopkeeper.selling.payments.tests.builders import NOON, a_stored_payment, told

pytestmark = pytest.mark.django_db


def read(data: bytes, provider: str = "alipay") -> Reconciliation:
    return payments.reconcile_statement(provider=provider, file_name="bill.csv", data=data, actor=None, now=NOON)


def outcomes(found: Reconciliation) -> dict[str, int]:
    return {outcome.value: count for outcome, count in found.counts.items() if count}


def test_a_statement_that_fits_has_no_difference_and_tells_the_fees():
    row = a_stored_payment("pay_a-b")
    told(row, EventKind.REFUNDED, 395, key="pay_a-b:refund:7", operation="_2refund_27")
    number = out_trade_no("pay_a-b")

    found = read(files.alipay(
        files.alipay_row("2026112001", number, "16.45", fee="-0.10"),
        files.alipay_row("2026112001", number, "-3.95", kind="退款", refund="_2refund_27", fee="0.02"),
    ))  # fmt: skip

    assert outcomes(found) == {"matched": 2}
    assert found.is_right
    assert (found.paid_minor, found.refunded_minor, found.fees_minor) == (1645, 395, 8)


def test_wechat_refunds_are_found_by_their_numbers():
    row = a_stored_payment("pay_a", provider="wechat")
    told(row, EventKind.REFUNDED, 395, key="pay_a:refund:7", operation="elsewhere")
    refund = ("50300001", "pay_a|refund|7", "3.95", "SUCCESS")

    found = read(files.wechat(
        files.wechat_row("42", "pay_a", "16.45"), files.wechat_row("42", "pay_a", "16.45", state="REFUND", refund=refund, fee="-0.02"),
    ), "wechat")  # fmt: skip

    assert outcomes(found) == {"matched": 2}


def test_stripe_charges_are_found_by_their_own_names_and_by_the_intents():
    a_stored_payment("pay_a", provider="stripe", operation="ch_1")
    a_stored_payment("pay_b", provider="stripe", reference="pi_2")
    rows = (files.stripe_row("ch_1", "16.45", currency="cny", intent=""), files.stripe_row("ch_2", "16.45", currency="cny", intent="pi_2"))

    assert outcomes(read(files.stripe(*rows), "stripe")) == {"matched": 2}


def test_every_difference_is_found():
    a_stored_payment("pay_cheap", captured=1600)
    a_stored_payment("pay_untold")
    a_stored_payment("pay_other_day", at=NOON + timedelta(days=2))
    a_stored_payment("pay_elsewhere", provider="wechat")

    found = read(files.alipay(
        files.alipay_row("1", out_trade_no("pay_cheap"), "16.45"),
        files.alipay_row("2", out_trade_no("pay_stranger"), "1.00"),
        files.alipay_row("3", "", "broken"),
    ))  # fmt: skip

    assert outcomes(found) == {"amount_differs": 1, "theirs_only": 1, "unreadable": 1, "ours_only": 1}
    assert found.differences == 4
    lines = models.StatementLine.objects
    assert lines.get(outcome="amount_differs").ours_minor == 1600
    assert (lines.get(outcome="unreadable").number, lines.get(outcome="unreadable").reason) == (8, "amount")
    assert lines.get(outcome="ours_only").name == "pay_untold"


def test_the_same_file_again_changes_nothing():
    a_stored_payment("pay_a")
    a_stored_payment("pay_untold")
    data = files.alipay(files.alipay_row("1", out_trade_no("pay_a"), "16.45"))
    first = read(data)
    before = sorted(models.StatementLine.objects.filter(number__isnull=False).values_list())

    again = payments.reconcile_statement(provider="alipay", file_name="renamed.csv", data=data, actor=None, now=NOON + timedelta(days=1))

    assert (first.was_known, again.was_known) == (False, True)
    assert (again.statement_id, again.counts, again.file_name) == (first.statement_id, first.counts, "bill.csv")
    assert sorted(models.StatementLine.objects.filter(number__isnull=False).values_list()) == before
    assert models.Statement.objects.count() == 1


def test_what_another_statement_tells_of_is_not_missed():
    a_stored_payment("pay_late")
    read(files.alipay(files.alipay_row("1", out_trade_no("pay_late"), "16.45", at="2026-11-19 23:59:59")))
    a_stored_payment("pay_today")

    found = read(files.alipay(files.alipay_row("2", out_trade_no("pay_today"), "16.45")))

    assert outcomes(found) == {"matched": 1}


def test_news_that_comes_after_the_statement_is_found_when_it_is_compared_again():
    found = read(files.alipay(files.alipay_row("1", out_trade_no("pay_a"), "16.45")))
    assert outcomes(found) == {"theirs_only": 1}

    a_stored_payment("pay_a")
    again = payments.compare_statement(statement_id=found.statement_id, now=NOON)

    assert outcomes(again) == {"matched": 1}
    assert models.Statement.objects.get().differences == 0


def test_nothing_is_kept_of_a_file_that_is_refused(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(Malformed):
        read(b"date,amount\n")
    with pytest.raises(UnknownProvider):
        read(files.alipay(), "cash")
    with pytest.raises(NotFound):
        payments.compare_statement(statement_id=7, now=NOON)
    monkeypatch.setattr(statements, "MOST_BYTES", 10)
    with pytest.raises(OutOfRange):
        read(files.alipay())

    assert models.Statement.objects.count() == 0


def test_no_name_or_account_of_a_buyer_is_kept():
    read(files.alipay(files.alipay_row("1", "pay_0a", "16.45")))

    (row,) = models.StatementLine.objects.values()
    assert "example.com" not in str(row)
    assert Outcome(row["outcome"]) is Outcome.THEIRS_ONLY
