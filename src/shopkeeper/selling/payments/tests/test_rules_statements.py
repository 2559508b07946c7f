"""Statement files are read as the providers write them; what cannot be read is kept with its line and reason."""

from datetime import UTC, datetime

import pytest

from shopkeeper.kit.ids import OrderId, PaymentId
from shopkeeper.kit.refusals import Malformed
from shopkeeper.selling.payments.adapters.fakes import statement_files as files
from shopkeeper.selling.payments.rules import matching, statements
from shopkeeper.selling.payments.rules.matching import OurAct
from shopkeeper.selling.payments.shapes import LineKind, Outcome, StatementLine

EIGHT = datetime(2026, 11, 20, 12, 0, 1, tzinfo=UTC)


def test_an_alipay_bill_in_gbk_with_its_frame_is_read():
    data = files.alipay(
        files.alipay_row("2026112001", "pay_0a", "16.45", fee="-0.10"),
        files.alipay_row("2026112001", "pay_0a", "-3.95", kind="退款", refund="_2refund_27", fee="0.02"),
    )

    paid, back = statements.lines("alipay", data)

    assert paid == StatementLine(
        number=6, kind=LineKind.PAYMENT, name="pay_0a", reference="2026112001", operation="2026112001", amount_minor=1645, fee_minor=10,
        currency="CNY", at=EIGHT,
    )  # fmt: skip
    assert back == StatementLine(
        number=7, kind=LineKind.REFUND, name="pay_0a", key="_2refund_27", reference="2026112001", operation="_2refund_27",
        amount_minor=395, fee_minor=-2, currency="CNY", at=EIGHT,
    )  # fmt: skip


def test_a_wechat_bill_with_grave_accents_and_a_comma_in_a_name_is_read():
    done, begun = ("50300001", "pay_a|refund|7", "3.95", "SUCCESS"), ("50300002", "pay_a|refund|8", "1.00", "PROCESSING")
    data = files.wechat(
        files.wechat_row("4200001", "pay_a", "16.45"),
        files.wechat_row("4200001", "pay_a", "16.45", state="REFUND", refund=done, fee="-0.02400"),
        files.wechat_row("4200001", "pay_a", "16.45", state="REFUND", refund=begun, fee="0.00"),
    )

    paid, back, under_way = statements.lines("wechat", data)

    assert paid == StatementLine(
        number=2, kind=LineKind.PAYMENT, name="pay_a", reference="4200001", operation="4200001", amount_minor=1645, fee_minor=10,
        currency="CNY", at=EIGHT,
    )  # fmt: skip
    assert (back.kind, back.key, back.operation, back.amount_minor, back.fee_minor) == (
        LineKind.REFUND, "pay_a|refund|7", "50300001", 395, -2,
    )  # fmt: skip
    assert under_way.kind is LineKind.OTHER


def test_a_stripe_report_is_read_with_fees_and_payouts():
    data = files.stripe(
        files.stripe_row("ch_1", "16.45", fee="0.45"),
        files.stripe_row("re_1", "-3.95", kind="refund"),
        files.stripe_row("po_1", "-12.05", kind="payout", intent=""),
    )

    paid, back, payout = statements.lines("stripe", data)

    assert paid == StatementLine(
        number=2, kind=LineKind.PAYMENT, reference="pi_1", operation="ch_1", amount_minor=1645, fee_minor=45, currency="GBP", at=EIGHT
    )
    assert (back.kind, back.operation, back.amount_minor) == (LineKind.REFUND, "re_1", 395)
    assert (payout.kind, payout.amount_minor) == (LineKind.OTHER, -1205)


def test_stripes_dashboard_writes_other_headings():
    head = "id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Available On (UTC)\n"
    data = (head + "txn_1,charge,ch_1,16.45,0.45,16.00,gbp,2026-11-20 12:00,2026-11-22 00:00\n").encode()

    (line,) = statements.lines("stripe", data)

    assert (line.kind, line.operation, line.amount_minor, line.reference) == (LineKind.PAYMENT, "ch_1", 1645, "")


def test_a_currency_without_minor_units_is_read_whole():
    (line,) = statements.lines("stripe", files.stripe(files.stripe_row("ch_1", "1645", currency="jpy")))

    assert line.amount_minor == 1645


