"""A newer package on the data of the one before: tables are brought up to date, orders and figures stay; the other way round is refused."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from pathlib import Path

import psycopg
import pytest

from shopkeeper.ops.database import public as database
from tests.up.builders import ROOT, clean_environment

MIGRATIONS = [
    ":(glob)src/shopkeeper/**/migrations/*.py", ":(glob)src/shopkeeper/**/migrations/*.sql", ":(glob)src/shopkeeper/**/sql/*.sql",
]  # fmt: skip

# Runs in the older package, with the older package's own builders: whatever its faces were, they fit.
TRADE = """
import json
from datetime import UTC, datetime
from shopkeeper.events import public as events
from shopkeeper.flows.tests.builders import small_shop
from shopkeeper.wiring.reactions import REACTIONS
order = small_shop().buy(TEA=2, CUP=1)
events.dispatch_all(REACTIONS, now=datetime.now(UTC))
print("ORDER " + json.dumps({"number": order.number, "total": order.total_minor}))
"""

FIGURES = """
import json
from shopkeeper.insight.lake import public as lake
found = lake.query("SELECT number, total_minor FROM order_placed").rows
paid = lake.query("SELECT sum(amount_minor) FROM order_paid").rows
print("FIGURES " + json.dumps([found, paid]))
"""


def git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.fail(f"git {' '.join(words)} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def before_the_newest_migrations() -> str:
    """Return the commit whose tables the present code has to bring up to date: the last one before a migration file changed."""
    if git("status", "--porcelain", "--", *MIGRATIONS):
        return "HEAD"
    newest = git("log", "-1", "--format=%H", "--", *MIGRATIONS)
    parents = git("log", "-1", "--format=%P", newest).split()
    # Where a clone was cut off, its first commit seems to have made every file and to have no parent.
    if not parents:
        pytest.fail(
            "The history of this clone is cut off before the commit that last changed a migration, so the upgrade cannot be tested. "
            "Fetch all of it: git fetch --unshallow"
        )
    return parents[0]


def checked_out(commit: str, folder: Path) -> Path:
    packed = folder / "older.tar"
    with packed.open("wb") as file:
        done = subprocess.run(["git", "archive", commit, "src"], cwd=ROOT, stdout=file, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 0, done.stderr
    with tarfile.open(packed) as file:
        file.extractall(folder / "older", filter="data")
    return folder / "older" / "src"


def shopkeeper(*words: str, data_dir: Path, source: Path) -> subprocess.CompletedProcess[str]:
    """Run one command of the package in `source` on a data folder."""
    return subprocess.run(
        [sys.executable, "-m", "shopkeeper", *words],
        env=clean_environment(data_dir=data_dir, port=1, PYTHONPATH=str(source)),
        cwd=data_dir.parent, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def said(done: subprocess.CompletedProcess[str], word: str) -> object:
    """Return what a script printed after a word, as JSON."""
    assert done.returncode == 0, done.stdout + done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith(word)]
    return json.loads(line.removeprefix(word))


def test_an_upgrade_keeps_orders_and_figures_and_the_older_package_is_refused_afterwards(folder):
    data_dir = folder / "upgraded"
    older, newer = checked_out(before_the_newest_migrations(), folder), ROOT / "src"
    order = said(shopkeeper("manage", "shell", "-v", "0", "-c", TRADE, data_dir=data_dir, source=older), "ORDER ")
    assert isinstance(order, dict)

    upgraded = shopkeeper("migrate", data_dir=data_dir, source=newer)
    audited = shopkeeper("audit", "books", data_dir=data_dir, source=newer)
    orders, paid = said(shopkeeper("manage", "shell", "-v", "0", "-c", FIGURES, data_dir=data_dir, source=newer), "FIGURES ")  # type: ignore[misc]

    assert upgraded.returncode == 0, upgraded.stderr
    assert audited.returncode == 0, audited.stdout + audited.stderr
    assert orders == [[order["number"], order["total"]]]
    assert paid == [[order["total"]]]
    # Afterwards the tables carry what only a later version would know: this one must not touch them.
    assert_refused_as_older(data_dir, newer)


def assert_refused_as_older(data_dir: Path, source: Path) -> None:
    with database.running(data_dir=data_dir) as server, psycopg.connect(server.url) as connection:
        connection.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('orders', '9999_from_later_on', now())")
        connection.execute("COMMENT ON COLUMN django_migrations.id IS 'made by version 99.1.0'")

    refused = shopkeeper("migrate", data_dir=data_dir, source=source)

    assert refused.returncode == 2
    for word in ("99.1.0", "orders.9999_from_later_on", database.versions()["shopkeeper"]):
        assert word in refused.stderr
