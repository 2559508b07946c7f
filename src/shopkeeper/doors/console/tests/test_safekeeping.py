"""The page of backups: what there is, how old, proven when; a worry where nothing proven is young enough; one more as a job."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from shopkeeper.doors.console.tests.builders import Staff, acts_since, marks
from shopkeeper.flows import back_up
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.ops.approvals import public as approvals
from shopkeeper.ops.backup.shapes import Proof
from shopkeeper.ops.backup.tests.builders import shelve
from shopkeeper.ops.jobs import public as jobs


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "BACKUP_DIR", tmp_path)
    (tmp_path / "proofs").mkdir()
    return tmp_path


GOOD = Proof(at=datetime(2026, 11, 22, 3, 0, tzinfo=UTC), seconds=42.0, problems=())


def test_the_list_says_of_each_backup_how_old_it_is_and_whether_it_was_proven(shop: SmallShop, owner: Staff, folder: Path) -> None:
    shelve(folder, "last-night", hours=9, proof=GOOD)
    shelve(folder, "wrong-one", hours=50, proof=Proof(at=GOOD.at, seconds=2.0, problems=("the books differ",)))
    (folder / "cut-off.part").mkdir()

    page = owner.get("backups/").content.decode()

    for said in ("last-night", "9 hours", "0/3000090", "42.0 s", "wrong-one", "2 days", "the books differ", "cut-off", str(folder)):
        assert said in page, said


@pytest.mark.parametrize(
    ("hours", "proof", "worry"),  # of the only backup there is
    [(1, None, "unproven"), (37, GOOD, "old"), (35, GOOD, ""), (1, Proof(at=GOOD.at, seconds=1.0, problems=("no",)), "unproven")],
)
def test_a_shop_without_a_young_proven_backup_is_worried_about(  # noqa: PLR0917 - fixtures
    shop: SmallShop, owner: Staff, clerk: Staff, folder: Path, hours: int, proof: Proof | None, worry: str
) -> None:
    shelve(folder, "one", hours=hours, proof=proof)

    assert back_up.safety(datetime.now(UTC)).worry == worry
    assert ("restored and found right" in owner.get("").content.decode()) is bool(worry)
    assert "restored and found right" not in clerk.get("").content.decode()


def test_no_backup_at_all_is_the_first_worry(shop: SmallShop, owner: Staff, folder: Path) -> None:
    assert back_up.safety(datetime.now(UTC)).worry == "none"
    assert "There is no backup of this shop" in owner.get("").content.decode()


def test_an_owner_asks_for_one_now_and_nobody_else_may(shop: SmallShop, owner: Staff, manager: Staff, clerk: Staff, folder: Path) -> None:
    assert manager.get("backups/").status_code == 200
    assert manager.post("backups/take/").status_code == 403
    assert clerk.get("backups/").status_code == 403
    assert waiting_jobs() == 0
    before = marks()

    assert owner.post("backups/take/").status_code == 302
    assert owner.post("backups/take/").status_code == 302

    assert waiting_jobs() == 1, "asked for twice, done once"
    assert acts_since(before, owner) == ["backup.take", "backup.take"]


def waiting_jobs() -> int:
    return sum(number for (task, state), number in jobs.counts().items() if (task, state) == ("backup", "todo"))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Backup", "To the moment", "Into the folder", "Fingerprint")),
        ("zh-hans", ("备份", "恢复到的时刻", "恢复到的文件夹", "指纹")),
    ],
)
def test_who_is_asked_about_a_restore_reads_which_backup_goes_where(
    shop: SmallShop, owner: Staff, language: str, words: tuple[str, ...]
) -> None:
    values = {"name": "2026-11-22t020000z", "at": "", "into": "/srv/shop", "fingerprint": "c0ffee" * 10}
    asked, _new = approvals.ask(act="backup.restore", subject="backup:one", values=values, actor=None, key=None, now=datetime.now(UTC))
    owner.read(language)

    page = owner.text(f"approvals/{asked.id}/")

    assert all(word in page for word in (*words, "2026-11-22t020000z", "/srv/shop", "c0ffeec0ffeec0ff"))
    assert "fingerprint" not in page
