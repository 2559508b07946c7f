"""How the fake of Stripe is reached: its API, the page on which the buyer pays, and its own switches, over HTTP."""

import html
import json
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from shopkeeper.selling.payments.adapters.fakes.stripe import DECLINES, VERSIONS, Json, Refused

if TYPE_CHECKING:
    from shopkeeper.selling.payments.adapters.fakes.stripe import FakeStripe


class Door(BaseHTTPRequestHandler):
    """One connection: the API under /v1, the buyer's page under /c/pay, the fake's own switches under /_fake."""

    fake: "FakeStripe"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve("GET", dict(parse_qsl(urlsplit(self.path).query)))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._serve("POST", dict(parse_qsl(body.decode())))

    def _serve(self, method: str, form: dict[str, str]) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/v1/"):
            self._api(method, path, form)
        elif path.startswith("/c/pay/"):
            self._page(method, path.rsplit("/", 1)[1], form)
        elif path.startswith("/_fake/") and method == "POST":
            self._switch(path.removeprefix("/_fake/"), form)
        else:
            self._send(404, b"{}")

    def _api(self, method: str, path: str, form: dict[str, str]) -> None:
        fake = self.fake
        if self.headers.get("Authorization") != f"Bearer {fake.secret_key}":
            return self._json(401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided."}})
        if self.headers.get("Stripe-Version") not in VERSIONS:
            return self._json(400, {"error": {"type": "invalid_request_error", "message": "Invalid Stripe API version."}})
        for what, status in (("error_before", 500), ("busy", 429), ("conflict", 409)):
            if fake.misbehaves(what, path):
                return self._json(status, {"error": {"type": "api_error", "message": what}})
        status, body = fake.answer(method, path, form, self.headers.get("Idempotency-Key", ""))
        if fake.misbehaves("lost", path):
            self.close_connection = True
            return None
        if fake.misbehaves("nonsense", path):
            return self._send(200, b"<html>Bad gateway</html>", "text/html")
        if fake.misbehaves("slow", path):
            time.sleep(fake.slow_s)
        return self._json(status, body)

    def _page(self, method: str, session_id: str, form: dict[str, str]) -> None:
        session, said = self.fake.sessions.get(session_id), ""
        if session is None:
            return self._send(404, b"No such page.", "text/plain")
        if method == "POST" and form.get("act") == "cancel":
            return self._go(session["cancel_url"])
        try:
            if method == "POST" and form.get("act") == "pay":
                self.fake.pay(session_id)
                return self._go(session["success_url"])
            if method == "POST" and form.get("act") == "decline":
                code = form.get("code", "insufficient_funds")
                self.fake.decline(session_id, code if code in DECLINES else "generic_decline")
                said = "<p role=alert>Your card was declined. Try another one.</p>"
        except Refused as refused:
            said = f"<p role=alert>{html.escape(str(refused))}</p>"
        return self._send(200, drawn(session, said).encode(), "text/html; charset=utf-8")

    def _switch(self, what: str, form: dict[str, str]) -> None:
        if what == "misbehave":
            self.fake.misbehave(form["what"], form.get("path", ""))
        elif what == "behave":
            self.fake.behave()
        elif what == "deliver":
            self.fake.deliver()
        elif what == "dispute":
            self.fake.dispute(form["payment_name"])
        else:
            return self._json(404, {})
        return self._json(200, {})

    def _go(self, address: str) -> None:
        self.send_response(303)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, status: int, body: Json) -> None:
        self._send(status, json.dumps(body).encode())

    def _send(self, status: int, body: bytes, kind: str = "application/json") -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
        """Say nothing: a test that fails says what it asked."""


def drawn(session: Json, said: str) -> str:
    amount = f"{session['amount_total']} {session['currency'].upper()} (smallest units)"
    choices = "".join(f"<option>{code}</option>" for code in DECLINES)
    return (
        "<!doctype html><meta charset=utf-8><title>Pay (fake)</title><h1>Pay here</h1>"
        f"<p>{html.escape(str(session['_name']))}: <b>{amount}</b></p>{said}"
        "<form method=post><button name=act value=pay>Pay</button></form>"
        f"<form method=post><select name=code>{choices}</select><button name=act value=decline>Be declined</button></form>"
        "<form method=post><button name=act value=cancel>Back to the shop</button></form>"
    )
