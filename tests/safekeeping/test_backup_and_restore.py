"""A shop that trades is backed up, lost and restored: books, figures and every order are those of the point."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from tests.safekeeping.builders import look, shopkeeper

pytestmark = pytest.mark.processes


def test_a_shop_backed_up_while_it_trades_comes_back_as_it_was_at_the_point(folder, server, shops):
    trading, keeping = shops
    trading("trade", 1)
    assert trading("picture") == 2
    (folder / "shop" / "media").mkdir(exist_ok=True)
    (folder / "shop" / "media" / "cup.png").write_text("a cup")
    trading.begin("trade", 8)
    point = keeping("backup", "busy")["lsn"]
    during = trading.ended()
    # Another backup finds nothing of lake and media to copy but what is new; one moment lies between the two.
    keeping("dispatch")
    first = look(folder / "shop")
    more = trading("buy", 9)
    keeping("dispatch"), trading("buy", 1), keeping("dispatch"), keeping("tidy")
    moment = keeping("moment")
    with psycopg.connect(str(server.admin_url).replace("/postgres?", "/shopkeeper?", 1)) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("DELETE FROM orders_order")
    keeping("backup", "after-the-mistake")

    named = shopkeeper(
        "restore",
        str(folder / "shop" / "backups"),
        "--name",
        "busy",
        "--data-dir",
        str(folder / "named"),
        "--nobody-to-ask",
        data_dir=folder,
    )
    at = shopkeeper(
        "restore", str(folder / "shop" / "backups"), "--at", moment, "--data-dir", str(folder / "at"), "--nobody-to-ask", data_dir=folder
    )

    assert named.returncode == 0, named.stdout + named.stderr
    assert at.returncode == 0, at.stdout + at.stderr
    here = look(folder / "named")
    surely_in = {number for number, _before, after in during if after <= point}
    surely_out = {number for number, before, _after in during if before >= point}
    assert surely_out, "orders were placed after the point while the backup went on"
    assert surely_in <= set(here["orders"])
    assert not surely_out & set(here["orders"])
    assert len(here["orders"]) == here["outbox"], "facts and orders are of one moment"
    assert len(here["lake"]) + here["unheard"] == here["outbox"], "and the lake is of the same"
    assert set(here["lake"]) <= set(here["orders"])
    assert (folder / "named" / "media" / "cup.png").read_text() == "a cup"
    assert here["pictures"] == first["pictures"], "every size of a picture came back byte for byte"
    assert {name for _cut, _width, name, _digest in here["pictures"]} == {"avif", "jpg", "webp"}
    then = look(folder / "at")
    assert set(first["orders"]) | set(more) <= set(then["orders"])
    assert len(then["orders"]) == len(first["orders"]) + 10
    assert then["lake"] == then["orders"], "what the lake heard after the backup was told again"
    assert "facts told again" in at.stdout
    checked_and_then_planted(folder)


def checked_and_then_planted(folder: Path) -> None:
    """A trial notes that it went well, leaves nothing behind, and fails where the books that come back are wrong."""
    backups = folder / "shop" / "backups"
    good = shopkeeper("restore", str(backups), "--name", "busy", "--check", data_dir=folder / "shop")
    bad = shopkeeper("restore", str(backups), "--name", "after-the-mistake", "--check", data_dir=folder / "shop")

    assert good.returncode == 0, good.stdout + good.stderr
    assert json.loads((backups / "proofs" / "busy.json").read_text())["problems"] == []
    assert bad.returncode == 1, bad.stdout + bad.stderr
    assert json.loads((backups / "proofs" / "after-the-mistake.json").read_text())["problems"] != []
    assert not list((folder / "shop").glob("restore-check*"))
