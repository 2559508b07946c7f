"""What a provider's statement file says, line by line: Stripe's balance reports, Alipay's and WeChat Pay's trade bills.

Formats as the providers publish them. Columns are found by their headings, never by their place. A line that cannot be read is kept with
its number and what is wrong with it; it is never skipped and never guessed at.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from shopkeeper.kit.money import MOST_MINOR, exponent
from shopkeeper.selling.payments.shapes import LineKind, NoStatement, StatementLine

BEIJING = ZoneInfo("Asia/Shanghai")
_BARE = str.maketrans({"（": "(", "）": ")", " ": "", "\t": "", "\ufeff": ""})

Row = Mapping[str, str]


class _Unreadable(Exception):
    """The text is what is wrong: columns, amount, moment, number or currency."""


def lines(provider: str, data: bytes) -> tuple[StatementLine, ...]:
    """Return the lines of a statement file in its order. Raises NoStatement for a file that is none of that provider's."""
    read = _FORMATS[provider]
    text = _text(data)
    return tuple(read(text.splitlines()))


def _text(data: bytes) -> str:
    """Return the file's text. What is not UTF-8 is in the Chinese encoding that Alipay and spreadsheets write."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NoStatement(())


# ── Stripe ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_STRIPE = {
    "id": ("balance_transaction_id", "id"),
    "kind": ("reporting_category", "type"),
    "source": ("source_id", "source"),
    "amount": ("gross", "amount"),
    "fee": ("fee",),
    "currency": ("currency",),
    "moment": ("created_utc", "created(utc)"),
    "intent": ("payment_intent_id", "payment_intentid", "paymentintentid"),
    "charge": ("charge_id", "chargeid"),
}
_STRIPE_NEEDED = {"id", "kind", "amount", "fee", "currency", "moment"}
_STRIPE_KINDS = {
    "charge": LineKind.PAYMENT,
    "payment": LineKind.PAYMENT,
    "refund": LineKind.REFUND,
    "payment_refund": LineKind.REFUND,
}


def _stripe(rows: Sequence[str]) -> Iterator[StatementLine]:
    reader = csv.reader(rows)
    heading = [name.translate(_BARE).lower() for name in next(reader, [])]
    columns = {wanted: heading.index(name) for wanted, names in _STRIPE.items() for name in names if name in heading}
    if missing := [names[0] for wanted, names in _STRIPE.items() if wanted in _STRIPE_NEEDED and wanted not in columns]:
        raise NoStatement(missing)
    for fields in reader:
        if any(fields):
            yield _line(reader.line_num, fields, columns, _stripe_line)


def _stripe_line(number: int, row: Row) -> StatementLine:
    kind = _STRIPE_KINDS.get(row["kind"].lower(), LineKind.OTHER)
    currency = row["currency"].upper()
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise _Unreadable("currency")
    amount = _minor(row["amount"], currency)
    is_expected = kind is LineKind.OTHER or (amount > 0) == (kind is LineKind.PAYMENT)
    return StatementLine(
        number=number,
        kind=kind if is_expected else LineKind.OTHER,
        name="",
        key="",
        reference=row.get("intent", ""),
        operation=_filled(row.get("source", "") or row["id"]),
        amount_minor=abs(amount) if is_expected and kind is not LineKind.OTHER else amount,
        fee_minor=_minor(row["fee"] or "0", currency),
        currency=currency,
        at=_moment(row["moment"], UTC),
    )


# ── Alipay ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_ALIPAY = {
    "trade": ("支付宝交易号",),
    "name": ("商户订单号",),
    "kind": ("业务类型",),
    "moment": ("完成时间",),
    "amount": ("订单金额(元)",),
    "refund": ("退款批次号/请求号", "退款批次号"),
    "fee": ("服务费(元)",),
}
_ALIPAY_KINDS = {"交易": LineKind.PAYMENT, "退款": LineKind.REFUND}


def _alipay(rows: Sequence[str]) -> Iterator[StatementLine]:
    columns: dict[str, int] = {}
    for number, text in enumerate(rows, 1):
        if text.lstrip().startswith("#") or not text.strip():
            continue
        (fields,) = csv.reader([text])
        if not columns:
            columns = _columns(fields, _ALIPAY)
            continue
        yield _line(number, fields, columns, _alipay_line)
    if not columns:
        raise NoStatement([names[0] for names in _ALIPAY.values()])


def _alipay_line(number: int, row: Row) -> StatementLine:
    kind = _ALIPAY_KINDS.get(row["kind"], LineKind.OTHER)
    amount = _minor(row["amount"], "CNY")
    if kind is not LineKind.OTHER and (amount < 0) != (kind is LineKind.REFUND):
        raise _Unreadable("amount")
    is_refund = kind is LineKind.REFUND
    return StatementLine(
        number=number,
        kind=kind,
        name=row["name"],
        key=row["refund"] if is_refund else "",
        reference=_filled(row["trade"]),
        operation=_filled(row["refund"]) if is_refund else row["trade"],
        amount_minor=abs(amount) if kind is not LineKind.OTHER else amount,
        # Alipay writes what it keeps as a negative sum.
        fee_minor=-_minor(row["fee"] or "0", "CNY"),
        currency="CNY",
        at=_moment(row["moment"], BEIJING),
    )


# ── WeChat Pay ────────────────────────────────────────────────────────────────────────────────────────────────────────

_WECHAT = {
    "moment": ("交易时间",),
    "trade": ("微信订单号",),
    "name": ("商户订单号",),
    "state": ("交易状态",),
    "currency": ("货币种类",),
    "amount": ("订单金额", "总金额"),
    "refund_trade": ("微信退款单号",),
    "refund": ("商户退款单号",),
    "refund_amount": ("申请退款金额", "退款金额"),
    "refund_state": ("退款状态",),
    "fee": ("手续费",),
}


def _wechat(rows: Sequence[str]) -> Iterator[StatementLine]:
    columns: dict[str, int] = {}
    for number, text in enumerate(rows, 1):
        if not text.strip():
            continue
        if text.startswith("总交易单数"):
            # What follows are sums over the lines.
            break
        if not columns:
            columns = _columns(text.split(","), _WECHAT)
            continue
        # A grave accent before each field keeps spreadsheets from reading numbers; a comma may stand inside a field.
        yield _line(number, text.removeprefix("`").split(",`"), columns, _wechat_line)
    if not columns:
        raise NoStatement([names[0] for names in _WECHAT.values()])


def _wechat_line(number: int, row: Row) -> StatementLine:
    is_refund = row["state"] == "REFUND"
    is_final = row["state"] == "SUCCESS" or (is_refund and row["refund_state"] == "SUCCESS")
    kind = (LineKind.REFUND if is_refund else LineKind.PAYMENT) if is_final else LineKind.OTHER
    amount = _minor(row["refund_amount"] if is_refund else row["amount"], row["currency"] or "CNY")
    if amount < 0:
        raise _Unreadable("amount")
    return StatementLine(
        number=number,
        kind=kind,
        name=row["name"],
        key=row["refund"] if is_refund else "",
        reference=_filled(row["trade"]),
        operation=_filled(row["refund_trade"]) if is_refund else row["trade"],
        amount_minor=amount,
        # Fees are told to a thousandth of a fen; what is taken is whole fen.
        fee_minor=_minor(row["fee"] or "0", "CNY", is_rounded=True),
        currency=row["currency"] or "CNY",
        at=_moment(row["moment"], BEIJING),
    )


# ── fields ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _columns(heading: Sequence[str], wanted: Mapping[str, Sequence[str]]) -> dict[str, int]:
    names = [name.translate(_BARE) for name in heading]
    found = {key: next((names.index(name) for name in choices if name in names), -1) for key, choices in wanted.items()}
    if missing := [choices[0] for key, choices in wanted.items() if found[key] < 0]:
        raise NoStatement(missing)
    return found


def _line(number: int, fields: Sequence[str], columns: Mapping[str, int], read: Callable[[int, Row], StatementLine]) -> StatementLine:
    """Return one line as read, or kept as unreadable with its reason."""
    try:
        if len(fields) <= max(columns.values()):
            raise _Unreadable("columns")
        return read(number, {name: fields[place].strip(" \t`\r\n") for name, place in columns.items()})
    except _Unreadable as wrong:
        return StatementLine(number=number, kind=LineKind.UNREADABLE, reason=str(wrong))


def _minor(text: str, currency: str, *, is_rounded: bool = False) -> int:
    """Return a decimal amount in minor units, digit by digit; one with a part of a minor unit only where that is rounded."""
    if not re.fullmatch(r"[+-]?[0-9]{1,3}(,?[0-9]{3})*(\.[0-9]{1,8})?|[+-]?[0-9]{1,13}(\.[0-9]{1,8})?", text):
        raise _Unreadable("amount")
    try:
        scaled = Decimal(text.replace(",", "")).scaleb(exponent(currency))
    except InvalidOperation:
        raise _Unreadable("amount") from None
    whole = scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    if (whole != scaled and not is_rounded) or abs(whole) > MOST_MINOR:
        raise _Unreadable("amount")
    return int(whole)


def _moment(text: str, zone: tzinfo) -> datetime:
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=zone).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    raise _Unreadable("moment")


def _filled(text: str) -> str:
    if not text or len(text) > 100:
        raise _Unreadable("number")
    return text


_FORMATS: Mapping[str, Callable[[Sequence[str]], Iterator[StatementLine]]] = {"stripe": _stripe, "alipay": _alipay, "wechat": _wechat}
PROVIDERS = tuple(_FORMATS)
ZONES: Mapping[str, tzinfo] = {"alipay": BEIJING, "wechat": BEIJING}
"""Whose midnight ends a statement's day; UTC where it is not here."""
