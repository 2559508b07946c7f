"""The text that Prometheus reads: what all processes have counted, how they are, and the gauges handed in."""

from __future__ import annotations

import contextlib
import os
import platform
from collections.abc import Iterator, Sequence
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from shopkeeper import __version__
from shopkeeper.ops.monitoring import meters
from shopkeeper.ops.monitoring.shapes import Gauge

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_PAGE = os.sysconf("SC_PAGE_SIZE")


class _Now(Collector):
    """Gauges as they stand when asked."""

    def __init__(self, gauges: Sequence[Gauge]) -> None:
        self._gauges = gauges

    def collect(self) -> Iterator[Metric]:
        for gauge in self._gauges:
            family = GaugeMetricFamily(gauge.name, gauge.meaning, labels=gauge.labels)
            for labels, value in gauge.values.items():
                family.add_metric(labels, value)
            yield family


def text(gauges: Sequence[Gauge]) -> bytes:
    """Return everything, in Prometheus's text format."""
    registry = CollectorRegistry()
    if meters.IS_SHARED:
        MultiProcessCollector(registry, path=str(meters.FOLDER))  # type: ignore[no-untyped-call]
    else:
        registry.register(_Kept())
    registry.register(_Now([*gauges, *_processes(), _build()]))
    return generate_latest(registry)


class _Kept(Collector):
    """What this process alone has counted, where there is no folder to share."""

    def collect(self) -> Iterator[Metric]:
        yield from meters.REGISTRY.collect()


def sign(role: str) -> None:
    """Say that this process works for the shop as `web` or `worker`, so that its memory is counted."""
    with contextlib.suppress(OSError):
        (meters.FOLDER / f"process_{os.getpid()}").write_text(role)


def _processes() -> list[Gauge]:
    memory: dict[tuple[str, ...], float] = {}
    number: dict[tuple[str, ...], float] = {}
    for mark in meters.FOLDER.glob("process_*"):
        process = mark.name.removeprefix("process_")
        try:
            role, resident = (mark.read_text(),), int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE
        except (OSError, ValueError, IndexError):
            # It has died; its successor has signed for itself.
            continue
        memory[role] = memory.get(role, 0) + resident
        number[role] = number.get(role, 0) + 1
    return [
        Gauge(name="shopkeeper_processes", meaning="Processes at work.", labels=("role",), values=number),
        Gauge(name="shopkeeper_resident_memory_bytes", meaning="Memory, shared pages counted in each.", labels=("role",), values=memory),
    ]


def _build() -> Gauge:
    return Gauge(
        name="shopkeeper_build_info", meaning="Always 1; its labels say what runs.", labels=("version", "python"),
        values={(__version__, platform.python_version()): 1.0},
    )  # fmt: skip
