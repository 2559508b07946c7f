"""Record every call of a scene, then play it again and kill the process at each of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from django.db import connection
from psycopg.pq import Trace

from tests.crash.scenes import Before, Scene, all_is_well, recover
from tests.crash.stage import Stage
from tests.crash.watch import KILLED, Watch

Point = tuple[int, str]


@dataclass
class Toll:
    """How many calls were recorded, at which points a kill was tried, and at which the process really died."""

    calls: Sequence[str]
    tried: list[Point] = field(default_factory=list)
    died: list[Point] = field(default_factory=list)

    def check(self) -> None:
        """Assert that every kill that was tried happened: a call that slipped past the hooks shows here."""
        missed = sorted(set(self.tried) - set(self.died))
        named = ", ".join(f"{when} {number} ({self.calls[number - 1]})" for number, when in missed[:5])
        assert not missed, f"kills < calls: {len(self.died)} of {len(self.tried)}; not killed {named}"


def recorded(stage: Stage, prepared: str, scene: Scene, before: Before) -> list[str]:
    """Return the calls of a scene, in order, as they come without any kill; the scene must end well that way too.

    The wire to the database is listened to meanwhile: a statement that the watch does not see is an error here.
    """
    with stage.copy(prepared) as name:
        calls, said = stage.play(name, lambda: overheard(scene, before, stage.folder / name / "wire"))
        seen = sum(call.startswith("sql ") for call in calls)
        assert seen == said, f"the watch saw {seen} statements, the wire carried {said}"
        stage.play(name, lambda: _aftermath(scene, before))
    return list(calls)


def overheard(scene: Scene, before: Before, file: Path) -> tuple[list[str], int]:
    """Play a scene and return the calls the watch saw, and how many statements the wire itself carried."""
    with Watch().watching() as seen, file.open("w") as wire:
        server = connection.connection.pgconn
        server.trace(wire.fileno())
        server.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)
        scene.act(before)
        server.untrace()
    return seen.calls, statements(file.read_text().splitlines())


def statements(wire: Sequence[str]) -> int:
    """Return how many statements a trace of the wire carried: all that was answered, less what goes with a statement by itself."""
    answers = sum("\tReadyForQuery\t" in line for line in wire)
    begun = sum('\tQuery\t "BEGIN' in line or '\tQuery\t "DEALLOCATE' in line for line in wire)
    asked = [line.split("\t")[2] for line in wire if line.startswith("F\t")]
    # Where a statement is prepared, its text goes first and alone.
    prepared = sum(word == "Parse" and after == "Sync" for word, after in pairwise(asked))
    return answers - begun - prepared


def points(calls: Sequence[str]) -> list[Point]:
    return [(number, when) for number in range(1, len(calls) + 1) for when in ("before", "after")]


@dataclass(frozen=True)
class Play:
    """A scene with what stands before it, in a database of a stage."""

    stage: Stage
    prepared: str
    scene: Scene
    before: Before

    def recorded(self) -> list[str]:
        return recorded(self.stage, self.prepared, self.scene, self.before)

    def kill_at(self, calls: Sequence[str], at: Iterable[Point], *, forget: tuple[str, ...] = ()) -> Toll:
        """Kill the scene's process at each of these points, recover, assert that all is well, and return the toll."""
        toll = Toll(calls)
        for point in at:
            toll.tried.append(point)
            with self.stage.copy(self.prepared) as name:
                if self._dies(name, point, calls, forget):
                    toll.died.append(point)
                try:
                    self.stage.play(name, lambda: _aftermath(self.scene, self.before))
                except AssertionError as trouble:
                    raise AssertionError(f"killed {point[1]} call {point[0]} ({calls[point[0] - 1]}):\n{trouble}") from None
        return toll

    def _dies(self, name: str, point: Point, calls: Sequence[str], forget: tuple[str, ...]) -> bool:
        status, said = self.stage.process(name, lambda: _doomed(self.scene, self.before, point, forget))
        assert status in (KILLED, 0), f"{point[1]} {point[0]} ({calls[point[0] - 1]}): {said}"
        return status == KILLED


def _doomed(scene: Scene, before: Before, point: Point, forget: tuple[str, ...]) -> None:
    with Watch(*point, forget=forget).watching():
        scene.act(before)


def _aftermath(scene: Scene, before: Before) -> None:
    if scene.again is not None:
        scene.again(before)
    recover()
    scene.holds(before)
    all_is_well()
