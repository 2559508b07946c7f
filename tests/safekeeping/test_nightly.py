"""The nightly job as a whole: a backup, restored beside the shop, its books audited; what is wrong is told where people look."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

pytestmark = pytest.mark.processes


def test_the_nightly_job_proves_good_books_and_tells_of_wrong_ones(folder: Path, server, shops):
    _trading, keeping = shops
    keeping("buy", 3), keeping("dispatch")
    assert keeping("told")["worry"] == "none"

    good = keeping("nightly")

    (name,) = [each.stem for each in (folder / "shop" / "backups" / "proofs").glob("*.json")]
    assert good == ""
    assert proof(folder, name)["problems"] == []
    told = keeping("told")
    assert (told["worry"], told["today"]) == ("", "")
    assert "%(hours)s hours ago" in told["doctor"]

    with psycopg.connect(str(server.admin_url).replace("/postgres?", "/shopkeeper?", 1)) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("UPDATE inventory_shelf SET on_hand = on_hand + 7 WHERE id = (SELECT min(id) FROM inventory_shelf)")
    bad = keeping("nightly")

    (wrong,) = {each.stem for each in (folder / "shop" / "backups" / "proofs").glob("*.json")} - {name}
    assert bad.startswith(f"BackupNotProven: {wrong}: ")
    assert proof(folder, wrong)["problems"] != []
    told = keeping("told")
    assert told["worry"] == "wrong"
    assert "found NOT right" in told["today"]
    assert told["doctor"].startswith("failed: The newest one was restored and found NOT right")
    assert not list((folder / "shop").glob("restore-check*"))


def proof(folder: Path, name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "shop" / "backups" / "proofs" / f"{name}.json").read_text())
    return found
