"""The track: racers are processes of their own, each with its own connection, that start a round at one moment."""

from __future__ import annotations

import multiprocessing
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import psycopg
from django.db import connection, connections

from shopkeeper.kit.refusals import Refusal
from tests.races import acts

PATIENCE_S = 120
HEADSTART_S = 0.004
"""Long enough for every racer to have read its job before the round begins."""

Call = tuple[Callable[..., Any], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a racer's call came to: `done` with a value, or `refused` with the refusal's code; when it began and ended, in seconds."""

    done: bool
    value: Any
    began: float
    ended: float


class Fell(AssertionError):
    """A racer's call ended in something that is no refusal: a deadlock, a broken constraint, a fault."""


@dataclass
class Tally:
    """How many calls were made, how many ran while another one of their round did, how many were seen before a lock at one moment."""

    attempts: int = 0
    overlapped: int = 0
    met: int = 0

    def add(self, answers: Sequence[Answer], met: int) -> None:
        self.attempts += len(answers)
        self.overlapped += sum(
            any(mine is not other and mine.began < other.ended and other.began < mine.ended for other in answers) for mine in answers
        )
        self.met += met

    def check(self) -> None:
        """Assert that there was a race at all: where nobody met anybody nothing was proven."""
        assert self.attempts > 0, "no attempt was made"
        assert self.overlapped > self.attempts // 2, f"only {self.overlapped} of {self.attempts} attempts overlapped with another"
        assert self.met > 0, f"none of {self.attempts} attempts was seen waiting before a lock together with others"

    def __str__(self) -> str:
        return f"{self.attempts} attempts, {self.overlapped} overlapped, {self.met} met at a lock"


@dataclass
class Track:
    """Racers that stand ready. `run` has them make their calls at once; with `gate` they are first let to meet before locked rows."""

    lanes: Sequence[Connection]
    tally: Tally = field(default_factory=Tally)

    def run(self, calls: Sequence[Call], *, late_s: Sequence[float] = (), gate: str = "") -> list[Answer]:
        """Return the answers in the order of the calls.

        `late_s` says by how much each starts later; `gate` names rows (`inventory_shelf WHERE variant_id = 1`) to be kept locked until
        at least two of the racers stand before a lock and no more come. Raises Fell where a call broke.
        """
        assert len(calls) <= len(self.lanes), "more calls than racers"
        met = 0
        if gate:
            with _locked(gate) as let_go:
                self._send(calls, late_s)
                met = let_go()
        else:
            self._send(calls, late_s)
        answers = [self._answer(lane) for lane in self.lanes[: len(calls)]]
        self.tally.add(answers, met)
        return answers

    def _send(self, calls: Sequence[Call], late_s: Sequence[float]) -> None:
        start = time.monotonic() + HEADSTART_S
        for place, (lane, (act, words)) in enumerate(zip(self.lanes, calls, strict=False)):
            lane.send((act.__name__, dict(words), start + (late_s[place] if late_s else 0.0)))

    def _answer(self, lane: Connection) -> Answer:
        assert lane.poll(PATIENCE_S), "a racer did not come in"
        how, value, began, ended = lane.recv()
        if how == "fell":
            raise Fell(value)
        return Answer(how == "done", value, began, ended)


@contextmanager
def racers(number: int) -> Iterator[Track]:
    """Stand so many racers on a track and take them off at the end."""
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    pairs = [fork.Pipe() for _ in range(number)]
    runners = [fork.Process(target=_race, args=(theirs,), daemon=True) for _, theirs in pairs]
    for runner in runners:
        runner.start()
    try:
        yield Track([ours for ours, _ in pairs])
    finally:
        for runner in runners:
            runner.kill()
        for runner in runners:
            runner.join()


def _race(lane: Connection) -> None:
    while True:
        name, words, start = lane.recv()
        time.sleep(max(0.0, start - time.monotonic()))
        began = time.monotonic()
        try:
            how, value = "done", getattr(acts, name)(**words)
        except Refusal as refusal:
            how, value = "refused", refusal.code
        except Exception:  # noqa: BLE001 - whatever it was, the one who judges the race must hear it
            how, value = "fell", traceback.format_exc()
        lane.send((how, value, began, time.monotonic()))


@contextmanager
def _locked(rows: str) -> Iterator[Callable[[], int]]:
    """Keep rows locked; the function given waits until two or more stand before a lock and no more come, and says how many they were."""
    url = connection.settings_dict
    where = {
        "dbname": url["NAME"], "user": url["USER"], "password": url["PASSWORD"], "host": url["HOST"], "port": url["PORT"]
    }  # fmt: skip
    given = {name: value for name, value in where.items() if value}
    with psycopg.connect(**given) as holder, psycopg.connect(**given, autocommit=True) as watch:
        holder.execute(f"SELECT FROM {rows} FOR UPDATE")

        def let_go() -> int:
            seen, same, ends = 0, 0, time.monotonic() + 2
            while time.monotonic() < ends and not (seen >= 2 and same >= 4):
                time.sleep(0.01)
                row = watch.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                ).fetchone()
                waiting = row[0] if row else 0
                same = same + 1 if waiting == seen else 0
                seen = waiting
            holder.rollback()
            return seen if seen >= 2 else 0

        yield let_go
