"""Memory of the whole shop, one minute after the first page: all processes together, PostgreSQL's too, shared pages counted once (PSS).

Baseline: the goal of 400 MB. The shop is the one `up` starts, with the sample's goods left out; the pages that are asked for are the front
page, the list of everything and the way in to the console, so that every web process has worked.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from _bench import finish, introduce
from start import free_port, started

GOAL_MB = 400.0
WAIT_S = float(os.environ.get("WAIT_S", "60"))
ASKED = ("en/", "en/goods/", "zh-hans/", "console/login/", "healthz")


def main() -> None:
    """Start a shop, ask for pages, wait, and add up what its processes hold."""
    introduce(f"memory of all processes, {WAIT_S:g} s after the first page")
    with tempfile.TemporaryDirectory(prefix="shopkeeper-memory-") as folder:
        port = free_port()
        shop = started(Path(folder), port)
        try:
            for _ in range(8):
                for address in ASKED:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/{address}", timeout=20).read()
            time.sleep(WAIT_S)
            held = {each: _held_mb(each) for each in _family(shop.pid)}
            for process, amount in held.items():
                print(f"  {amount:7.1f} MB  {process:7}  {_name(process)}")
        finally:
            shop.send_signal(signal.SIGTERM)
            shop.wait(60)
    print(f"{len(held)} processes")
    finish(figure=sum(held.values()), baseline=GOAL_MB, unit="MB", at_most=1.0, also=[len(held) > 5])


def _family(process: int) -> list[int]:
    """Return a process and everything that came from it, by the kernel's own lists."""
    found = [process]
    for place in found:
        for task in Path(f"/proc/{place}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def _held_mb(process: int) -> float:
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"the kernel does not say what process {process} holds")


def _name(process: int) -> str:
    words = Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    return words[:90]


if __name__ == "__main__":
    if sys.platform != "linux":
        raise SystemExit("only Linux says what processes share")
    main()
