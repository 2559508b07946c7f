"""One request to a search server and its whole reply, within a time limit. Whatever is not a plain good answer is a silent server."""

import json
import threading
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
import urllib3

from shopkeeper.selling.search.shapes import ServerSilent

MOST_BYTES = 20_000_000
"""No answer to a question of ours is nearly as long."""
DEFAULT_NAME = "shopkeeper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the search server is: `base` and `name` (the alias of the shop's index) may be shown, `opens` opens it."""

    base: str
    name: str
    opens: str
    ca_file: str

    def __repr__(self) -> str:
        return f"Address({self.shown})"

    @property
    def shown(self) -> str:
        """The address without what opens it."""
        return f"{self.base}/{self.name}"


def address(url: str, *, ca_file: str = "") -> Address:
    """Return what SEARCH_URL says: `https://user:password@host:9200/name`; without a name it is DEFAULT_NAME."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    key = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
    name = parts.path.strip("/").lower() or DEFAULT_NAME
    return Address(base=f"{parts.scheme}://{host}{port}", name=name, opens=b64encode(key.encode()).decode() if key else "", ca_file=ca_file)


_local = threading.local()


def _session() -> requests.Session:
    """Return this thread's session: a search waits for no new connection."""
    if not hasattr(_local, "session"):
        _local.session = requests.Session()
    session: requests.Session = _local.session
    return session


def send(where: Address, method: str, path: str, *, body: bytes = b"", timeout_s: float, is_lines: bool = False) -> dict[str, Any]:
    """Send one request and return the JSON object of a reply of status 2xx. Raises ServerSilent for anything else."""
    headers = {"Content-Type": "application/x-ndjson" if is_lines else "application/json", "Accept": "application/json"}
    if where.opens:
        headers["Authorization"] = f"Basic {where.opens}"
    deadline = time.monotonic() + timeout_s
    try:
        with _session().request(
            method,
            f"{where.base}{path}",
            data=body,
            headers=headers,
            # As given: without this a file in somebody's home folder (netrc) would replace the Authorization header.
            auth=lambda request: request,
            timeout=timeout_s,
            verify=where.ca_file or True,
            allow_redirects=False,
            stream=True,
        ) as answer:
            text = _whole(answer, deadline)
            status = answer.status_code
    except requests.Timeout:
        raise ServerSilent("slow") from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError):
        # The kind alone: the text of such an error holds the address.
        raise ServerSilent("unreachable") from None
    if not 200 <= status < 300:
        raise ServerSilent("missing" if status == 404 else "not let in" if status in (401, 403) else "refused", status=status)
    return _object(text)


def _whole(answer: requests.Response, deadline: float) -> bytes:
    """Return the body. The time limit of `requests` is one for each piece that arrives; this one is for all of them together."""
    pieces, length = [], 0
    while piece := answer.raw.read1(65_536, decode_content=True):
        pieces.append(piece)
        length += len(piece)
        if length > MOST_BYTES:
            raise ServerSilent("unreadable")
        if time.monotonic() > deadline:
            raise ServerSilent("slow")
    return b"".join(pieces)


def _object(text: bytes) -> dict[str, Any]:
    try:
        told = json.loads(text) if text else {}
    except ValueError:
        raise ServerSilent("unreadable") from None
    if not isinstance(told, Mapping):
        raise ServerSilent("unreadable")
    return dict(told)
