"""Prepares a machine for the shop: `python deploy/environment.py setup` (or `setup --dev`, `system`). Standard library only.

setup   virtual environment in .venv with the pinned packages (hashes checked), byte code compiled; does nothing when that was done before
system  what only tests need from the operating system: Chromium, a Chinese font, a second PostgreSQL; installed through apt where possible
"""

from __future__ import annotations

import glob
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv"
PYTHON = HOME / "bin" / "python"
STAMP = HOME / "shopkeeper.stamp"

COMPONENTS = {
    "chromium": "a browser for the tests that click through the shop",
    "fonts-noto-cjk": "Chinese letters for pictures of pages",
    "postgresql": "a second database server, 15 or newer, for the tests of DATABASE_URL",
}


def setup(*, dev: bool) -> int:
    """Make .venv what the lock file says; returns an exit status."""
    lock = ROOT / ("requirements-dev.lock" if dev else "requirements.lock")
    wanted = _stamp(lock)
    if _has_stamp(dev=dev, wanted=wanted):
        return 0
    if not _make_venv() or not _install(lock):
        return 1
    _link_source()
    print("· Compiling", flush=True)
    # Compiled now, by all processors, and not at the first start by one.
    _run(PYTHON, "-m", "compileall", "-q", "-j", "0", str(_site_packages()), str(ROOT / "src"), quiet=True)
    STAMP.write_text(wanted + "\n")
    return 0


def _stamp(lock: Path) -> str:
    digest = hashlib.sha256(lock.read_bytes() + str(ROOT).encode() + sys.version.encode())
    return f"{lock.name} {digest.hexdigest()}"


def _has_stamp(*, dev: bool, wanted: str) -> bool:
    """Return whether .venv is complete; one made for development also serves a shop, as both locks hold the same versions."""
    if not STAMP.exists() or not PYTHON.exists():
        return False
    found = STAMP.read_text().strip()
    return found == wanted or (not dev and found == _stamp(ROOT / "requirements-dev.lock"))


def _make_venv() -> bool:
    if PYTHON.exists() and _run(PYTHON, "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))", quiet=True):
        return True
    print(f"· Making the virtual environment .venv with Python {sys.version.split()[0]}", flush=True)
    try:
        venv.create(HOME, clear=True, with_pip=True, symlinks=True)
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"The virtual environment could not be made: {error}", file=sys.stderr)
        print("On Debian and Ubuntu, install the package python3-venv and try again.", file=sys.stderr)
        return False
    return True


def _install(lock: Path) -> bool:
    wanted = sum("==" in line for line in lock.read_text().splitlines())
    print(f"· Installing {wanted} pinned packages", flush=True)
    command = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--require-hashes",
        "--no-compile",
        "--disable-pip-version-check",
        "--progress-bar",
        "off",
        "-r",
        lock,
    ]
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as pip:
        assert pip.stdout is not None
        assert pip.stderr is not None
        seen = 0
        for line in pip.stdout:
            if line.startswith(("Collecting ", "Processing ", "Requirement already satisfied: ")):
                seen += 1
                _progress(seen, wanted)
            elif line.startswith("Installing collected packages"):
                print("· Unpacking", flush=True)
        problems = pip.stderr.read()
    if pip.returncode != 0:
        print(problems, file=sys.stderr)
        print(
            "The packages could not be installed. Is there a connection to a package index, or a local one configured for pip?",
            file=sys.stderr,
        )
    return pip.returncode == 0


def _progress(seen: int, wanted: int) -> None:
    if seen % 10 == 0:
        print(f"· {min(seen, wanted)} of {wanted} packages fetched", flush=True)


def _site_packages() -> Path:
    asked = subprocess.run(
        [str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True, check=True
    )
    return Path(asked.stdout.strip())


def _link_source() -> None:
    """Let the environment import the package from src/, and give it the command `shopkeeper`; no build tool is needed for that."""
    (_site_packages() / "shopkeeper-source.pth").write_text(f"{ROOT / 'src'}\n")
    command = HOME / "bin" / "shopkeeper"
    # Through sh, because a #! line breaks on folders with spaces or very long names.
    command.write_text('#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/python" -m shopkeeper "$@"\n')
    command.chmod(0o755)


def _run(*command: object, quiet: bool = False) -> bool:
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run([str(word) for word in command], stdout=output, stderr=output, check=False).returncode == 0


def system() -> int:
    """Install what tests need from the operating system, or say what to install; in CI a missing part is a failure."""
    missing = [name for name in COMPONENTS if not _has(name)]
    if missing and shutil.which("apt-get") and os.geteuid() == 0:
        _apt(missing)
        missing = [name for name in COMPONENTS if not _has(name)]
    for name in missing:
        print(f"· Missing: {name}, {COMPONENTS[name]}", file=sys.stderr)
    if missing:
        print(f"  Install: sudo apt-get install {' '.join(missing)}   (or your system's packages of the same kind)", file=sys.stderr)
    return 1 if missing and os.environ.get("CI") == "true" else 0


def _has(name: str) -> bool:
    if name == "chromium":
        return any(shutil.which(program) for program in ("chromium", "chromium-browser", "google-chrome"))
    if name == "fonts-noto-cjk":
        return bool(glob.glob("/usr/share/fonts/**/*CJK*", recursive=True) or glob.glob("/System/Library/Fonts/PingFang*"))  # noqa: PTH207
    return any(int(path.split("/")[4].split(".")[0]) >= 15 for path in glob.glob("/usr/lib/postgresql/*/bin/postgres"))  # noqa: PTH207


def _apt(names: list[str]) -> None:
    print(f"· Installing {', '.join(names)} for the tests", flush=True)
    own_cluster = Path("/etc/postgresql-common/createcluster.conf")
    if "postgresql" in names and not own_cluster.exists():
        # Tests start servers of their own; nobody asked for one that runs for good.
        own_cluster.parent.mkdir(parents=True, exist_ok=True)
        own_cluster.write_text("create_main_cluster = false\n")
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    _run("apt-get", "update", "-qq", quiet=True)
    _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *names, quiet=True)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what tells an older Python
        raise SystemExit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    raise SystemExit(system() if "system" in sys.argv else setup(dev="--dev" in sys.argv))
