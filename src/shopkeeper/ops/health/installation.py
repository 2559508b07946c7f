"""Checks of the installation: settings, Python, packages, addresses. None asks the database."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from shopkeeper.kit.configuration import Configuration, SettingRefused, misspelt
from shopkeeper.ops.health.shapes import Finding, failed, gettext_noop, ok, unknown, warning

OLDEST_PYTHON = (3, 11)
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)(?:\s*;\s*(.+?))?\s*\\?$")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})


def settings(configuration: Configuration, environ: Mapping[str, str]) -> Finding:
    """Every variable can be read, and none looks like a misspelt one."""
    refused: Sequence[SettingRefused] = configuration.check()
    if refused:
        names = ", ".join(refusal.setting.name for refusal in refused)
        return failed(
            "settings", gettext_noop("Cannot be read: %(names)s"), gettext_noop("`shopkeeper config` says what to write."), names=names
        )
    if wrong := misspelt(list(configuration.table.values()), environ):
        pairs = ", ".join(f"{found} → {meant}" for found, meant in wrong.items())
        return warning(
            "settings",
            gettext_noop("Nothing reads these variables; they look misspelt: %(pairs)s"),
            gettext_noop("Rename them, or remove them."),
            pairs=pairs,
        )
    return ok("settings", gettext_noop("All can be read"))


def python(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> Finding:
    """Python is new enough."""
    shown = ".".join(map(str, version))
    if version[:2] < OLDEST_PYTHON:
        return failed("python", gettext_noop("Python %(version)s is too old"), gettext_noop("Install Python 3.11 or newer."), version=shown)
    return ok("python", gettext_noop("Python %(version)s"), version=shown)


def pinned(lock: str) -> dict[str, str]:
    """Return the versions a lock file names for this machine, by package; those for other systems are left out."""
    found = {}
    for line in lock.splitlines():
        match = _PINNED.match(line.strip())
        if match and _is_for_us(match[3] or ""):
            found[match[1]] = match[2]
    return found


def _is_for_us(condition: str) -> bool:
    """Return whether a package's condition holds here; a condition nobody here can read does not hold."""
    if not condition:
        return True
    try:
        from packaging.markers import InvalidMarker, Marker
    except ImportError:
        return False
    try:
        return bool(Marker(condition.rstrip("\\ ")).evaluate())
    except InvalidMarker:
        return False


def packages(lock: Path | None) -> Finding:
    """The packages are those of the lock."""
    if lock is None or not lock.is_file():
        if _version("shopkeeper") is None:
            return unknown(
                "packages",
                gettext_noop("There is no lock, and nothing was installed that says which packages are needed"),
                gettext_noop("Fetch requirements.lock again, or install the package."),
            )
        missing = [name for name in _required() if _version(name) is None]
        if missing:
            return failed(
                "packages", gettext_noop("Missing: %(names)s"), gettext_noop("Install the package again."), names=", ".join(missing)
            )
        return warning(
            "packages",
            gettext_noop("All are installed; there is no lock here to hold their versions against"),
            gettext_noop("To know the exact versions, run from a clone."),
        )
    wanted = pinned(lock.read_text(encoding="utf-8"))
    other = [f"{name} {_version(name) or '–'} ≠ {version}" for name, version in wanted.items() if _version(name) != version]
    if other:
        return failed(
            "packages",
            gettext_noop("%(number)s of %(all)s are not as the lock says: %(names)s"),
            gettext_noop("Run “make setup”."),
            number=len(other),
            all=len(wanted),
            names=", ".join(other[:5]),
        )
    return ok("packages", gettext_noop("%(number)s as the lock says"), number=len(wanted))


def _required() -> list[str]:
    wanted = [line for line in metadata.requires("shopkeeper") or () if "extra ==" not in line]
    return [re.split(r"[\[<>=!~; ]", line, maxsplit=1)[0] for line in wanted]


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def is_public(url: str) -> bool:
    """Return whether an address is one for shoppers, not one of this machine."""
    return (urlsplit(url).hostname or "") not in _LOOPBACK


def addresses(*, public_url: str, allowed_hosts: Sequence[str]) -> Finding:
    """The shop lets in the name in the address it writes into mails; nobody calls that address."""
    host = urlsplit(public_url).hostname or ""
    if "*" in allowed_hosts:
        return failed(
            "addresses",
            gettext_noop("ALLOWED_HOSTS is *: the shop answers under any name, also one in a forged request"),
            gettext_noop("Name the hosts, for example ALLOWED_HOSTS=%(host)s"),
            host=host,
        )
    if not any(_matches(host, pattern) for pattern in allowed_hosts):
        return failed(
            "addresses",
            gettext_noop("The shop refuses its own address %(host)s: ALLOWED_HOSTS does not name it"),
            gettext_noop("Add it: ALLOWED_HOSTS=%(host)s"),
            host=host,
        )
    return ok(
        "addresses",
        gettext_noop("The shop's own address is %(url)s, and it answers to that name (whether it runs there was not tried)"),
        url=public_url,
    )


def _matches(host: str, pattern: str) -> bool:
    plain = pattern.strip("[]").lower()
    return host.lower() == plain or (plain.startswith(".") and (host.lower().endswith(plain) or host.lower() == plain[1:]))


def debug(is_on: bool) -> Finding:
    """Errors are not shown to shoppers."""
    if is_on:
        return failed(
            "debug", gettext_noop("DEBUG is on: every error shows its surroundings to whoever looks"), gettext_noop("Remove DEBUG.")
        )
    return ok("debug", gettext_noop("Off"))


def tls(public_url: str) -> Finding:
    """A shop for shoppers is reached by TLS."""
    if not is_public(public_url):
        return ok("tls", gettext_noop("Not needed: the shop is reached from this machine only"))
    if not public_url.startswith("https://"):
        return failed(
            "tls",
            gettext_noop("Shoppers reach %(url)s without encryption"),
            gettext_noop("Put TLS in front of the shop and begin PUBLIC_URL with https://"),
            url=public_url,
        )
    return ok("tls", gettext_noop("%(url)s"), url=public_url)
