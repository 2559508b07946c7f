"""A faithful fake of WeChat Pay's API v3: the same requests, answers, signatures and sealed notifications, and a code a tester can click.

It has a certificate of its own and knows the shop's public key. `pay` is the telephone that scanned the code; the page behind the code has
a button that does the same. `manners` says how badly it behaves; a refund is under way in the first answer and done a moment later,
unless `refunds_at_once` is set, or `refunds_wait`, which keeps it under way until `finish_refund`; `forge`
sends a notification that WeChat Pay never would.
"""

import base64
import json
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

from shopkeeper.kit.ids import new_token
from shopkeeper.selling.payments.adapters import rsa
from shopkeeper.selling.payments.adapters.fakes.local import Heard, LocalServer, Notification, Said, key_of, new_key
from shopkeeper.selling.payments.adapters.wechat import SCHEMA, Account

MCH_ID, APP_ID, SHOP_SERIAL, API_V3_KEY = "1900000001", "wx0000000000000001", "5157F09EFDC096DE15EBE81A47057A72", b"k" * 32
SIGNED_FOR_S = 300


@dataclass(slots=True, kw_only=True)
class Refund:
    refund_id: str
    number: str
    fen: int
    status: str
    notify_url: str


@dataclass(slots=True, kw_only=True)
class Trade:
    """What WeChat Pay remembers of one trade."""

    out_trade_no: str
    wish: dict[str, Any]
    code: str
    state: str = "NOTPAY"
    number: str = ""
    refunds: dict[str, Refund] = field(default_factory=dict)

    @property
    def fen(self) -> int:
        return int(self.wish["amount"]["total"])

    @property
    def refunded(self) -> int:
        return sum(refund.fen for refund in self.refunds.values())


