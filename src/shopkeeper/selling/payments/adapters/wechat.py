"""WeChat Pay by its API v3: a QR code to scan (Native), refunds within the country, notifications.

Settings: WECHAT_MCH_ID, WECHAT_APP_ID, WECHAT_SERIAL_NO and WECHAT_PRIVATE_KEY_FILE (of the shop's certificate), WECHAT_API_V3_KEY (32
letters), and to check what WeChat Pay says WECHAT_PLATFORM_CERT_FILE (one or more of its certificates; its public key, where
WECHAT_PUBLIC_KEY_ID names one); WECHAT_API_URL. The book currency must be CNY. WeChat Pay takes the money at once: a paid trade is a
captured payment. Until it is paid it can only be closed, and it closes by itself when the order's time is up.

`out_trade_no` is the payment's name, `out_refund_no` the refund's key. No answer and no notification counts before its signature, by a key
we know, over its moment, nonce and body has been checked, and none older or newer than five minutes.
"""

import base64
import binascii
import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shopkeeper.kit.ids import new_token
from shopkeeper.kit.refusals import Malformed
from shopkeeper.selling.payments.adapters import rsa, wire, yuan
from shopkeeper.selling.payments.adapters.provider import TIMEOUT_S, Answer, Ask, ProviderSilent
from shopkeeper.selling.payments.shapes import Acknowledgement, BadSignature, EventKind, Method

log = logging.getLogger(__name__)

NATIVE = "wechat-qr"
SCHEMA = "WECHATPAY2-SHA256-RSA2048"
TOLERANCE = timedelta(minutes=5)
BEIJING = ZoneInfo("Asia/Shanghai")
SHORTEST = timedelta(minutes=2)
"""A trade cannot be told to end sooner than one minute after it reaches WeChat Pay."""
LONGEST_DESCRIPTION = 127
KEY_LENGTH = 32
_NAME, _NUMBER = re.compile(r"[A-Za-z0-9_*-]{6,32}"), re.compile(r"[A-Za-z0-9]{1,32}")

