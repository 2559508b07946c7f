"""One request to a provider and its whole reply, within a time limit. A broken line, a time-out, an endless reply are a silent provider."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import requests
import urllib3

from shopkeeper.kit.refusals import Malformed
from shopkeeper.selling.payments.adapters.provider import ProviderSilent

MOST_BYTES = 1_000_000
"""No answer of a payment provider is nearly as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back: the body byte for byte, as it was signed; header names in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str]


def send(
    method: str,
    url: str,
    *,
    timeout_s: float,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
) -> Reply:
    """Send one request and return the reply, whatever its status; redirections are not followed. Raises ProviderSilent."""
    deadline = time.monotonic() + timeout_s
    try:
        with requests.request(
            method,
            url,
            params=params,
            data=body,
            headers=headers,
            # As given: without this a file in somebody's home folder (netrc) would replace the Authorization header.
            auth=lambda request: request,
            timeout=timeout_s,
            allow_redirects=False,
            stream=True,
        ) as answer:
            return Reply(
                status=answer.status_code,
                body=_whole(answer, deadline),
                headers={name.lower(): value for name, value in answer.headers.items()},
            )
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        # The kind alone: the text of such an error holds the address with everything in it.
        raise ProviderSilent(f"{type(error).__name__} while asking") from None


def _whole(answer: requests.Response, deadline: float) -> bytes:
    """Return the body. The time limit of `requests` is one for each piece that arrives; this one is for all of them together."""
    pieces, length = [], 0
    while piece := answer.raw.read1(65_536, decode_content=True):
        pieces.append(piece)
        length += len(piece)
        if length > MOST_BYTES or time.monotonic() > deadline:
            raise ProviderSilent("The reply did not end within its time and length")
    return b"".join(pieces)


def field(told: Mapping[str, object], name: str) -> str:
    """Return a text a provider must tell. Raises Malformed for one that is missing, empty or endless."""
    value = told.get(name)
    if not isinstance(value, str) or not value or len(value) > 1_000:
        raise Malformed(name, str(value)[:40], expected="webhook")
    return value


@contextmanager
def readable() -> Iterator[None]:
    """Read an answer to our own question within this: one that makes no sense (Malformed) tells nothing (ProviderSilent)."""
    try:
        yield
    except Malformed as error:
        raise ProviderSilent(f"An answer without a usable {error.field}") from error
