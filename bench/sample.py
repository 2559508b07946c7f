"""How long the sample shop takes to open in a fresh database: particulars, goods, a year of trade, search. Baseline: the goal of 15 s."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime

from _bench import Runs, finish, introduce, shop

GOAL_S = 15.0
RUNS = 3


def main() -> None:
    """Open the sample in fresh shops, one after the other, each with a server of its own."""
    if "--once" in sys.argv:
        once()
        return
    introduce(f"sample shop, opened {RUNS} times")
    figures, holds = [], []
    for _ in range(RUNS):
        done = subprocess.run([sys.executable, __file__, "--once"], capture_output=True, text=True, check=False)
        holds.append(done.returncode == 0)
        print(done.stdout.strip() or done.stderr[-2_000:], flush=True)
        figures.append(float(done.stdout.splitlines()[-1].split()[0]) if holds[-1] else float("inf"))
    finish(figure=Runs(tuple(figures)), baseline=GOAL_S, unit="s", at_most=1.0, also=holds)


def once() -> None:
    """Open one sample shop; print the seconds and what was taken over."""
    with shop():
        from shopkeeper.flows import open_shop

        began = time.perf_counter()
        result = open_shop.sample(now=datetime.now(UTC))
        took = time.perf_counter() - began
    print(f"{took:.1f} seconds, {result.rows} lines, {result.orders} orders, {result.goods} goods")
    sys.exit(not result.holds)


if __name__ == "__main__":
    main()
