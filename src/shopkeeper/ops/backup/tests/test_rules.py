"""Names, segments of the log, what may go, and manifests: pure rules."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shopkeeper.ops.backup.rules import manifest, naming, retention, segments
from shopkeeper.ops.backup.shapes import Kept, Point, Proof

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MB16 = 16 * 1024 * 1024


def kept(days_ago: int, *, proven: bool | None = None) -> Kept:
    at = NOON - timedelta(days=days_ago)
    return Kept(
        name=f"day-{days_ago}", kind="cluster", point=Point(name=f"day-{days_ago}", lsn="0/1", at=at, timeline=1), begun_at=at, seconds=1.0,
        size=1, tree_size=1, files=1, first_segment="0" * 24, last_segment="0" * 24, system="1", versions={}, has_secret_key=True,
        proof=None if proven is None else Proof(at=at, seconds=1.0, problems=() if proven else ("wrong",)),
    )  # fmt: skip


@pytest.mark.parametrize("name", ["a", "2026-11-22t100000z", "before-the-upgrade", "x" * 60])
def test_a_folders_name_names_a_backup(name):
    assert naming.is_name(name)


@pytest.mark.parametrize("name", ["", "-a", "A", "a/b", "..", "a b", "x" * 61, "files", "wal", "proofs", "a.part", "ä"])
def test_what_could_leave_the_folder_or_meet_another_one_names_none(name):
    assert not naming.is_name(name)


def test_a_backup_without_a_name_is_called_by_its_moment():
    assert naming.by_moment(NOON) == "2026-11-22t120000z"
    assert naming.is_name(naming.by_moment(NOON))


@pytest.mark.parametrize(
    ("lsn", "name"),
    [
        ("0/3000090", "000000010000000000000003"),
        ("0/4000000", "000000010000000000000003"),
        ("0/4000001", "000000010000000000000004"),
        ("1/1", "000000010000000100000000"),
        ("1/0", "0000000100000000000000FF"),
    ],
)
def test_a_record_lies_in_the_segment_of_its_last_byte(lsn, name):
    assert segments.holding(lsn, timeline=1, segment_bytes=MB16) == name


def test_segments_follow_each_other_over_the_edge_of_the_low_half():
    have = ["0000000100000000000000FE", "0000000100000000000000FF", "000000010000000100000000"]

    assert segments.reach(have[0], have, segment_bytes=MB16) == have
    assert segments.gaps(have, segment_bytes=MB16) == []


def test_a_missing_segment_is_a_gap_and_ends_the_reach():
    have = [f"00000001000000000000000{place}" for place in (1, 2, 4, 5)]

    assert segments.reach(have[0], have, segment_bytes=MB16) == have[:2]
    assert segments.gaps(have, segment_bytes=MB16) == [(have[1], have[2])]
    assert segments.reach("000000010000000000000003", have, segment_bytes=MB16) == []


def test_another_timeline_neither_closes_a_gap_nor_is_one():
    have = ["000000010000000000000001", "000000020000000000000002", "000000010000000000000003"]

    assert segments.reach(have[0], have, segment_bytes=MB16) == have[:1]
    assert segments.gaps(have, segment_bytes=MB16) == [(have[0], have[2])]


def test_old_backups_go_oldest_first_and_the_newest_stay():
    backups = [kept(days) for days in (0, 1, 2, 40, 50)]

    gone = retention.to_drop(backups, keep=2, keep_for=timedelta(days=30), now=NOON)

    assert [each.name for each in gone] == ["day-50", "day-40"]


@pytest.mark.parametrize("keep", [-1, 0, 1])
def test_the_newest_and_the_newest_proven_never_go(keep):
    backups = [kept(10, proven=False), kept(20), kept(30, proven=True), kept(40, proven=True), kept(50)]

    gone = retention.to_drop(backups, keep=keep, keep_for=timedelta(0), now=NOON)

    assert [each.name for each in gone] == ["day-50", "day-40", "day-20"]


def test_young_ones_stay_however_many_there_are():
    assert retention.to_drop([kept(days) for days in range(9)], keep=3, keep_for=timedelta(days=30), now=NOON) == []


def test_a_manifest_says_again_what_was_written_into_it():
    assert manifest.opened(manifest.sealed({"format": 1, "name": "杯"})) == {"format": 1, "name": "杯"}


@pytest.mark.parametrize(
    "spoil", [lambda text: text.replace("one", "two"), lambda text: text[: len(text) // 2], lambda text: "[]", lambda text: ""]
)
def test_a_manifest_that_was_changed_or_cut_off_is_known(spoil):
    text = manifest.sealed({"format": 1, "name": "one"})

    with pytest.raises(manifest.Unreadable):
        manifest.opened(spoil(text))


def test_a_manifest_of_a_later_format_is_not_guessed_at():
    with pytest.raises(manifest.Unreadable, match="format 2"):
        manifest.opened(manifest.sealed({"format": 2}))


def test_a_proof_is_good_only_without_problems():
    good = manifest.proof_of(json.loads('{"at": "2026-11-22T12:00:00+00:00", "seconds": 2.5, "problems": []}'))

    assert good.is_good
    assert not replace(good, problems=("the books differ",)).is_good
