"""Taking over the whole “Online Retail” trade, 370,931 lines, from the file to the reconciled books, in a process of its own.

Baseline: the goal of 60 s. Beside it: at most 1 GB of memory, and a reconciliation that holds. One run is one shop; the trade is read from
`../shared/data/online_retail/transactions.parquet`, or from the file named on the command line.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

from _bench import Runs, finish, introduce, shop

GOAL_S = 60.0
MOST_MB = 1_000
RUNS = 3
TRADE = Path(__file__).resolve().parents[2] / "shared/data/online_retail/transactions.parquet"

WORK = """
import sys, django
django.setup()
from datetime import UTC, datetime
from pathlib import Path
from shopkeeper.flows import import_online_retail, open_shop
now = datetime.now(UTC)
open_shop.open_sample(now)
result = import_online_retail.run(Path(sys.argv[1]), now=now)
print(result.rows, result.difference_micro, f"{result.share_found:.4f}")
sys.exit(not result.holds)
"""


def main() -> None:
    """Import the trade into fresh shops, one after the other, each with a server of its own."""
    words = [word for word in sys.argv[1:] if word != "--once"]
    trade = Path(words[0]) if words else TRADE
    if "--once" in sys.argv:
        once(trade)
        return
    introduce(f"import: {trade.name} ({trade.stat().st_size:,} bytes) into a fresh shop, {RUNS} times")
    figures, memory, holds = [], [], []
    for _ in range(RUNS):
        done = subprocess.run([sys.executable, __file__, "--once", str(trade)], capture_output=True, text=True, check=False)
        print(done.stdout.strip() or done.stderr[-2_000:], flush=True)
        holds.append(done.returncode == 0)
        if done.returncode == 0:
            took, most_mb = done.stdout.splitlines()[-1].split()[:2]
            figures.append(float(took))
            memory.append(float(most_mb))
    print(f"memory: {max(memory, default=0):.0f} MB at most (goal {MOST_MB})")
    finish(figure=Runs(tuple(figures) or (float("inf"),)), baseline=GOAL_S, unit="s", at_most=1.0, also=[*holds, max(memory) <= MOST_MB])


def once(trade: Path) -> None:
    """Import into one fresh shop; print the seconds, the memory in MB, and what the import says."""
    with shop():
        began = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", WORK, str(trade)], capture_output=True, text=True, check=False)
        took = time.perf_counter() - began
        most_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{took:.1f} {most_mb:.0f} {done.stdout.strip() or done.stderr[-2_000:]}")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
