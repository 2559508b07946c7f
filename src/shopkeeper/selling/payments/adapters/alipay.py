"""Alipay by the protocol of its Open Platform (RSA2): a payment page, or a QR code to scan; refunds; notifications.

Settings: ALIPAY_APP_ID, ALIPAY_PRIVATE_KEY_FILE (the shop's), ALIPAY_PUBLIC_KEY_FILE (Alipay's, not the shop's own), ALIPAY_GATEWAY.
The book currency must be CNY, which is why no answer of Alipay's names one. Alipay takes the money at once: a paid trade is a captured
payment, and there is nothing to capture later. Until it is paid it can only be closed, and it closes by itself when the order's time is up.

`out_trade_no` is the payment's name and `out_request_no` the refund's key, both spelled in the letters Alipay allows. No answer counts
before its signature has been checked; one without a valid signature is silence, and so are SYSTEM_ERROR (they may have done it) and
refused credentials.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from shopkeeper.selling.payments.adapters import rsa, wire, yuan
from shopkeeper.selling.payments.adapters.provider import TIMEOUT_S, Answer, Ask, ProviderSilent
from shopkeeper.selling.payments.shapes import Acknowledgement, BadSignature, EventKind, Method

log = logging.getLogger(__name__)

PAGE, QR = "alipay-page", "alipay-qr"
BEIJING = ZoneInfo("Asia/Shanghai")
SHORTEST = timedelta(minutes=1)
"""A trade cannot be told to end sooner than this."""

_DONE, _REFUSED = "10000", "40004"
_PAID = ("TRADE_SUCCESS", "TRADE_FINISHED")
_REASONS = {
    "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL": "too_much",
    "ACQ.REASON_TRADE_REFUND_FEE_ERR": "too_much",
    "ACQ.SELLER_BALANCE_NOT_ENOUGH": "insufficient_funds",
    "ACQ.BUYER_BALANCE_NOT_ENOUGH": "insufficient_funds",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One application at Alipay: whose signature it trusts, and whose we trust."""

    app_id: str
    key: RSAPrivateKey
    alipay_key: RSAPublicKey
    gateway: str


