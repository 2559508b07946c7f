"""A restore needs two: whoever gives the command, and somebody who agrees in the shop that stands."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shopkeeper.doors.cli import safekeeping
from shopkeeper.flows import approve, settle_restored
from shopkeeper.flows.tests.builders import small_shop
from shopkeeper.ops.access import public as access
from shopkeeper.ops.approvals import models as rows
from shopkeeper.ops.approvals import public as approvals
from shopkeeper.ops.approvals.shapes import ApprovalState
from shopkeeper.ops.audit import models as trail
from shopkeeper.ops.backup import public as backup
from shopkeeper.ops.backup.shapes import Damaged, Restored
from shopkeeper.ops.backup.tests.builders import shelve

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


def restore(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Give the command in a process of its own, in the shop on this test's database."""
    return subprocess.run(
        [sys.executable, "-m", "shopkeeper", "restore", *words], env={**environment, "LANG": "C.UTF-8"}, capture_output=True, text=True,
        timeout=120, check=False, cwd=os.sep,
    )  # fmt: skip


def test_where_nothing_can_be_restored_nobody_is_asked(shop_environment: dict[str, str], tmp_path: Path) -> None:
    small_shop()
    access.create_first_staff(now=datetime.now(UTC))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "kept").write_text("mine")

    refused = restore(shop_environment, str(tmp_path / "backups"), "--name", "monday", "--data-dir", str(tmp_path / "full"))

    assert refused.returncode == 2
    assert "is not empty" in refused.stderr
    assert rows.Approval.objects.count() == 0


def test_a_restore_waits_until_somebody_agrees_and_then_goes_on_once(shop_environment: dict[str, str], tmp_path: Path) -> None:
    small_shop()
    access.create_first_staff(now=datetime.now(UTC))
    owner = access.staff()[0].id
    wish = [str(tmp_path / "backups"), "--name", "monday", "--data-dir", str(tmp_path / "new")]

    asked = restore(shop_environment, *wish)
    again = restore(shop_environment, *wish)

    assert (asked.returncode, again.returncode) == (2, 2)
    assert "give the same command again" in asked.stderr
    (row,) = rows.Approval.objects.filter(act="backup.restore")
    waiting = approvals.approval(row.pk)
    assert not (tmp_path / "new").exists()

    approve.approve(approval_id=waiting.id, seen_digest=waiting.digest, actor=owner, now=datetime.now(UTC))
    agreed = restore(shop_environment, *wish)

    # Agreed to, it goes on to look for the backup, which is not there: that is another refusal.
    assert agreed.returncode == 2
    assert "cannot be used" in agreed.stderr
    assert "give the same command again" not in agreed.stderr
    assert approvals.approval(waiting.id).state is ApprovalState.DONE
    assert "give the same command again" in restore(shop_environment, *wish).stderr


@pytest.mark.parametrize("which", ["--name", "--at", "nothing there"])
def test_what_was_agreed_to_for_one_folder_opens_no_other_with_a_backup_of_that_name(
    shop_environment: dict[str, str], tmp_path: Path, which: str
) -> None:
    small_shop()
    access.create_first_staff(now=datetime.now(UTC))
    owner = access.staff()[0].id
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder, hours in ((ours, 9), (theirs, 8)):
        folder.mkdir()
        if which != "nothing there":
            shelve(folder, "monday", hours=hours)
    words = ["--at", datetime.now(UTC).isoformat()] if which == "--at" else ["--name", "monday"]
    wish = [*words, "--data-dir", str(tmp_path / "new")]

    restore(shop_environment, str(ours), *wish)
    waiting = approvals.approval(rows.Approval.objects.get().pk)
    approve.approve(approval_id=waiting.id, seen_digest=waiting.digest, actor=owner, now=datetime.now(UTC))
    other = restore(shop_environment, str(theirs), *wish)

    assert "give the same command again" in other.stderr
    assert rows.Approval.objects.count() == 2
    assert approvals.approval(waiting.id).state is ApprovalState.GIVEN
    assert "give the same command again" not in restore(shop_environment, str(ours), *wish).stderr
    assert approvals.approval(waiting.id).state is ApprovalState.DONE


