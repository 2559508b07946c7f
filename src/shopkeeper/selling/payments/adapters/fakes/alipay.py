"""A faithful fake of Alipay's Open Platform: the same requests, answers, signatures and notifications, and a page a tester can click.

It has a key pair of its own and knows the shop's public key. A trade comes to be when its page is opened or its code is scanned, as at
Alipay; the page's button pays it. `manners` says how badly it behaves, `refuses_repeats` that a refund asked again is refused instead of
answered; `forge` sends a notification that Alipay never would.
"""

import html
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from shopkeeper.kit.ids import new_token
from shopkeeper.selling.payments.adapters import rsa, yuan
from shopkeeper.selling.payments.adapters.alipay import BEIJING, Account
from shopkeeper.selling.payments.adapters.fakes.local import Heard, LocalServer, Notification, Said, key_of, new_key

APP_ID = "2021000000000000"
STAMP = "%Y-%m-%d %H:%M:%S"
SIGNED_FOR = timedelta(minutes=15)

Fields = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Trade:
    """What Alipay remembers of one trade; `refunds` by out_request_no, in fen."""

    out_trade_no: str
    fen: int
    subject: str
    notify_url: str
    return_url: str
    ends: str
    code: str
    number: str = ""
    status: str = ""
    paid_at: str = ""
    refunds: dict[str, int] = field(default_factory=dict)

    @property
    def refunded(self) -> int:
        return sum(self.refunds.values())


class _No(Exception):
    """A signed refusal; the text is its sub_code."""


