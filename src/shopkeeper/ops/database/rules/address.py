"""Database addresses: pure making and reading of postgresql:// URLs."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

OLDEST_MAJOR = 15
# Linux allows 107 bytes, macOS 103; the file in the folder is ".s.PGSQL.5432" and its lock adds ".lock".
LONGEST_SOCKET_PATH = 103
_SOCKET_FILE = "/.s.PGSQL.5432"


def socket_url(*, folder: Path, role: str, name: str) -> str:
    """Return the address of database `name` on the server whose Unix socket lies in `folder`."""
    return f"postgresql://{role}@/{name}?host={quote(str(folder), safe='/')}"


def socket_of(url: str) -> str:
    """Return the folder of the Unix socket an address names, empty where it names none."""
    return next((unquote(item[5:]) for item in urlsplit(url).query.split("&") if item.startswith("host=")), "")


def fits_socket(folder: Path) -> bool:
    """Return whether a Unix socket in `folder` has a path short enough for the kernel."""
    return len(str(folder).encode()) + len(_SOCKET_FILE) <= LONGEST_SOCKET_PATH


def with_name(url: str, name: str) -> str:
    """Return the same address with another database name."""
    parts = urlsplit(url)
    netloc = parts.netloc or ""
    rebuilt = urlunsplit((parts.scheme, netloc, "/" + quote(name, safe=""), parts.query, ""))
    # urlunsplit drops the empty host of a socket address that names no role.
    return rebuilt if "://" in rebuilt else rebuilt.replace(":", "://", 1)


def without_secret(url: str) -> str:
    """Return the address as it may be shown: no password, whether before the host or in the query."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    user = parts.username or ""
    shown = f"{user}@{host}" if user else host
    socket = next((item[5:] for item in parts.query.split("&") if item.startswith("host=")), "")
    return f"{shown or socket}{parts.path}"