def test_where_the_shop_is_lost_it_is_said_that_nobody_was_asked(shop_environment: dict[str, str], tmp_path: Path) -> None:
    small_shop()

    done = restore(shop_environment, str(tmp_path / "backups"), "--name", "monday", "--data-dir", str(tmp_path / "new"), "--nobody-to-ask")

    assert "No second person was asked" in done.stderr
    assert done.returncode == 2
    assert rows.Approval.objects.count() == 0


def test_what_was_agreed_to_is_restored_and_not_what_was_made_meanwhile(
    shop_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, standing = tmp_path / "backups", tmp_path / "shop"
    folder.mkdir()
    (standing / "postgres").mkdir(parents=True)
    (standing / "postgres" / "PG_VERSION").write_text("18")
    shelve(folder, "monday", hours=9)
    asked: list[str] = []

    def agreed(command: list[str], **_more: object) -> subprocess.CompletedProcess[str]:
        # While somebody agrees, the nightly job finishes another one.
        asked.append(command[4])
        shelve(folder, "tuesday", hours=1)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(safekeeping.subprocess, "run", agreed)
    monkeypatch.setattr(safekeeping.place, "data_dir", lambda: tmp_path / "new")
    monkeypatch.setattr(safekeeping.place, "database_url", lambda: "")

    with pytest.raises(Damaged) as refused:
        safekeeping.restore(wished(folder, standing))

    assert asked == ["monday"]
    assert refused.value.values["name"] == "monday"


@pytest.mark.parametrize("is_lost", [True, False])
def test_that_nobody_was_asked_is_said_without_saying_more_than_is_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, is_lost: bool
) -> None:
    monkeypatch.setattr(safekeeping.place, "database_url", lambda: "")
    words = wished(tmp_path / "backups", tmp_path / "nothing")
    words.nobody_to_ask, words.shop = not is_lost, ""

    consent = safekeeping._consent(words, tmp_path / "backups")

    said = capsys.readouterr().err
    assert consent is safekeeping.Consent.ALONE
    assert ("no shop was found here" in said) == is_lost
    assert "No second person was asked" in said
    assert "The trail of the restored shop says so." in said


@pytest.mark.parametrize("is_agreed", [True, False])
def test_the_trail_of_the_restored_shop_says_whether_somebody_agreed(
    shop_environment: dict[str, str], tmp_path: Path, is_agreed: bool
) -> None:
    small_shop()
    folder = tmp_path / "backups"
    folder.mkdir()
    shelve(folder, "monday", hours=9)
    (kept,) = backup.shelf(folder).backups

    settle_restored.settle(Restored(folder=tmp_path, url="", kept=kept, at=None, listed={}), is_agreed=is_agreed, now=datetime.now(UTC))

    row = trail.Record.objects.get(act="backup.restore")
    assert (row.subject, row.after["is_agreed"]) == ("backup:monday", is_agreed)


def test_a_shop_with_nobody_who_could_agree_says_so(shop_environment: dict[str, str], tmp_path: Path) -> None:
    small_shop()

    done = restore(shop_environment, str(tmp_path / "backups"), "--name", "monday", "--data-dir", str(tmp_path / "new"))

    assert "nobody else who could agree" in done.stderr
    assert trail.Record.objects.filter(act="approvals.nobody_else").count() == 1


def wished(folder: Path, standing: Path) -> argparse.Namespace:
    """Return the words of a restore of the newest backup, with a shop that stands."""
    return argparse.Namespace(
        folder=str(folder), name=None, at=None, check=False, nobody_to_ask=False, shop=str(standing), standing=standing
    )