_CAME = ("SUCCESS", "REFUND")
_GONE = ("CLOSED", "REVOKED", "PAYERROR")
_UNCLEAR = ("SYSTEM_ERROR", "SIGN_ERROR", "FREQUENCY_LIMITED", "RATELIMIT_EXCEEDED", "NO_AUTH", "MCH_NOT_EXISTS", "APPID_MCHID_NOT_MATCH")
_REASONS = {"NOT_ENOUGH": "insufficient_funds", "REFUND_AMOUNT_EXCEEDED": "too_much"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One merchant at WeChat Pay. `wechat_keys`: its public keys by serial number or id; `answer_with`: the one it is asked to sign by."""

    mch_id: str
    app_id: str
    serial: str
    key: RSAPrivateKey
    api_v3_key: bytes
    wechat_keys: Mapping[str, RSAPublicKey]
    answer_with: str
    api_url: str


class Refused(Exception):
    """WeChat Pay said no, signed: `code` is its word, `status` the HTTP one."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code

    @property
    def is_unknown_here(self) -> bool:
        return self.status == 404


class WeChat:
    """The provider; see the module's text and `provider.py`."""

    code = "wechat"

    def __init__(self, account: Account, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """`clock` dates the requests and tells how old an answer is."""
        self._account = account
        self._clock = clock

    def methods(self) -> tuple[Method, ...]:
        return (Method(code=NATIVE, provider=self.code, is_test=False),) if yuan.is_book_currency() else ()

    def origins(self) -> tuple[str, ...]:
        """Nowhere: the code is shown on the shop's own page, and the telephone pays."""
        return ()

    # ── ask ──

    def authorize(self, ask: Ask) -> Answer:
        wish = {
            "appid": self._account.app_id,
            "mchid": self._account.mch_id,
            "description": _cut(ask.description or ask.payment_name, LONGEST_DESCRIPTION),
            "out_trade_no": out_trade_no(ask.payment_name),
            "notify_url": ask.notify_url,
            "amount": {"total": ask.amount_minor, "currency": yuan.CURRENCY},
        }
        if ask.expires_at:
            wish["time_expire"] = max(ask.expires_at, ask.at + SHORTEST).astimezone(BEIJING).isoformat(timespec="seconds")
        try:
            told = self._call("POST", "/v3/pay/transactions/native", wish, ask.timeout_s)
        except Refused as refusal:
            # Paid, closed or given out already, as where the first answer was lost: the trade itself tells.
            if refusal.code in ("ORDERPAID", "ORDER_PAID", "ORDER_CLOSED", "ORDERCLOSED", "OUT_TRADE_NO_USED"):
                if known := self._trade(ask.payment_name, ask.reference, ask.timeout_s):
                    return known[0]
                raise ProviderSilent(f"native: {refusal.code}") from None
            return _reply(ask, EventKind.DECLINED, reason="declined")
        with wire.readable():
            return Answer(
                kind=EventKind.CONFIRMATION_NEEDED,
                payment_name=ask.payment_name,
                key=ask.key,
                reference="",
                operation=out_trade_no(ask.payment_name),
                amount_minor=ask.amount_minor,
                qr_text=wire.field(told, "code_url"),
            )

    def capture(self, ask: Ask) -> Answer:
        """Refuse: nothing is ever reserved. What was paid is captured already, and `find` tells it."""
        return _reply(ask, EventKind.FAILED, reason="too_much")

    def void(self, ask: Ask) -> Answer:
        """Close a trade that is not paid yet; a paid one is refused."""
        if not ask.payment_name:
            # Only by the name it was begun under can a trade be closed; one that was not begun here is its own shop's to close.
            return _reply(ask, EventKind.FAILED, reason="declined")
        path = f"/v3/pay/transactions/out-trade-no/{out_trade_no(ask.payment_name)}/close"
        try:
            self._call("POST", path, {"mchid": self._account.mch_id}, ask.timeout_s)
        except Refused as refusal:
            known = () if refusal.is_unknown_here else self._trade(ask.payment_name, ask.reference, ask.timeout_s)
            if any(answer.kind is EventKind.CAPTURED for answer in known):
                return _reply(ask, EventKind.FAILED, reason="declined")
            if not refusal.is_unknown_here and not known:
                raise ProviderSilent(f"close: {refusal.code}, and it is still open") from None
        return _reply(ask, EventKind.VOIDED)

    def refund(self, ask: Ask) -> Answer:
        """Give money back. One that is under way is silence; the notification, or the same request again, tells how it went."""
        number = out_refund_no(ask.key)
        trade = self._transaction(ask.payment_name, ask.reference, ask.timeout_s)
        if trade is None:
            return _reply(ask, EventKind.REFUND_FAILED, reason="declined")
        with wire.readable():
            total = _amount(trade, "total")
        called = {"out_trade_no": out_trade_no(ask.payment_name)} if ask.payment_name else {"transaction_id": ask.reference}
        wish = (
            called
            | {
                "out_refund_no": number,
                "amount": {"refund": ask.amount_minor, "total": total, "currency": yuan.CURRENCY},
            }
            | ({"notify_url": ask.notify_url} if ask.notify_url else {})
        )
        try:
            told = self._call("POST", "/v3/refund/domestic/refunds", wish, ask.timeout_s)
        except Refused as refusal:
            # Said no now, but perhaps taken in the first time the key came.
            known = self._refund_known(number, ask.timeout_s)
            if known is None:
                return _reply(ask, EventKind.REFUND_FAILED, reason=_REASONS.get(refusal.code, "declined"))
            told = known
        with wire.readable():
            answer = _refund_answer(told, str(told.get("status")))
        if answer is None:
            raise ProviderSilent("The refund is under way")
        return answer

    # ── hear ──

    def can_be_asked(self, *, payment_name: str, reference: str) -> bool:
        return bool(_NAME.fullmatch(payment_name) if payment_name else _NUMBER.fullmatch(reference))

    def find(self, *, payment_name: str, reference: str, started_at: datetime, at: datetime) -> tuple[Answer, ...]:
        return self._trade(payment_name, reference, TIMEOUT_S)

    def read_webhook(self, *, body: bytes, headers: Mapping[str, str]) -> tuple[Answer, ...]:
        given = {name.lower(): value for name, value in headers.items()}
        if problem := self._unsigned(body, given):
            raise BadSignature(f"The notification was not read: {problem}", field="Wechatpay-Signature")
        told = self._opened(body)
        if told.get("mchid") != self._account.mch_id or told.get("appid", self._account.app_id) != self._account.app_id:
            raise BadSignature("The notification is for another merchant", field="mchid")
        if "out_refund_no" in told:
            answer = _refund_answer(told, str(told.get("refund_status")))
            return () if answer is None else (answer,)
        return _trade_answers(told)

    def _opened(self, body: bytes) -> dict[str, Any]:
        """Return what a notification's sealed part says."""
        try:
            sealed = json.loads(body)["resource"]
            opened = AESGCM(self._account.api_v3_key).decrypt(
                sealed["nonce"].encode(), base64.b64decode(sealed["ciphertext"], validate=True), sealed.get("associated_data", "").encode()
            )
            told = json.loads(opened)
        except InvalidTag:
            log.error("A notification could not be opened. Is WECHAT_API_V3_KEY the key set at WeChat Pay?")
            raise BadSignature("The notification's sealed part does not open with our key", field="resource") from None
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
            raise Malformed("body", body[:80].decode("utf-8", "replace"), expected="webhook") from error
        if not isinstance(told, dict):
            raise Malformed("resource", str(told)[:40], expected="webhook")
        return told

    def acknowledgement(self) -> Acknowledgement:
        return Acknowledgement(status=204, content_type="application/json", body=b"")

    # ── the protocol ──

    def _call(self, method: str, path: str, wish: Mapping[str, Any] | None, timeout_s: float) -> dict[str, Any]:
        """Return the signed content of the answer. Raises Refused for a signed no, ProviderSilent for everything unclear."""
        body = b"" if wish is None else json.dumps(wish, ensure_ascii=False, separators=(",", ":")).encode()
        reply = wire.send(method, self._account.api_url + path, timeout_s=timeout_s, body=body, headers=self._signed(method, path, body))
        what = "transaction" if re.search("/transactions/(out-trade-no|id)/", path) else path.partition("?")[0].rpartition("/")[2]
        if reply.status >= 500 or reply.status == 429:
            raise ProviderSilent(f"{what}: HTTP {reply.status}")
        if problem := self._unsigned(reply.body, reply.headers):
            log.error("wechat %s: HTTP %s was not read: %s", what, reply.status, problem)
            raise ProviderSilent(f"{what}: {problem}")
        try:
            told = json.loads(reply.body) if reply.body else {}
        except ValueError as error:
            raise ProviderSilent(f"{what}: not JSON") from error
        if not isinstance(told, dict):
            raise ProviderSilent(f"{what}: not an object")
        if reply.status in (200, 204):
            return told
        code = str(told.get("code", ""))
        log.warning("wechat %s: refused with HTTP %s %s", what, reply.status, code)
        if code in _UNCLEAR or reply.status in (202, 401):
            raise ProviderSilent(f"{what}: {code}")
        raise Refused(reply.status, code)

    def _signed(self, method: str, path: str, body: bytes) -> dict[str, str]:
        """Return the headers that prove a request is ours: a signature over method, address, moment, nonce and body, a line each."""
        account, moment, nonce = self._account, str(int(self._clock().timestamp())), new_token()
        text = f"{method}\n{urlsplit(account.api_url).path}{path}\n{moment}\n{nonce}\n".encode() + body + b"\n"
        proof = (
            f'mchid="{account.mch_id}",nonce_str="{nonce}",signature="{rsa.sign(account.key, text)}",'
            f'timestamp="{moment}",serial_no="{account.serial}"'
        )
        headers = {"Authorization": f"{SCHEMA} {proof}", "Accept": "application/json", "Content-Type": "application/json"}
        return headers | {"User-Agent": "shopkeeper", "Wechatpay-Serial": account.answer_with}

    def _unsigned(self, body: bytes, headers: Mapping[str, str]) -> str:
        """Return why a message cannot be believed to be WeChat Pay's, and of now; empty where it can."""
        key = self._account.wechat_keys.get(headers.get("wechatpay-serial", ""))
        if key is None:
            return "signed by a key that is not known here"
        moment = headers.get("wechatpay-timestamp", "")
        if not re.fullmatch(r"[0-9]{1,12}", moment) or abs(self._clock().timestamp() - int(moment)) > TOLERANCE.total_seconds():
            return "dated more than five minutes from now"
        text = f"{moment}\n{headers.get('wechatpay-nonce', '')}\n".encode() + body + b"\n"
        return "" if rsa.is_signed(key, text, headers.get("wechatpay-signature", "")) else "the signature does not match"

    # ── what it knows ──

    def _transaction(self, name: str, reference: str, timeout_s: float) -> dict[str, Any] | None:
        called = f"out-trade-no/{out_trade_no(name)}" if name else f"id/{quote(reference, safe='')}"
        path = f"/v3/pay/transactions/{called}?mchid={quote(self._account.mch_id)}"
        try:
            return self._call("GET", path, None, timeout_s)
        except Refused as refusal:
            if refusal.is_unknown_here:
                return None
            raise ProviderSilent(f"transaction: {refusal.code}") from None

    def _trade(self, name: str, reference: str, timeout_s: float) -> tuple[Answer, ...]:
        told = self._transaction(name, reference, timeout_s)
        with wire.readable():
            return () if told is None else _trade_answers(told)

    def _refund_known(self, number: str, timeout_s: float) -> dict[str, Any] | None:
        try:
            return self._call("GET", f"/v3/refund/domestic/refunds/{quote(number, safe='')}", None, timeout_s)
        except Refused as refusal:
            if refusal.is_unknown_here:
                return None
            raise ProviderSilent(f"refund: {refusal.code}") from None


# ── words and spelling ────────────────────────────────────────────────────────────────────────────────────────────────


def _trade_answers(told: Mapping[str, Any]) -> tuple[Answer, ...]:
    """Return what a trade's state amounts to; a refunded one was paid first. Money given back is told by each refund alone."""
    state, name = told.get("trade_state"), wire.field(told, "out_trade_no")
    if state in _CAME:
        number = wire.field(told, "transaction_id")
        return (
            Answer(
                kind=EventKind.CAPTURED, payment_name=name, key=name, reference=number, operation=number,
                amount_minor=_amount(told, "total"), currency=_currency(told),
            ),
        )  # fmt: skip
    if state in _GONE:
        return (
            Answer(kind=EventKind.DECLINED, payment_name=name, key=name, reference="", operation=name, amount_minor=0, reason="expired"),
        )
    return ()


def _refund_answer(told: Mapping[str, Any], status: str) -> Answer | None:
    """Return how a refund went; None while it is under way. ABNORMAL: the buyer's account takes no money, and staff settle it there."""
    if status not in ("SUCCESS", "CLOSED", "ABNORMAL"):
        return None
    name, number = wire.field(told, "out_trade_no"), wire.field(told, "out_refund_no")
    trade = wire.field(told, "transaction_id")
    return Answer(
        kind=EventKind.REFUNDED if status == "SUCCESS" else EventKind.REFUND_FAILED,
        payment_name=name,
        key=refund_key(number, name) or refund_key(number, trade),
        reference=trade,
        # One that failed may be settled by staff over there later: that is told as another act, so that it counts.
        operation=wire.field(told, "refund_id") + ("" if status == "SUCCESS" else f":{status.lower()}"),
        amount_minor=_amount(told, "refund"),
        currency=_currency(told) or yuan.CURRENCY,
        reason="" if status == "SUCCESS" else "declined",
    )


def _reply(ask: Ask, kind: EventKind, reason: str = "") -> Answer:
    amount = 0 if kind is EventKind.VOIDED else ask.amount_minor
    return Answer(
        kind=kind, payment_name=ask.payment_name, key=ask.key, reference=ask.reference, operation=ask.key, amount_minor=amount,
        reason=reason,
    )  # fmt: skip


def out_trade_no(name: str) -> str:
    """Return what WeChat Pay knows a payment by: its name, which is of the letters and length it takes."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"a payment's name for WeChat Pay has 6 to 32 letters, digits, _, - or *, not {name!r}")
    return name


def out_refund_no(key: str) -> str:
    """Return what WeChat Pay knows a refund by: its key, with the one sign it does not take written otherwise."""
    number = key.replace(":", "|")
    if "|" in key or not re.fullmatch(r"[A-Za-z0-9_|*@-]{1,64}", number):
        raise ValueError(f"a refund's key for WeChat Pay has at most 64 letters, digits, _, -, *, @ or :, not {key!r}")
    return number


def refund_key(number: str, name: str) -> str:
    """Return the key of the refund of that number; empty for one that was begun at WeChat Pay itself."""
    return number.replace("|", ":") if number.startswith(f"{name}|") else ""


def _amount(told: Mapping[str, Any], which: str) -> int:
    amount = told.get("amount")
    return yuan.whole_fen(f"amount.{which}", amount.get(which) if isinstance(amount, dict) else None)


def _currency(told: Mapping[str, Any]) -> str:
    # A refund's notification names none.
    return str(told["amount"].get("currency", ""))


def _cut(text: str, most_bytes: int) -> str:
    return text.encode()[:most_bytes].decode(errors="ignore")
