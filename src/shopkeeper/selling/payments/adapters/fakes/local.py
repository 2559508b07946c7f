"""A provider's fake as a web server of its own on the loopback address: started by `with`, misbehaving as it is told to."""

import threading
import time
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A request that came in; header names in lower case."""

    method: str
    target: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What goes back."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Manners:
    """How badly the fake behaves, set by whoever drives it. Counts run down; the rest stays until it is changed.

    slow_s: waits so long before each answer; slow_once_s: after the next thing done, before its answer. broken_before, broken_after: so
    many calls end in a 500 without, or after, doing the thing; `on` narrows these to targets with that text. unsigned: so many answers
    carry no signature that holds. notify_times: each notification goes out so often. is_holding: notifications wait for `deliver`.
    wrong_fen: added to what is told of every sum paid.
    """

    slow_s: float = 0.0
    slow_once_s: float = 0.0
    broken_before: int = 0
    broken_after: int = 0
    on: str = ""
    unsigned: int = 0
    notify_times: int = 1
    is_holding: bool = False
    wrong_fen: int = 0

    def count_down(self, name: str) -> bool:
        """Return whether one of that count was left, and take it."""
        left = getattr(self, name)
        if left:
            setattr(self, name, left - 1)
        return bool(left)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """News on its way to the shop."""

    url: str
    body: bytes
    headers: dict[str, str]


class LocalServer:
    """Serves `answer` on a port (0: any free one), several at once; what a fake remembers it changes under `lock`, and tells outside it."""

    def __init__(self, port: int = 0) -> None:
        self.manners = Manners()
        self.calls: list[Heard] = []
        self.waiting: list[Notification] = []
        self.acknowledged: list[tuple[int, str, bytes]] = []
        self.lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, heard: Heard) -> Said:
        """Return what the provider says; each fake has its own."""
        raise NotImplementedError

    def is_call(self, heard: Heard) -> bool:
        """Return whether a request is the shop's: bad manners are for it alone, a buyer's browser is served well."""
        raise NotImplementedError

    def send(self, notification: Notification) -> None:
        """Tell the shop now, or keep the news where the fake is holding it back; as often as it has been told to."""
        for _ in range(self.manners.notify_times):
            if self.manners.is_holding:
                self.waiting.append(notification)
            else:
                self.tell(notification)

    def deliver(self, *, is_newest_first: bool = False) -> None:
        """Send what was held back, in order or with the newest first."""
        held, self.waiting = self.waiting, []
        for notification in reversed(held) if is_newest_first else held:
            self.tell(notification)

    def tell(self, notification: Notification) -> None:
        """Send one notification over HTTP and remember what the shop answered; a shop that is not there has answered nothing."""
        try:
            answer = requests.post(notification.url, data=notification.body, headers=notification.headers, timeout=20)
        except requests.RequestException:
            return
        self.acknowledged.append((answer.status_code, answer.headers.get("Content-Type", ""), answer.content))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._serve()

            def do_POST(self) -> None:
                self._serve()

            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                heard = Heard(
                    method=self.command,
                    target=self.path,
                    body=self.rfile.read(length),
                    headers={name.lower(): value for name, value in self.headers.items()},
                )
                said = fake.serve(heard)
                try:
                    self.send_response(said.status)
                    for name, value in said.headers.items():
                        self.send_header(name, value)
                    if said.status != 204:
                        self.send_header("Content-Length", str(len(said.body)))
                    self.end_headers()
                    self.wfile.write(said.body)
                except (BrokenPipeError, ConnectionResetError):
                    # Whoever asked has given up waiting.
                    return

            def log_message(self, *_: object) -> None:
                return

        return Handler

    def serve(self, heard: Heard) -> Said:
        """Answer with the manners it has been given."""
        if not self.is_call(heard):
            return self.answer(heard)
        self.calls.append(heard)
        if self.manners.slow_s:
            time.sleep(self.manners.slow_s)
        is_meant = self.manners.on in heard.target
        if is_meant and self.manners.count_down("broken_before"):
            return Said(status=500)
        said = self.answer(heard)
        if is_meant and self.manners.slow_once_s:
            wait, self.manners.slow_once_s = self.manners.slow_once_s, 0.0
            time.sleep(wait)
        return Said(status=500) if is_meant and self.manners.count_down("broken_after") else said


def new_key() -> RSAPrivateKey:
    """Return a fresh key pair."""
    return generate_private_key(public_exponent=65537, key_size=2048)


@cache
def key_of(name: str) -> RSAPrivateKey:
    """Return the key pair of that name, the same all through a process: to make one takes long."""
    return new_key()