class Refused(Exception):
    """Alipay said no, signed: `code` is its sub_code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Alipay:
    """The provider; see the module's text and `provider.py`."""

    code = "alipay"

    def __init__(self, account: Account, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """`clock` dates the requests, whose signatures Alipay takes for a short while only."""
        self._account = account
        self._clock = clock

    def methods(self) -> tuple[Method, ...]:
        if not yuan.is_book_currency():
            return ()
        return (Method(code=PAGE, provider=self.code, is_test=False), Method(code=QR, provider=self.code, is_test=False))

    def origins(self) -> tuple[str, ...]:
        parts = urlsplit(self._account.gateway)
        return (f"{parts.scheme}://{parts.netloc}",)

    # ── ask ──

    def authorize(self, ask: Ask) -> Answer:
        wish = _drop_empty(
            out_trade_no=out_trade_no(ask.payment_name),
            total_amount=yuan.text(ask.amount_minor),
            subject=_subject(ask),
            time_expire=_ends(ask),
        )
        if ask.method == PAGE:
            wish["product_code"] = "FAST_INSTANT_TRADE_PAY"
            # Nothing is asked over the line: the buyer's browser carries the signed wish there.
            query = self._signed("alipay.trade.page.pay", wish, notify_url=ask.notify_url, return_url=ask.return_url)
            return self._confirm(ask, redirect_url=f"{self._account.gateway}?{urlencode(query)}")
        try:
            told = self._call("alipay.trade.precreate", wish, ask.timeout_s, notify_url=ask.notify_url)
        except Refused as refusal:
            return self._refused_trade(ask, refusal)
        with wire.readable():
            return self._confirm(ask, qr_text=wire.field(told, "qr_code"))

    def capture(self, ask: Ask) -> Answer:
        """Refuse: nothing is ever reserved. What was paid is captured already, and `find` tells it."""
        return _reply(ask, EventKind.FAILED, reason="too_much")

    def void(self, ask: Ask) -> Answer:
        """Close a trade that is not paid yet; a paid one is refused."""
        try:
            self._call("alipay.trade.close", _called(ask.payment_name, ask.reference), ask.timeout_s)
        except Refused as refusal:
            # It comes to be only when the buyer opens the page: where it is not, there is nothing to close.
            if refusal.code != "ACQ.TRADE_NOT_EXIST" and not self._is_closed(ask):
                return _reply(ask, EventKind.FAILED, reason="declined")
        return _reply(ask, EventKind.VOIDED)

    def refund(self, ask: Ask) -> Answer:
        """Give money back; what the refund's own record says counts, since the first answer tells the sum of all refunds, not this one."""
        called, begun = _called(ask.payment_name, ask.reference), ask.payment_name or ask.reference
        number = out_request_no(ask.key, begun)
        wish = called | {"refund_amount": yuan.text(ask.amount_minor), "out_request_no": number}
        refusal = ""
        try:
            self._call("alipay.trade.refund", wish, ask.timeout_s)
        except Refused as refused:
            # Said no now, but perhaps done the first time the key came.
            refusal = refused.code
        if found := self._refunded(called, number, ask.timeout_s):
            return replace(found, payment_name=ask.payment_name, key=refund_key(number, begun))
        if refusal:
            return _reply(ask, EventKind.REFUND_FAILED, reason=_REASONS.get(refusal, "declined"))
        raise ProviderSilent("The refund was taken in and no money has moved yet")

    # ── hear ──

    def can_be_asked(self, *, payment_name: str, reference: str) -> bool:
        return _spell_or_none(payment_name) is not None if payment_name else bool(_NUMBER.fullmatch(reference))

    def find(self, *, payment_name: str, reference: str, started_at: datetime, at: datetime) -> tuple[Answer, ...]:
        return self._trade(payment_name, reference, TIMEOUT_S)

    def read_webhook(self, *, body: bytes, headers: Mapping[str, str]) -> tuple[Answer, ...]:
        told = _form(body)
        signed = "&".join(f"{name}={told[name]}" for name in sorted(told) if name not in ("sign", "sign_type"))
        if told.get("sign_type") != "RSA2" or not rsa.is_signed(self._account.alipay_key, signed.encode(), told.get("sign", "")):
            raise BadSignature("The notification's signature does not match its fields", field="sign")
        if told.get("app_id") != self._account.app_id:
            raise BadSignature("The notification is for another application", field="app_id", value=told.get("app_id", "")[:32])
        name = payment_name(wire.field(told, "out_trade_no"))
        answers = _trade_answers(name, told, is_paid="gmt_payment" in told)
        if told.get("out_biz_no") and "refund_fee" in told:
            # The notification tells the sum of all refunds so far; what this one gave back stands in its own record.
            refunded = self._refunded({"trade_no": wire.field(told, "trade_no")}, told["out_biz_no"], TIMEOUT_S)
            if refunded is None:
                raise ProviderSilent("A refund was told of that Alipay does not know yet")
            answers += (replace(refunded, payment_name=name, key=refund_key(told["out_biz_no"], name)),)
        return answers

    def acknowledgement(self) -> Acknowledgement:
        return Acknowledgement(status=200, content_type="text/plain", body=b"success")

    # ── the protocol ──

    def _signed(self, method: str, wish: Mapping[str, str], **addresses: str) -> dict[str, str]:
        """Return the parameters of a request, signed: every one that is not empty, by name, `a=1&b=2`."""
        stated = _drop_empty(
            app_id=self._account.app_id,
            method=method,
            format="JSON",
            charset="utf-8",
            sign_type="RSA2",
            timestamp=_moment(self._clock()),
            version="1.0",
            biz_content=json.dumps(wish, ensure_ascii=False, separators=(",", ":"), sort_keys=True),
            **addresses,
        )
        text = "&".join(f"{name}={stated[name]}" for name in sorted(stated))
        return stated | {"sign": rsa.sign(self._account.key, text.encode())}

    def _call(self, method: str, wish: Mapping[str, str], timeout_s: float, **addresses: str) -> dict[str, Any]:
        """Return the signed content of the answer. Raises Refused for a signed no, ProviderSilent for everything unclear."""
        query = self._signed(method, wish, **addresses)
        content = query.pop("biz_content")
        reply = wire.send(
            "POST", self._account.gateway, timeout_s=timeout_s, params=query, body=urlencode({"biz_content": content}).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"},
        )  # fmt: skip
        if reply.status != 200:
            raise ProviderSilent(f"{method}: HTTP {reply.status}")
        raw, signature = _split(reply.body, method.replace(".", "_") + "_response")
        if not rsa.is_signed(self._account.alipay_key, raw, signature):
            log.error("%s: an answer without a valid signature was not read. Is ALIPAY_PUBLIC_KEY_FILE Alipay's key?", method)
            raise ProviderSilent(f"{method}: no valid signature")
        told: dict[str, Any] = json.loads(raw)
        code, sub_code = str(told.get("code")), str(told.get("sub_code", ""))
        if code == _DONE:
            return told
        if code == _REFUSED and not sub_code.endswith("SYSTEM_ERROR"):
            raise Refused(sub_code)
        log.error("%s: answered %s %s", method, code, sub_code)
        raise ProviderSilent(f"{method}: {code} {sub_code}")

    # ── what it knows ──

    def _trade(self, name: str, reference: str, timeout_s: float) -> tuple[Answer, ...]:
        try:
            told = self._call("alipay.trade.query", _called(name, reference), timeout_s)
        except Refused as refusal:
            if refusal.code == "ACQ.TRADE_NOT_EXIST":
                return ()
            raise ProviderSilent(f"alipay.trade.query: {refusal.code}") from None
        with wire.readable():
            said = name or payment_name(wire.field(told, "out_trade_no"))
            return _trade_answers(said, told, is_paid=bool(told.get("send_pay_date")))

    def _is_closed(self, ask: Ask) -> bool:
        return any(answer.kind is EventKind.DECLINED for answer in self._trade(ask.payment_name, ask.reference, ask.timeout_s))

    def _refunded(self, called: Mapping[str, str], number: str, timeout_s: float) -> Answer | None:
        """Return what one refund gave back, the payment's name and the key left out; None where no money has moved under that number."""
        try:
            told = self._call("alipay.trade.fastpay.refund.query", {**called, "out_request_no": number}, timeout_s)
        except Refused as refusal:
            if refusal.code == "ACQ.TRADE_NOT_EXIST":
                return None
            raise ProviderSilent(f"alipay.trade.fastpay.refund.query: {refusal.code}") from None
        if told.get("refund_status") != "REFUND_SUCCESS":
            return None
        with wire.readable():
            return Answer(
                kind=EventKind.REFUNDED,
                payment_name="",
                key="",
                reference=wire.field(told, "trade_no"),
                operation=number,
                amount_minor=yuan.fen("refund_amount", told.get("refund_amount")),
            )

    def _confirm(self, ask: Ask, *, redirect_url: str = "", qr_text: str = "") -> Answer:
        return Answer(
            kind=EventKind.CONFIRMATION_NEEDED,
            payment_name=ask.payment_name,
            key=ask.key,
            reference="",
            operation=out_trade_no(ask.payment_name),
            amount_minor=ask.amount_minor,
            redirect_url=redirect_url,
            qr_text=qr_text,
        )

    def _refused_trade(self, ask: Ask, refusal: Refused) -> Answer:
        if refusal.code in ("ACQ.TRADE_HAS_SUCCESS", "ACQ.TRADE_HAS_CLOSE"):
            known = self._trade(ask.payment_name, ask.reference, ask.timeout_s)
            if known:
                return known[0]
        return _reply(ask, EventKind.DECLINED, reason="declined")


# ── words and spelling ────────────────────────────────────────────────────────────────────────────────────────────────


def _trade_answers(name: str, told: Mapping[str, Any], *, is_paid: bool) -> tuple[Answer, ...]:
    """Return what a trade's state amounts to. TRADE_CLOSED stands for never paid and for wholly refunded: `is_paid` tells which."""
    status = told.get("trade_status")
    if status not in (*_PAID, "TRADE_CLOSED"):
        return ()
    came = status in _PAID or is_paid
    number = wire.field(told, "trade_no")
    return (
        Answer(
            kind=EventKind.CAPTURED if came else EventKind.DECLINED,
            payment_name=name,
            key=name,
            reference=number,
            operation=number,
            amount_minor=yuan.fen("total_amount", told.get("total_amount")) if came else 0,
            reason="" if came else "expired",
        ),
    )


def _reply(ask: Ask, kind: EventKind, reason: str = "") -> Answer:
    number = out_request_no(ask.key, ask.payment_name or ask.reference)
    amount = 0 if kind is EventKind.VOIDED else ask.amount_minor
    return Answer(
        kind=kind, payment_name=ask.payment_name, key=ask.key, reference=ask.reference, operation=number, amount_minor=amount, reason=reason
    )


_SPELLED = {"_": "_0", "-": "_1", ":": "_2"}
_READ = {spelled: letter for letter, spelled in _SPELLED.items()}
LONGEST_NUMBER = 64
_NUMBER = re.compile(rf"[A-Za-z0-9]{{1,{LONGEST_NUMBER}}}")


def _called(name: str, reference: str) -> dict[str, str]:
    """Return how a trade is named to Alipay: by ours where we began it, else by Alipay's own number for it."""
    return {"out_trade_no": out_trade_no(name)} if name else {"trade_no": reference}


def _spell(text: str) -> str:
    """Return `text` in letters, digits and underscores, which is all Alipay takes; `_read` turns it back."""
    if not re.fullmatch(r"[A-Za-z0-9_:-]+", text):
        raise ValueError(f"a name for Alipay holds letters, digits, _, - and :, not {text!r}")
    spelled = re.sub(r"[_:-]", lambda found: _SPELLED[found[0]], text)
    if len(spelled) > LONGEST_NUMBER:
        raise ValueError(f"a name for Alipay has at most {LONGEST_NUMBER} letters, {text!r} has {len(spelled)}")
    return spelled


def _read(number: str) -> str | None:
    """Return the text that was spelled so; None for a number that is not of our making."""
    text = re.sub(r"_[012]", lambda found: _READ[found[0]], number)
    return text if re.fullmatch(r"[A-Za-z0-9_:-]+", text) and _spell_or_none(text) == number else None


def _spell_or_none(text: str) -> str | None:
    try:
        return _spell(text)
    except ValueError:
        return None


def out_trade_no(name: str) -> str:
    """Return what Alipay knows a payment by."""
    return _spell(name)


def payment_name(number: str) -> str:
    """Return the payment's name; a number that is not of our making stays as it is, and matches none."""
    return _read(number) or number


def out_request_no(key: str, name: str) -> str:
    """Return what Alipay knows a request by: it need only be unique within its trade, so the payment's name is left out."""
    return _spell(key.removeprefix(name))


def refund_key(number: str, name: str) -> str:
    """Return the key of the refund of that number; empty for one that was begun at Alipay itself."""
    text = _read(number)
    return f"{name}{text}" if text and text.startswith(":") else ""


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=200))
    except ValueError as error:
        raise BadSignature("The notification is not a form, so it has no signature to check", field="sign") from error


def _split(body: bytes, node: str) -> tuple[bytes, str]:
    """Return an answer's content exactly as it was signed, and the signature. Raises ProviderSilent for anything else."""
    try:
        text = body.decode()
        whole = json.loads(text)
        name = node if node in whole else "error_response"
        start = re.search(rf'"{name}"\s*:\s*', text)
        assert start is not None
        _, end = json.JSONDecoder().raw_decode(text, start.end())
        return text[start.end() : end].encode(), str(whole.get("sign", ""))
    except (ValueError, TypeError, KeyError, AssertionError, AttributeError) as error:
        raise ProviderSilent("Not an answer of Alipay's") from error


def _subject(ask: Ask) -> str:
    # Alipay takes no / = & in it.
    return re.sub(r"[/=&]", " ", ask.description)[:128].strip() or ask.payment_name


def _moment(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _ends(ask: Ask) -> str:
    return _moment(max(ask.expires_at, ask.at + SHORTEST)) if ask.expires_at else ""


def _drop_empty(**fields: str) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}