class _No(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


class FakeWeChat(LocalServer):
    """Serves /v3/… for the shop and /qr/… for the buyer."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.key = key_of("wechat")
        self.shop_key = key_of("shop")
        self.certificate = _certificate(self.key)
        self.serial = f"{self.certificate.serial_number:X}"
        self.trades: dict[str, Trade] = {}
        self.refunds_wait = False
        self.refunds_at_once = False

    def account(self) -> Account:
        """Return what the shop signs with to be heard here."""
        return Account(
            mch_id=MCH_ID, app_id=APP_ID, serial=SHOP_SERIAL, key=self.shop_key, api_v3_key=API_V3_KEY,
            wechat_keys={self.serial: self.key.public_key()}, answer_with=self.serial, api_url=self.url,
        )  # fmt: skip

    def certificate_pem(self) -> bytes:
        """Return the platform certificate as it is downloaded."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    # ── the buyer ──

    def pay(self, out_trade_no: str) -> Said:
        """Pay a trade as the telephone does that scanned its code; the shop is told."""
        with self.lock:
            trade = self.trades[out_trade_no]
            ends = datetime.fromisoformat(trade.wish["time_expire"]) if "time_expire" in trade.wish else None
            if trade.state != "NOTPAY" or (ends and ends < datetime.now(UTC)):
                return _page(f"This code cannot be paid: {trade.state}.")
            trade.state, trade.number = "SUCCESS", "4200000000" + str(len(self.trades)).zfill(18)
            news = self.notification(trade)
        self.send(news)
        return _page("Paid.")

    def give_back(self, out_trade_no: str, fen: int) -> None:
        """Refund in WeChat Pay's own console, which the shop did not ask for."""
        with self.lock:
            trade = self.trades[out_trade_no]
            refund = self._begin(trade, "console" + new_token(), fen, trade.wish["notify_url"])
            refund.status = "SUCCESS"
            news = self.refund_notification(trade, refund)
        self.send(news)

    def finish_refund(self, number: str, status: str = "SUCCESS") -> None:
        """End a refund that was under way, as SUCCESS, CLOSED or ABNORMAL, and tell the shop."""
        with self.lock:
            trade = next(trade for trade in self.trades.values() if number in trade.refunds)
            refund = trade.refunds[number]
            refund.status = status
            news = self.refund_notification(trade, refund)
        self.send(news)

    def forge(
        self,
        out_trade_no: str,
        *,
        key: RSAPrivateKey | None = None,
        sealed_with: bytes = API_V3_KEY,
        serial: str = "",
        moved_s: int = 0,
        after: bytes = b"",
        **fields: Any,
    ) -> None:
        """Send news of a payment with other `fields`, signed by `key`, dated `moved_s` from now; `after`: a body put in once signed."""
        trade = self.trades[out_trade_no]
        told = self._transaction(trade) | {"trade_state": "SUCCESS", "transaction_id": trade.number or "forged"} | fields
        sealed = self._sealed("TRANSACTION.SUCCESS", "transaction", told, sealed_with)
        news = self.signed(trade.wish["notify_url"], sealed, key or self.key, serial or self.serial, moved_s)
        self.send(Notification(url=news.url, body=after or news.body, headers=news.headers))

    # ── over the wire ──

    def is_call(self, heard: Heard) -> bool:
        return heard.target.startswith("/v3/")

    def answer(self, heard: Heard) -> Said:
        parts = urlsplit(heard.target)
        steps = [unquote(step) for step in parts.path.strip("/").split("/")]
        if steps[0] == "qr":
            return self._scan(heard.method, steps[1])
        if problem := self._problem(heard):
            return self._told(401, {"code": "SIGN_ERROR", "message": problem})
        wish = json.loads(heard.body) if heard.body else {}
        try:
            with self.lock:
                told, news = self._act(heard.method, steps[1:], wish, parse_qs(parts.query))
        except _No as no:
            return self._told(no.status, {"code": no.code, "message": no.code})
        if news:
            self.send(news)
        return self._told(200 if told else 204, told)

    def _act(
        self, method: str, steps: list[str], wish: dict[str, Any], query: dict[str, list[str]]
    ) -> tuple[dict[str, Any], Notification | None]:
        match method, steps:
            case "POST", ["pay", "transactions", "native"]:
                return self._order(wish), None
            case "GET", ["pay", "transactions", "out-trade-no", number] if query.get("mchid") == [MCH_ID]:
                return self._looked_at(self._known(number)), None
            case "GET", ["pay", "transactions", "id", number] if query.get("mchid") == [MCH_ID]:
                return self._looked_at(self._numbered(number)), None
            case "POST", ["pay", "transactions", "out-trade-no", number, "close"]:
                return self._close(self._known(number)), None
            case "POST", ["refund", "domestic", "refunds"]:
                return self._refund(wish)
            case "GET", ["refund", "domestic", "refunds", number]:
                for trade in self.trades.values():
                    if number in trade.refunds:
                        return self._refund_told(trade, trade.refunds[number]), None
                raise _No(404, "RESOURCE_NOT_EXISTS")
        raise _No(404, "RESOURCE_NOT_EXISTS")

    def _looked_at(self, trade: Trade) -> dict[str, Any]:
        told = self._transaction(trade)
        told["amount"]["total"] += self.manners.wrong_fen
        return told

    def _problem(self, heard: Heard) -> str:
        """Return what is wrong with a request's signature; empty where it is the shop's and of now."""
        schema, _, rest = heard.headers.get("authorization", "").partition(" ")
        given = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        if schema != SCHEMA or given.get("mchid") != MCH_ID or given.get("serial_no") != SHOP_SERIAL:
            return "unknown merchant"
        moment = given.get("timestamp", "")
        if not moment.isdigit() or abs(time.time() - int(moment)) > SIGNED_FOR_S:
            return "timestamp expired"
        text = f"{heard.method}\n{heard.target}\n{moment}\n{given.get('nonce_str', '')}\n".encode() + heard.body + b"\n"
        return "" if rsa.is_signed(self.shop_key.public_key(), text, given.get("signature", "")) else "wrong signature"

    # ── what the shop may ask ──

    def _order(self, wish: dict[str, Any]) -> dict[str, Any]:
        if wish["mchid"] != MCH_ID or wish["appid"] != APP_ID:
            raise _No(400, "APPID_MCHID_NOT_MATCH")
        if not re.fullmatch(r"[A-Za-z0-9_*-]{6,32}", wish["out_trade_no"]) or len(wish["description"].encode()) > 127:
            raise _No(400, "PARAM_ERROR")
        trade = self.trades.setdefault(wish["out_trade_no"], Trade(out_trade_no=wish["out_trade_no"], wish=wish, code=new_token()))
        if trade.state == "CLOSED":
            raise _No(400, "ORDER_CLOSED")
        if trade.state != "NOTPAY":
            raise _No(400, "ORDERPAID")
        if trade.wish != wish:
            raise _No(400, "OUT_TRADE_NO_USED")
        return {"code_url": f"{self.url}/qr/{trade.code}"}

    def _close(self, trade: Trade) -> dict[str, Any]:
        if trade.state in ("SUCCESS", "REFUND"):
            raise _No(400, "ORDERPAID")
        trade.state = "CLOSED"
        return {}

    def _refund(self, wish: dict[str, Any]) -> tuple[dict[str, Any], Notification | None]:
        trade = self._known(wish["out_trade_no"]) if "out_trade_no" in wish else self._numbered(wish["transaction_id"])
        asked = wish["amount"]
        known = trade.refunds.get(wish["out_refund_no"])
        if known:
            if known.fen != asked["refund"]:
                raise _No(400, "INVALID_REQUEST")
            return self._refund_told(trade, known), None
        if trade.state not in ("SUCCESS", "REFUND") or asked["total"] != trade.fen:
            raise _No(400, "INVALID_REQUEST")
        if trade.refunded + asked["refund"] > trade.fen:
            raise _No(400, "REFUND_AMOUNT_EXCEEDED")
        refund = self._begin(trade, wish["out_refund_no"], asked["refund"], wish.get("notify_url", ""))
        if self.refunds_at_once:
            refund.status = "SUCCESS"
        told = self._refund_told(trade, refund)
        if self.refunds_wait:
            return told, None
        refund.status = "SUCCESS"
        return told, self.refund_notification(trade, refund) if refund.notify_url else None

    def _begin(self, trade: Trade, number: str, fen: int, notify_url: str) -> Refund:
        trade.state = "REFUND"
        refund_id = "5030000000" + str(len(trade.refunds)).zfill(18)
        refund = Refund(refund_id=refund_id, number=number, fen=fen, status="PROCESSING", notify_url=notify_url)
        trade.refunds[number] = refund
        return refund

    def _known(self, number: str) -> Trade:
        if number not in self.trades:
            raise _No(404, "ORDER_NOT_EXIST")
        return self.trades[number]

    def _numbered(self, number: str) -> Trade:
        for trade in self.trades.values():
            if trade.number and trade.number == number:
                return trade
        raise _No(404, "ORDER_NOT_EXIST")

    def _scan(self, method: str, code: str) -> Said:
        trade = next((trade for trade in self.trades.values() if trade.code == code), None)
        if trade is None:
            return _page("No such code.")
        if method == "POST":
            return self.pay(trade.out_trade_no)
        return _page(f"¥{trade.fen // 100}.{trade.fen % 100:02d}", "<form method=post><button>Pay</button></form>")

    # ── what it says, signed ──

    def _transaction(self, trade: Trade) -> dict[str, Any]:
        amount = {"total": trade.fen, "payer_total": trade.fen, "currency": "CNY", "payer_currency": "CNY"}
        told = {
            "appid": APP_ID, "mchid": MCH_ID, "out_trade_no": trade.out_trade_no, "trade_state": trade.state,
            "trade_state_desc": trade.state, "amount": amount,
        }  # fmt: skip
        return told | ({"transaction_id": trade.number, "trade_type": "NATIVE", "success_time": _now()} if trade.number else {})

    def _refund_told(self, trade: Trade, refund: Refund) -> dict[str, Any]:
        return {
            "refund_id": refund.refund_id, "out_refund_no": refund.number, "transaction_id": trade.number,
            "out_trade_no": trade.out_trade_no, "status": refund.status, "create_time": _now(),
            "amount": {"total": trade.fen, "refund": refund.fen, "payer_total": trade.fen, "payer_refund": refund.fen, "currency": "CNY"},
        }  # fmt: skip

    def notification(self, trade: Trade) -> Notification:
        """Return the news that a trade was paid."""
        told = self._transaction(trade)
        told["amount"]["total"] += self.manners.wrong_fen
        sealed = self._sealed("TRANSACTION.SUCCESS", "transaction", told, API_V3_KEY)
        return self.signed(trade.wish["notify_url"], sealed, self.key, self.serial, 0)

    def refund_notification(self, trade: Trade, refund: Refund) -> Notification:
        """Return the news of how a refund went."""
        told = {
            "mchid": MCH_ID, "out_trade_no": trade.out_trade_no, "transaction_id": trade.number, "out_refund_no": refund.number,
            "refund_id": refund.refund_id, "refund_status": refund.status, "success_time": _now(),
            "amount": {"total": trade.fen, "refund": refund.fen, "payer_total": trade.fen, "payer_refund": refund.fen},
        }  # fmt: skip
        sealed = self._sealed(f"REFUND.{refund.status}", "refund", told, API_V3_KEY)
        return self.signed(refund.notify_url, sealed, self.key, self.serial, 0)

    def _sealed(self, event: str, kind: str, told: dict[str, Any], key: bytes) -> bytes:
        nonce, also = new_token()[:12], kind
        ciphertext = base64.b64encode(AESGCM(key).encrypt(nonce.encode(), json.dumps(told).encode(), also.encode())).decode()
        resource = {
            "original_type": kind, "algorithm": "AEAD_AES_256_GCM", "ciphertext": ciphertext, "associated_data": also, "nonce": nonce,
        }  # fmt: skip
        news = {
            "id": new_token(), "create_time": _now(), "resource_type": "encrypt-resource", "event_type": event, "summary": kind,
            "resource": resource,
        }  # fmt: skip
        return json.dumps(news).encode()

    def signed(self, url: str, body: bytes, key: RSAPrivateKey, serial: str, moved_s: int) -> Notification:
        """Return a body as a notification signed by `key`, dated `moved_s` from now."""
        return Notification(url=url, body=body, headers=_headers(body, key, serial, moved_s))

    def _told(self, status: int, content: dict[str, Any]) -> Said:
        body = json.dumps(content, ensure_ascii=False).encode() if content else b""
        key = new_key() if self.manners.count_down("unsigned") else self.key
        return Said(status=status, body=body, headers=_headers(body, key, self.serial, 0))


def _headers(body: bytes, key: RSAPrivateKey, serial: str, moved_s: int) -> dict[str, str]:
    moment, nonce = str(int(time.time()) + moved_s), new_token()
    return {
        "Content-Type": "application/json", "Wechatpay-Serial": serial, "Wechatpay-Timestamp": moment, "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": rsa.sign(key, f"{moment}\n{nonce}\n".encode() + body + b"\n"),
    }  # fmt: skip


def _certificate(key: RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "WeChat Pay (fake)")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    return (
        made.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )  # fmt: skip


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _page(text: str, more: str = "") -> Said:
    body = f"<!doctype html><meta charset=utf-8><title>WeChat Pay (fake)</title><p>{text}</p>{more}"
    return Said(body=body.encode(), headers={"Content-Type": "text/html;charset=utf-8"})
