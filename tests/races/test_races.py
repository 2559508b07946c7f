"""Ten thousand seeded attempts in `make deep`, a share of them in every run: nothing is sold twice, paid twice or lost."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from shopkeeper.flows import audit_books
from shopkeeper.flows.tests.builders import small_shop
from shopkeeper.selling.inventory import public as inventory
from tests import share
from tests.races import track
from tests.races.scenes import AFTER, SCENES, Scene, Stage

pytestmark = pytest.mark.django_db(transaction=True)

ATTEMPTS = 10_000
EACH = ATTEMPTS // len(SCENES)
IN_SHORT = 3
"""Rounds of each scene, beside its first two, in a run that is not deep."""

ROUNDS = {
    name: sorted({0, 1, *share.share(f"races, {name}", range(-(-EACH // fewest)), at_most=IN_SHORT)})
    for name, (_, fewest) in SCENES.items()
}


def run(stage: Stage, scene: Scene, name: str, rounds: list[int], racing: track.Track) -> None:
    """Run these rounds of a scene; every second one has the racers meet before locked rows, the others start with seeded delays."""
    for number in rounds:
        stage.rounds = number
        chance = random.Random(f"{share.SEED} {name} {number}")
        made = scene(stage, chance)
        late = [chance.random() * 0.003 for _ in made.calls]
        answers = racing.run(made.calls, late_s=late, gate=made.gate if number % 2 == 0 else "")
        try:
            made.holds(answers)
        except AssertionError as trouble:
            raise AssertionError(f"{name}, round {number}, seed {share.SEED}: {answers}") from trouble


@contextmanager
def racing(scene_name: str) -> Iterator[tuple[Stage, track.Track]]:
    """A shop, and as many racers as the scene has."""
    stage = Stage(small_shop())
    with track.racers(20 if "twenty" in scene_name else 8) as lanes:
        yield stage, lanes


@pytest.mark.parametrize("name", SCENES)
def test_whoever_comes_at_once_the_books_hold(arena: str, name: str) -> None:
    with racing(name) as (stage, lanes):
        run(stage, SCENES[name][0], name, ROUNDS[name], lanes)

    share.tell(f"race on the {arena}, {name}: {lanes.tally}")
    lanes.tally.check()
    report = audit_books.run(AFTER)
    assert report.findings == ()
    assert inventory.audit() == []


def test_there_are_ten_thousand_attempts_in_all() -> None:
    assert sum(-(-EACH // fewest) * fewest for _, fewest in SCENES.values()) >= ATTEMPTS


# ── planted violations ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_race_in_which_nobody_met_anybody_fails() -> None:
    alone = track.Tally()

    for second in range(4):
        alone.add([track.Answer(done=True, value=None, began=second, ended=second + 0.5)], met=0)

    with pytest.raises(AssertionError, match="only 0 of 4 attempts overlapped"):
        alone.check()


def test_calls_that_overlap_and_never_wait_for_a_lock_prove_nothing() -> None:
    loose = track.Tally()

    loose.add([track.Answer(done=True, value=number, began=0, ended=1) for number in range(4)], met=0)

    assert loose.overlapped == 4
    with pytest.raises(AssertionError, match="none of 4 attempts was seen waiting"):
        loose.check()


def test_a_shelf_that_may_be_oversold_is_found() -> None:
    stage = Stage(small_shop())
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = 'inventory_shelf'::regclass AND contype = 'c'")
        for (constraint,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE inventory_shelf DROP CONSTRAINT "{constraint}"')
        cursor.execute("SELECT pg_get_functiondef('inventory_take'::regproc)")
        (body,) = cursor.fetchone()
        unlocked = body.replace(" FOR NO KEY UPDATE", "")
        assert unlocked != body
        cursor.execute(unlocked)

    with track.racers(8) as lanes, pytest.raises(AssertionError, match="last unit, round"):
        run(stage, SCENES["last unit"][0], "last unit", [0, 2, 4], lanes)