class FakeAlipay(LocalServer):
    """Serves /gateway.do, the buyer's page under /cashier and the scanned codes under /qr."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.key = key_of("alipay")
        self.shop_key = key_of("shop")
        self.trades: dict[str, Trade] = {}
        self.refuses_repeats = False

    def account(self) -> Account:
        """Return what the shop signs with to be heard here."""
        return Account(app_id=APP_ID, key=self.shop_key, alipay_key=self.key.public_key(), gateway=f"{self.url}/gateway.do")

    # ── the buyer ──

    def pay(self, out_trade_no: str) -> Said:
        """Pay a trade as a buyer does on the page, scanning its code first where it was not opened yet; the shop is told."""
        with self.lock:
            trade = self.trades[out_trade_no]
            self._come_to_be(trade)
            if trade.status != "WAIT_BUYER_PAY" or (trade.ends and trade.ends < _now()):
                return _page("This trade cannot be paid: it is " + (trade.status or "over") + ".")
            trade.status, trade.paid_at = "TRADE_SUCCESS", _now()
            news = self.notification(trade)
        self.send(news)
        if not trade.return_url:
            return _page("Paid.")
        told = {"out_trade_no": trade.out_trade_no, "trade_no": trade.number, "total_amount": yuan.text(trade.fen), "app_id": APP_ID}
        return Said(status=302, headers={"Location": f"{trade.return_url}?{urlencode(told)}"})

    def give_back(self, out_trade_no: str, fen: int) -> None:
        """Refund in Alipay's own console, which the shop did not ask for."""
        with self.lock:
            trade = self.trades[out_trade_no]
            news = self._refund(trade, "console" + new_token().replace("-", "").replace("_", ""), fen)
        self.send(news)

    def forge(self, out_trade_no: str, *, key: RSAPrivateKey | None = None, after: Mapping[str, str] | None = None, **fields: str) -> None:
        """Send news of a payment with other `fields`, signed by `key`; `after`: fields altered once it is signed."""
        trade = self.trades[out_trade_no]
        told = self._news(trade) | {"trade_status": "TRADE_SUCCESS", "gmt_payment": _now(), "trade_no": trade.number or "forged"} | fields
        self.send(self.signed(trade.notify_url, told, key or self.key, after or {}))

    # ── over the wire ──

    def is_call(self, heard: Heard) -> bool:
        return heard.method == "POST" and urlsplit(heard.target).path == "/gateway.do"

    def answer(self, heard: Heard) -> Said:
        parts = urlsplit(heard.target)
        given = dict(parse_qsl(parts.query, keep_blank_values=True))
        match heard.method, parts.path.strip("/").split("/"):
            case "POST", ["gateway.do"]:
                return self._gateway(given | dict(parse_qsl(heard.body.decode(), keep_blank_values=True)))
            case "GET", ["gateway.do"]:
                return self._open_page(given)
            case "GET", ["qr", code]:
                return self._scan(code)
            case "POST", ["cashier", out_trade_no] if out_trade_no in self.trades:
                return self.pay(out_trade_no)
        return Said(status=404)

    def _open_page(self, given: Mapping[str, str]) -> Said:
        if problem := self._problem(given):
            return _page(f"Refused: {problem}")
        with self.lock:
            try:
                trade = self._ordered(given)
            except _No as no:
                return _page(f"Refused: {no}")
            self._come_to_be(trade)
        return _cashier(trade)

    def _scan(self, code: str) -> Said:
        with self.lock:
            for trade in self.trades.values():
                if trade.code == code:
                    self._come_to_be(trade)
                    return _cashier(trade)
        return _page("No such code.")

    def _gateway(self, given: Mapping[str, str]) -> Said:
        method = given.get("method", "")
        node = method.replace(".", "_") + "_response"
        if problem := self._problem(given):
            return self._told(node, {"code": "40002", "msg": "Invalid Arguments", "sub_code": problem, "sub_msg": problem})
        acts = {
            "alipay.trade.precreate": self._precreate,
            "alipay.trade.query": self._query,
            "alipay.trade.close": self._close,
            "alipay.trade.refund": self._ask_refund,
            "alipay.trade.fastpay.refund.query": self._query_refund,
        }
        if method not in acts:
            return self._told(node, {"code": "40002", "msg": "Invalid Arguments", "sub_code": "isv.invalid-method"})
        try:
            with self.lock:
                told, news = acts[method](given)
        except _No as no:
            return self._told(node, {"code": "40004", "msg": "Business Failed", "sub_code": str(no), "sub_msg": str(no)})
        if news:
            self.send(news)
        return self._told(node, {"code": "10000", "msg": "Success", **told})

    def _problem(self, given: Mapping[str, str]) -> str:
        """Return what is wrong with a request's outer side, as Alipay says it; empty where nothing is."""
        if given.get("app_id") != APP_ID:
            return "isv.invalid-app-id"
        text = "&".join(f"{name}={given[name]}" for name in sorted(given) if name != "sign" and given[name])
        if given.get("sign_type") != "RSA2" or not rsa.is_signed(self.shop_key.public_key(), text.encode(), given.get("sign", "")):
            return "isv.invalid-signature"
        try:
            stamped = datetime.strptime(given.get("timestamp", ""), STAMP).replace(tzinfo=BEIJING)
        except ValueError:
            return "isv.invalid-timestamp"
        return "" if abs(datetime.now(UTC) - stamped) < SIGNED_FOR else "isv.invalid-timestamp"

    # ── what the shop may ask; each returns what is told and what is notified ──

    def _ordered(self, given: Mapping[str, str]) -> Trade:
        wish = json.loads(given["biz_content"])
        known = self.trades.get(wish["out_trade_no"])
        sum_asked = yuan.fen("total_amount", wish["total_amount"])
        if known is None:
            known = self.trades[wish["out_trade_no"]] = Trade(
                out_trade_no=wish["out_trade_no"], fen=sum_asked, subject=wish["subject"], notify_url=given.get("notify_url", ""),
                return_url=given.get("return_url", ""), ends=wish.get("time_expire", ""), code=new_token(),
            )  # fmt: skip
        if known.fen != sum_asked:
            raise _No("ACQ.CONTEXT_INCONSISTENT")
        return known

    def _precreate(self, given: Mapping[str, str]) -> tuple[Fields, Notification | None]:
        trade = self._ordered(given)
        if trade.status in ("TRADE_SUCCESS", "TRADE_CLOSED"):
            raise _No("ACQ.TRADE_HAS_SUCCESS" if trade.status == "TRADE_SUCCESS" else "ACQ.TRADE_HAS_CLOSE")
        return {"out_trade_no": trade.out_trade_no, "qr_code": f"{self.url}/qr/{trade.code}"}, None

    def _query(self, given: Mapping[str, str]) -> tuple[Fields, Notification | None]:
        trade = self._known(given)
        told = {
            "trade_no": trade.number, "out_trade_no": trade.out_trade_no, "trade_status": trade.status,
            "total_amount": yuan.text(trade.fen + self.manners.wrong_fen), "buyer_logon_id": "bu***@example.com",
        }  # fmt: skip
        return told | ({"send_pay_date": trade.paid_at} if trade.paid_at else {}), None

    def _close(self, given: Mapping[str, str]) -> tuple[Fields, Notification | None]:
        trade = self._known(given)
        if trade.status != "WAIT_BUYER_PAY":
            raise _No("ACQ.TRADE_STATUS_ERROR")
        trade.status = "TRADE_CLOSED"
        return {"trade_no": trade.number, "out_trade_no": trade.out_trade_no}, self.notification(trade)

    def _ask_refund(self, given: Mapping[str, str]) -> tuple[Fields, Notification | None]:
        trade, wish = self._known(given), json.loads(given["biz_content"])
        asked = yuan.fen("refund_amount", wish["refund_amount"])
        number, news = wish["out_request_no"], None
        is_new = number not in trade.refunds
        if self.refuses_repeats and not is_new:
            raise _No("ACQ.TRADE_HAS_FINISHED")
        if is_new:
            if not trade.paid_at:
                raise _No("ACQ.TRADE_STATUS_ERROR")
            if trade.refunded + asked > trade.fen:
                raise _No("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
            news = self._refund(trade, number, asked)
        told = {
            "trade_no": trade.number, "out_trade_no": trade.out_trade_no, "fund_change": "Y" if is_new else "N",
            "refund_fee": yuan.text(trade.refunded),
        }  # fmt: skip
        return told, news

    def _query_refund(self, given: Mapping[str, str]) -> tuple[Fields, Notification | None]:
        trade, wish = self._known(given), json.loads(given["biz_content"])
        found = trade.refunds.get(wish["out_request_no"])
        if found is None:
            return {}, None
        return {
            "trade_no": trade.number, "out_trade_no": trade.out_trade_no, "out_request_no": wish["out_request_no"],
            "total_amount": yuan.text(trade.fen), "refund_amount": yuan.text(found), "refund_status": "REFUND_SUCCESS",
        }, None  # fmt: skip

    def _known(self, given: Mapping[str, str]) -> Trade:
        wish = json.loads(given["biz_content"])
        numbered = (trade for trade in self.trades.values() if trade.number and trade.number == wish.get("trade_no"))
        trade = self.trades.get(wish["out_trade_no"]) if "out_trade_no" in wish else next(numbered, None)
        if trade is None or not trade.number:
            raise _No("ACQ.TRADE_NOT_EXIST")
        return trade

    def _come_to_be(self, trade: Trade) -> None:
        if not trade.number:
            trade.number = "20261122" + str(len(self.trades)).zfill(20)
            trade.status = "WAIT_BUYER_PAY"

    def _refund(self, trade: Trade, number: str, fen: int) -> Notification:
        trade.refunds[number] = fen
        if trade.refunded == trade.fen:
            trade.status = "TRADE_CLOSED"
        return self.notification(trade, gmt_refund=_now() + ".123", refund_fee=yuan.text(trade.refunded), out_biz_no=number)

    # ── what it says, signed ──

    def _told(self, node: str, content: Fields) -> Said:
        raw = json.dumps(content, ensure_ascii=False)
        key = new_key() if self.manners.count_down("unsigned") else self.key
        body = f'{{"{node}":{raw},"sign":"{rsa.sign(key, raw.encode())}"}}'
        return Said(body=body.encode(), headers={"Content-Type": "text/html;charset=utf-8"})

    def notification(self, trade: Trade, **more: str) -> Notification:
        """Return the news of a trade as it is now."""
        return self.signed(trade.notify_url, self._news(trade) | more, self.key, {})

    def _news(self, trade: Trade) -> dict[str, str]:
        told = {
            "notify_time": _now(), "notify_type": "trade_status_sync", "notify_id": new_token(), "app_id": APP_ID, "charset": "utf-8",
            "version": "1.0", "sign_type": "RSA2", "trade_no": trade.number, "out_trade_no": trade.out_trade_no,
            "trade_status": trade.status, "total_amount": yuan.text(trade.fen + self.manners.wrong_fen), "subject": trade.subject,
            "fund_bill_list": json.dumps([{"amount": yuan.text(trade.fen), "fundChannel": "ALIPAYACCOUNT"}]),
        }  # fmt: skip
        return told | ({"gmt_payment": trade.paid_at} if trade.paid_at else {})

    def signed(self, url: str, told: dict[str, str], key: RSAPrivateKey, after: Mapping[str, str]) -> Notification:
        """Return fields as a notification signed by `key`; `after`: fields altered once it is signed."""
        text = "&".join(f"{name}={told[name]}" for name in sorted(told) if name not in ("sign", "sign_type"))
        body = urlencode(told | {"sign": rsa.sign(key, text.encode())} | dict(after)).encode()
        return Notification(url=url, body=body, headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})


def _now() -> str:
    return datetime.now(BEIJING).strftime(STAMP)


def _cashier(trade: Trade) -> Said:
    return _page(
        f"{html.escape(trade.subject)}: ¥{yuan.text(trade.fen)}",
        f'<form method="post" action="/cashier/{trade.out_trade_no}"><button>Pay</button></form>',
    )


def _page(text: str, more: str = "") -> Said:
    body = f"<!doctype html><meta charset=utf-8><title>Alipay (fake)</title><p>{text}</p>{more}"
    return Said(body=body.encode(), headers={"Content-Type": "text/html;charset=utf-8"})
