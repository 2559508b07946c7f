"""A lean load client: keep-alive connections over plain sockets in a process of its own, so that it takes little from the server.

Each connection sends its next request when the answer to the last has arrived whole. Bodies are counted, not read; one of each
address is kept, so that the caller can look whether it was the right page.
"""

from __future__ import annotations

import multiprocessing
import os
import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

BROWSER = (
    "Accept: text/html\r\nAccept-Encoding: gzip, deflate, br\r\nAccept-Language: en-GB,en;q=0.9\r\n"
    "Cookie: consent=no.bench; basket=2.bench-nobody\r\nUser-Agent: bench\r\n"
)
"""What a browser sends that has answered the privacy question and carries a basket."""


@dataclass
class Load:
    """What one run came to: answers a second, waits in seconds, the client's share of one core, and the statuses seen."""

    rate: float
    waits: list[float]
    cpu_share: float
    statuses: dict[int, int]
    samples: dict[str, bytes] = field(default_factory=dict)

    def wait_ms(self, share: float) -> float:
        """Return the wait in milliseconds within which this share of the answers came."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000

    @property
    def is_clean(self) -> bool:
        """Whether every answer was a 200."""
        return set(self.statuses) == {200}


def load(port: int, addresses: Sequence[str], *, seconds: float, connections: int = 8, headers: str = BROWSER) -> Load:
    """Ask for these addresses in turn for so many seconds over so many connections, from a child process."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_run, args=(theirs, port, tuple(addresses), seconds, connections, headers))
    child.start()
    theirs.close()
    result: Load = ours.recv()
    child.join()
    return result


def _run(pipe: object, port: int, addresses: tuple[str, ...], seconds: float, connections: int, headers: str) -> None:  # noqa: PLR0917 - as the child is given them
    requests = [f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers}\r\n".encode() for address in addresses]
    pipe.send(_pump(port, addresses, requests, seconds, connections))  # type: ignore[attr-defined]


def _pump(port: int, addresses: tuple[str, ...], requests: list[bytes], seconds: float, connections: int) -> Load:
    poll = select.epoll()
    lanes: dict[int, _Lane] = {}
    for _ in range(connections):
        lane = _Lane(socket.create_connection(("127.0.0.1", port), timeout=30))
        lane.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lanes[lane.line.fileno()] = lane
        poll.register(lane.line, select.EPOLLIN)
    waits: list[float] = []
    statuses: dict[int, int] = {}
    samples: dict[str, bytes] = {}
    turn = 0
    began, used = time.perf_counter(), sum(os.times()[:2])
    for lane in lanes.values():
        turn = lane.ask(requests, turn)
    until = began + seconds
    while (now := time.perf_counter()) < until:
        for number, _ in poll.poll(until - now):
            lane = lanes[number]
            if lane.has_arrived():
                waits.append(time.perf_counter() - lane.asked_at)
                status = int(lane.got[9:12])
                statuses[status] = statuses.get(status, 0) + 1
                if len(samples) < len(addresses) and (address := addresses[lane.turn]) not in samples:
                    samples[address] = bytes(lane.got)
                turn = lane.ask(requests, turn)
    took = time.perf_counter() - began
    cpu = (sum(os.times()[:2]) - used) / took
    return Load(len(waits) / took, waits, cpu, statuses, samples)


class _Lane:
    """One connection and the answer that is coming in on it."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self.got = bytearray()
        self.whole = -1
        self.asked_at = 0.0
        self.turn = 0

    def ask(self, requests: list[bytes], turn: int) -> int:
        self.got.clear()
        self.whole = -1
        self.turn = turn
        self.asked_at = time.perf_counter()
        self.line.sendall(requests[turn])
        return (turn + 1) % len(requests)

    def has_arrived(self) -> bool:
        block = self.line.recv(1 << 18)
        if not block:
            raise SystemExit("the server closed a connection")
        self.got += block
        if self.whole < 0:
            end = self.got.find(b"\r\n\r\n")
            if end < 0:
                return False
            head = bytes(self.got[:end]).lower()
            place = head.find(b"content-length:")
            if place < 0:
                raise SystemExit(f"an answer without its length: {head[:200]!r}")
            self.whole = end + 4 + int(head[place + 15 :].split(b"\r\n", 1)[0])
        return len(self.got) >= self.whole
