"""One request to an address that somebody typed into a form: never into the shop's own network, never for longer or more than allowed.

A name is looked up once, every address it stands for is judged, and the connection goes to one that was judged: a name that answers
differently the second time leads nowhere else. TLS still checks the name. Redirections are not followed.
"""

import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_S = 8.0
MOST_BYTES = 300_000
_NAT64, _6TO4 = ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("2002::/16")
_OF_THE_NET = ipaddress.IPv6Network("2000::/3")
"""All that is given out of IPv6 for the public net; what lies outside is the shop's own, or stands for IPv4 in some older way."""


class Unreachable(Exception):
    """No usable answer came: nobody there, too slow, too long, or the line broke. Names no address."""


class Forbidden(Exception):
    """The address is none the shop may call: not https, with a user in it, or inside a network that is not public."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    status: int
    body: bytes


def check(url: str, *, loopback: bool) -> None:
    """Return quietly for an address the shop may call by its form. `loopback`: plain http to this machine is allowed, for developing.

    Raises Forbidden.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Forbidden("unreadable") from error
    host = parts.hostname or ""
    if not host or parts.username or parts.password or parts.fragment or (port is not None and port == 0):
        raise Forbidden("form")
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise Forbidden("form")
    if parts.scheme == "https" or (parts.scheme == "http" and loopback and _is_loopback_name(host)):
        return
    raise Forbidden("scheme")


def request(
    method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None, loopback: bool, timeout_s: float = TIMEOUT_S
) -> Answered:
    """Send one request and return the answer, whatever its status. Raises Forbidden, Unreachable."""
    check(url, loopback=loopback)
    parts, deadline = urlsplit(url), time.monotonic() + timeout_s
    port = parts.port or (443 if parts.scheme == "https" else 80)
    line = _connect(parts.hostname or "", port, is_tls=parts.scheme == "https", loopback=loopback, deadline=deadline)
    talk = http.client.HTTPConnection(parts.hostname or "", port)
    talk.sock = _Line(line, deadline)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        talk.request(method, path, body=body or None, headers={"Accept": "application/json", "Connection": "close", **(headers or {})})
        answer = talk.getresponse()
        return Answered(status=answer.status, body=_whole(answer))
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(type(error).__name__) from None
    finally:
        line.close()


class _Line:
    """A connection on which everything together, the head of the answer too, is over by the deadline.

    The time limit of a socket is one for each piece that arrives: here what is left of the whole is set before each.
    """

    def __init__(self, line: socket.socket, deadline: float) -> None:
        self.line, self.deadline = line, deadline

    def sendall(self, told: bytes) -> None:
        self.line.settimeout(_left(self.deadline))
        self.line.sendall(told)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Pieces(self.line, self.deadline))

    def close(self) -> None:
        """Leave the line open: http.client closes it before the body is read, whoever opened it closes it afterwards."""


class _Pieces(io.RawIOBase):
    def __init__(self, line: socket.socket, deadline: float) -> None:
        super().__init__()
        self.line, self.deadline = line, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.line.settimeout(_left(self.deadline))
        return self.line.recv_into(buffer)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _connect(host: str, port: int, *, is_tls: bool, loopback: bool, deadline: float) -> socket.socket:
    try:
        found = [entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise Unreachable("name") from error
    may_be_ours = loopback and not is_tls
    if not found or not all(_is_allowed(str(each), loopback=may_be_ours or (loopback and _is_loopback_name(host))) for each in found):
        raise Forbidden("network")
    try:
        line = socket.create_connection((str(found[0]), port), timeout=_left(deadline))
        if not is_tls:
            return line
        line.settimeout(_left(deadline))
        return ssl.create_default_context().wrap_socket(line, server_hostname=host)
    except (OSError, ValueError) as error:
        raise Unreachable(type(error).__name__) from error


def _is_allowed(address: str, *, loopback: bool) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None and found not in _NAT64:
            return found.is_loopback if loopback else found in _OF_THE_NET and found not in _6TO4 and found.is_global
        # Such an address stands for one of IPv4, which is the one to judge.
        found = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
    if loopback:
        return found.is_loopback
    return found.is_global and not found.is_multicast


def _is_loopback_name(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")


def _whole(answer: http.client.HTTPResponse) -> bytes:
    pieces: list[bytes] = []
    length = 0
    while piece := answer.read1(65_536):
        pieces.append(piece)
        length += len(piece)
        if length > MOST_BYTES:
            raise Unreachable("long")
    return b"".join(pieces)
