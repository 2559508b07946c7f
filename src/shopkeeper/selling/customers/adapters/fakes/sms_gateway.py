"""A gateway for short messages on this machine, over real HTTP, that misbehaves when asked to."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "gateway key"


@dataclass
class Sms:
    """What the gateway was handed and how it behaves. `trouble`: slow, error, refused, odd, lost answer; empty: as it should."""

    address: str = ""
    trouble: str = ""
    phones: dict[str, list[str]] = field(default_factory=dict)
    by_key: dict[str, str] = field(default_factory=dict)
    tries: int = 0

    def take(self, told: dict[str, str]) -> tuple[int, Any]:
        self.tries += 1
        if self.trouble == "error":
            return 500, {"error": told["to"]}
        if self.trouble == "refused":
            return 422, {"error": f"{told['to']} is not reachable"}
        if told["reference"] not in self.by_key:
            self.by_key[told["reference"]] = f"sms-{len(self.by_key)}"
            self.phones.setdefault(told["to"], []).append(told["text"])
        if self.trouble == "lost answer":
            return 503, {}
        return 202, {"id": self.by_key[told["reference"]]} if self.trouble != "odd" else ["odd"]


def report(*states: dict[str, str], at: datetime, key: str = KEY) -> tuple[bytes, str]:
    """Return the body of reports and their signature."""
    body = json.dumps(list(states)).encode()
    moment = str(int(at.timestamp()))
    mark = hmac.new(key.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    return body, f"t={moment},v1={mark}"


@contextmanager
def gateway() -> Iterator[Sms]:
    """Run a gateway on a free port of this machine for as long as the block lasts."""
    known = Sms()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, said = known.take(told) if self.headers["Authorization"] == f"Bearer {KEY}" else (401, {})
            if known.trouble == "slow":
                time.sleep(1.0)
            body = json.dumps(said).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    known.address = f"http://127.0.0.1:{server.server_address[1]}/messages"
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
