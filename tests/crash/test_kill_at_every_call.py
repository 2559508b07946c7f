"""A process is killed at any one of the calls it makes; whoever comes after ends its work as if nothing had been.

The calls are recorded first, so nothing here knows how many an act has.
"""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest

from shopkeeper.selling.payments.adapters.provider import Provider
from tests import share
from tests.crash import kills, watch
from tests.crash.scenes import SCENES
from tests.crash.stage import FAILED

SLICES = 4 if share.IS_DEEP else 1
AT_HOME = {"methods", "origins", "acknowledgement", "can_be_asked"}
"""What an adapter answers by itself, without a word to its provider; doors ask for it."""

A_FEW = 2
"""How many points of each act a run takes that is not deep."""


def chosen(act: str, every: list[kills.Point], slice_: int) -> list[kills.Point]:
    if share.IS_DEEP:
        return every[slice_::SLICES]
    return sorted(random.Random(f"{share.SEED} {act}").sample(every, min(A_FEW, len(every))))


@pytest.mark.parametrize("slice_", range(SLICES))
@pytest.mark.parametrize("act", SCENES)
def test_at_whatever_call_a_process_is_killed_its_work_ends_once(stage, act, slice_):
    scene = SCENES[act]

    with stage.prepared(scene.prepare) as (prepared, before):
        play = kills.Play(stage, prepared, scene, before)
        calls = play.recorded()
        every = kills.points(calls)
        toll = play.kill_at(calls, chosen(act, every, slice_))

    toll.check()
    assert toll.died
    share.count(f"kills in {act}", len(toll.died), len(every))


def test_a_call_that_slips_past_the_hooks_is_found(stage):
    scene = SCENES["settle, capture"]

    with stage.prepared(scene.prepare) as (prepared, before):
        play = kills.Play(stage, prepared, scene, before)
        calls = play.recorded()
        last = [(len(calls), "after")]
        whole = play.kill_at(calls, last)
        holed = play.kill_at(calls, last, forget=("provider.capture",))

    whole.check()
    with pytest.raises(AssertionError, match="kills < calls: 0 of 1"):
        holed.check()


def test_a_statement_the_watch_does_not_see_is_heard_on_the_wire(stage, monkeypatch):
    scene, hooked = SCENES["ship"], watch._hooked()

    with stage.prepared(scene.prepare) as (prepared, before):
        monkeypatch.setattr(watch, "_hooked", lambda: [each for each in hooked if each[1] != "commit"])
        with pytest.raises(AssertionError, match="the watch saw"):
            kills.recorded(stage, prepared, scene, before)


def test_every_word_of_the_providers_contract_is_watched_and_met(stage):
    """Read from the contract itself: a function added there is a call at which a process can die."""
    contract = {name for name, part in vars(Provider).items() if callable(part) and not name.startswith("_")}
    said = set()

    for act in ("place_order", "settle, give back", "settle, let go", "settle, capture", "sweep, the news lost"):
        scene = SCENES[act]
        with stage.prepared(scene.prepare) as (prepared, before):
            said |= {call.removeprefix("provider.") for call in kills.recorded(stage, prepared, scene, before)}

    assert contract <= set(watch.PROVIDER_CALLS)
    assert contract - AT_HOME <= said


def test_an_act_that_hangs_is_ended_and_has_failed(stage):
    hasty = replace(stage, patience_s=0.5)

    with stage.prepared(lambda: None) as (name, _nothing):
        assert hasty.process(name, lambda: time.sleep(600)) == (FAILED, None)
