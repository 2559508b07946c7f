"""Which visits count: those of people who followed a link, not those of machines that looked at it."""

import re
from collections.abc import Mapping

_ROBOTS = re.compile(
    r"(?<!cu)bot\b|bots\b|spider|crawl|slurp|preview|fetch|scan|monitor|checker|check(?:link)?/|archiver|headless|"
    r"google-|mediapartners|axios|facebookexternalhit|whatsapp|discord|embedly|curl/|wget/|python|java/|go-http|okhttp|libwww|"
    r"httpclient|lighthouse|pagespeed",
    re.IGNORECASE,
)
_AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")


def counts(method: str, headers: Mapping[str, str]) -> bool:
    """Return whether a request is somebody following a link: not HEAD, not fetched ahead or for a preview, not a robot that says so."""
    if method != "GET":
        return False
    if any(re.search("prefetch|prerender|preview", headers.get(name, ""), re.IGNORECASE) for name in _AHEAD):
        return False
    agent = headers.get("User-Agent", "").strip()
    return bool(agent) and not _ROBOTS.search(agent)
