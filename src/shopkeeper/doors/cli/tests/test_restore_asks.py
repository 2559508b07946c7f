"""A restore needs two: whoever gives the command, and somebody who agrees in the shop that stands."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shopkeeper.flows import approve
from shopkeeper.flows.tests.builders import small_shop
from shopkeeper.ops.access import public as access
from shopkeeper.ops.approvals import models as rows
from shopkeeper.ops.approvals import public as approvals
from shopkeeper.ops.approvals.shapes import ApprovalState

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


def restore(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Give the command in a process of its own, in the shop on this test's database."""
    return subprocess.run(
        [sys.executable, "-m", "shopkeeper", "restore", *words], env={**environment, "LANG": "C.UTF-8"}, capture_output=True, text=True,
        timeout=120, check=False, cwd=os.sep,
    )  # fmt: skip


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


def test_where_the_shop_is_lost_it_is_said_that_nobody_was_asked(shop_environment: dict[str, str], tmp_path: Path) -> None:
    small_shop()

    done = restore(shop_environment, str(tmp_path / "backups"), "--name", "monday", "--data-dir", str(tmp_path / "new"), "--nobody-to-ask")

    assert "No second person was asked" in done.stderr
    assert done.returncode == 2
    assert rows.Approval.objects.count() == 0
