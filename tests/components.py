"""What a test needs from the machine. In CI a missing part is a failure; elsewhere the test is skipped and says what to install."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest


def chromium() -> str:
    """Return the path of a Chromium browser."""
    found = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    return found or _missing("chromium")


def chinese_font() -> Path:
    """Return the path of a font with Chinese letters."""
    found = [*Path("/usr/share/fonts").rglob("*CJK*"), *Path("/System/Library/Fonts").glob("PingFang*")]
    return found[0] if found else Path(_missing("fonts-noto-cjk"))


def other_postgresql() -> Path:
    """Return the folder of the programs of the operating system's own PostgreSQL, 15 or newer."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    usable = [folder for folder in found if int(folder.parent.name) >= 15]
    return min(usable, key=lambda folder: int(folder.parent.name)) if usable else Path(_missing("postgresql"))


def _missing(package: str) -> str:
    text = f"missing on this machine: {package}; install it with: sudo apt-get install {package}"
    if os.environ.get("CI") == "true":
        pytest.fail(text)
    pytest.skip(text)