@pytest.mark.parametrize(("row", "reason"), [
    (files.alipay_row("1", "pay_0a", "16.455"), "amount"),
    (files.alipay_row("1", "pay_0a", "many"), "amount"),
    (files.alipay_row("1", "pay_0a", "-16.45"), "amount"),
    (files.alipay_row("1", "pay_0a", "16.45", kind="退款"), "amount"),
    (files.alipay_row("1", "pay_0a", "1" * 14), "amount"),
    (files.alipay_row("1", "pay_0a", "16.45", fee="x"), "amount"),
    (files.alipay_row("", "pay_0a", "16.45"), "number"),
    (files.alipay_row("1" * 101, "pay_0a", "16.45"), "number"),
    (files.alipay_row("1", "pay_0a", "16.45", at="yesterday"), "moment"),
    ("1,pay_0a,交易\r\n", "columns"),
])  # fmt: skip
def test_a_line_that_cannot_be_read_is_kept_with_its_number_and_reason(row, reason):
    data = files.alipay(row, files.alipay_row("2", "pay_0b", "1.00"))

    broken, good = statements.lines("alipay", data)

    assert broken == StatementLine(number=6, kind=LineKind.UNREADABLE, reason=reason)
    assert (good.number, good.amount_minor) == (7, 100)


@pytest.mark.parametrize("provider", statements.PROVIDERS)
@pytest.mark.parametrize("data", [b"", b"a,b,c\n1,2,3\n", b"\xff\xfe\xff", "日期,金额\n".encode()])
def test_a_file_of_another_kind_is_refused(provider, data):
    with pytest.raises(Malformed):
        statements.lines(provider, data)


@pytest.mark.parametrize(("provider", "data"), [
    ("alipay", files.wechat()), ("wechat", files.alipay()), ("stripe", files.wechat()), ("alipay", files.stripe()),
])  # fmt: skip
def test_a_file_of_another_provider_is_refused(provider, data):
    with pytest.raises(Malformed):
        statements.lines(provider, data)


def test_a_day_without_trade_is_a_statement():
    assert statements.lines("alipay", files.alipay()) == ()
    assert statements.lines("wechat", files.wechat()) == ()


# ── matching ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def act(
    event_id: int, *, kind: LineKind = LineKind.PAYMENT, name: str = "pay_a", key: str = "", operation: str = "", amount: int = 1645
) -> OurAct:
    return OurAct(
        event_id=event_id, payment_id=PaymentId(1), order_id=OrderId(1), kind=kind, name="pay_a", key=key, reference="42",
        operation=operation, amount_minor=amount, currency="CNY", at=EIGHT,
    )  # fmt: skip


def line(number: int, *, kind: LineKind = LineKind.PAYMENT, amount: int = 1645, currency: str = "CNY", **named: str) -> StatementLine:
    return StatementLine(number=number, kind=kind, amount_minor=amount, currency=currency, **named)


REFUND = LineKind.REFUND


@pytest.mark.parametrize(("lines", "acts", "expected"), [
    ([line(1, name="pay_a")], [act(9)], [Outcome.MATCHED]),
    ([line(1, operation="ch_1")], [act(9, operation="ch_1")], [Outcome.MATCHED]),
    ([line(1, reference="42")], [act(9)], [Outcome.MATCHED]),
    ([line(1, name="pay_a", amount=1644)], [act(9)], [Outcome.AMOUNT_DIFFERS]),
    ([line(1, name="pay_a", currency="USD")], [act(9)], [Outcome.AMOUNT_DIFFERS]),
    ([line(1, name="pay_b")], [act(9)], [Outcome.THEIRS_ONLY]),
    ([line(1, name="pay_a"), line(2, name="pay_a")], [act(9)], [Outcome.MATCHED, Outcome.REPEATED]),
    # A payment is no refund, and one refund is not another of the same payment.
    ([line(1, kind=REFUND, name="pay_a", key="k1")], [act(9)], [Outcome.THEIRS_ONLY]),
    ([line(1, kind=REFUND, name="pay_a", key="k1")], [act(9, kind=REFUND, key="k2")], [Outcome.THEIRS_ONLY]),
    ([line(1, kind=REFUND, name="pay_a")], [act(9, kind=REFUND, key="k1")], [Outcome.THEIRS_ONLY]),
    ([line(1, kind=REFUND, name="pay_a", key="k1")], [act(8, kind=REFUND, key="k2"), act(9, kind=REFUND, key="k1")], [Outcome.MATCHED]),
    # Two captures of one payment, told by their own names.
    ([line(1, reference="42", operation="b", amount=2), line(2, reference="42", operation="a", amount=1)],
     [act(8, operation="a", amount=1), act(9, operation="b", amount=2)], [Outcome.MATCHED, Outcome.MATCHED]),
    ([line(1, kind=LineKind.OTHER, name="pay_a"), line(2, kind=LineKind.UNREADABLE)], [act(9)], [Outcome.NOT_COMPARED, Outcome.UNREADABLE]),
])  # fmt: skip
def test_each_line_finds_the_act_it_tells_of(lines, acts, expected):
    assert [each.outcome for each in matching.compare(lines, acts)] == expected
