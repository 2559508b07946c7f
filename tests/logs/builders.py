"""A shop at work in real processes, whose every line is kept, and a person whose data is so peculiar that no line may hold it by chance."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import requests
from django.db import connection

from tests.postgres import free_port

NAME, EMAIL, PHONE = "Quirinius Vexworth", "quirinius.vexworth@xyloquartz.example", "+44 20 7946 0815"
LINE1, CITY, POSTCODE = "17 Zyzzyva Crescent", "Wexlingham", "QX9 9ZZ"
PASSWORD, WRONG = "plumbiferous lantern 4711", "wrongfully guessed 0815"
CARD = "4929 1234 5678 9016"
SEARCHED = "sesquipedalian"
MARKS = tuple(
    re.compile(mark)
    for mark in (
        *"quirinius vexworth xyloquartz zyzzyva wexlingham plumbiferous wrongfully sesquipedal".split(),
        # Eight figures with anything between the halves: four alone come up by chance in an id or a moment.
        *(rf"{first}(\W|%20){{0,3}}{then}" for first, then in (("qx9", "9zz"), ("7946", "0815"), ("4929", "1234"), ("5678", "9016"))),
    )
)
"""Pieces of all of it, in small letters."""

CONTACT = {"email": EMAIL, "name": NAME, "phone": PHONE}
ADDRESS = {"name": NAME, "line1": LINE1, "city": CITY, "postcode": POSTCODE, "country": "GB"}

_WEB = """
import sys, tempfile, django
from pathlib import Path
django.setup()
from django.conf import settings
from django.utils.module_loading import import_string
import_string(settings.WSGI_APPLICATION)
from shopkeeper.ops.processes import public as processes
processes.serve(port=int(sys.argv[1]), workers=int(sys.argv[2]), static=Path(tempfile.mkdtemp()))
"""


@dataclass
class AtWork:
    """Web and worker as they run in a shop; what both write is kept in files."""

    environment: Mapping[str, str]
    folder: Path
    web_processes: int = 1
    port: int = field(default_factory=free_port)
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.run("worker", "-m", "shopkeeper.wiring.worker")
        self.run("web", "-c", _WEB, str(self.port), str(self.web_processes))
        eventually(self._answers, seconds=60)

    def run(self, name: str, *words: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            environment = {**self.environment, "PORT": str(self.port)}
            self.children[name] = subprocess.Popen([sys.executable, *words], env=environment, stdout=log, stderr=subprocess.STDOUT)

    def _answers(self) -> bool:
        assert self.children["web"].poll() is None, self.text()
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.url}/healthz", timeout=5).status_code == 200
        return False

    def text(self) -> str:
        """Return everything every process has written."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))

    def lines(self) -> list[dict[str, object]]:
        """Return every line, read as JSON; a line that is none fails."""
        return [json.loads(line) for line in self.text().splitlines() if line.strip()]

    def stop(self) -> None:
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        for child in self.children.values():
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


@contextlib.contextmanager
def at_work(environment: Mapping[str, str], folder: Path, *, web_processes: int = 1, **more: str) -> Iterator[AtWork]:
    """Run a shop's web and worker on this test's database, and stop both at the end."""
    shop = AtWork({**environment, "PYTHONWARNINGS": "ignore", **more}, folder, web_processes)
    try:
        shop.start()
        yield shop
    finally:
        shop.stop()


def eventually(holds: object, *, seconds: float = 120.0) -> None:
    """Wait until `holds` returns true."""
    until = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < until, "did not come true in time"
        time.sleep(0.1)


def form(browser: requests.Session, url: str, **values: str) -> requests.Response:
    """Open a page and send its form, as a browser does."""
    page = browser.get(url, timeout=30)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None, page.text[:500]
    return browser.post(url, {"csrfmiddlewaretoken": token[1], **values}, headers={"Referer": url}, timeout=30)


def break_orders() -> None:
    """Let the database refuse every order with an error whose words and details hold the whole row, as its own errors do."""
    with connection.cursor() as cursor:
        cursor.execute(
            """CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 RAISE EXCEPTION 'spoilt: %', NEW USING DETAIL = NEW::text, ERRCODE = '23514'; END $$;
               CREATE TRIGGER spoil BEFORE INSERT ON orders_order FOR EACH ROW EXECUTE FUNCTION spoil()"""
        )
