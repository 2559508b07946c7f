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
    """Import the trade into fresh shops, one after the other."""
    trade = Path(sys.argv[1]) if len(sys.argv) > 1 else TRADE
    introduce(f"import: {trade.name} ({trade.stat().st_size:,} bytes) into a fresh shop, {RUNS} times")
    figures, holds = [], []
    for _ in range(RUNS):
        with shop():
            began = time.perf_counter()
            done = subprocess.run([sys.executable, "-c", WORK, str(trade)], capture_output=True, text=True, check=False)
            figures.append(time.perf_counter() - began)
            holds.append(done.returncode == 0)
            print(f"{figures[-1]:.1f} s: {done.stdout.strip() or done.stderr[-2_000:]}", flush=True)
    most_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"memory: {most_mb:.0f} MB at most (goal {MOST_MB})")
    finish(figure=Runs(tuple(figures)), baseline=GOAL_S, unit="s", at_most=1.0, also=[*holds, most_mb <= MOST_MB])


if __name__ == "__main__":
    main()
