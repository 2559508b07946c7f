"""`shopkeeper up`: database, web and worker as one group of processes, from nothing to a shop that answers."""

from __future__ import annotations

import argparse
import contextlib
import gc
import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from shopkeeper.doors.cli import place
from shopkeeper.doors.cli.refusals import PortTaken, ShopNotOpened, WebDidNotAnswer, told
from shopkeeper.doors.cli.tables import Bar
from shopkeeper.doors.cli.texts import _
from shopkeeper.kit.refusals import Refusal
from shopkeeper.ops.database import public as database
from shopkeeper.ops.processes import public as processes

_WORKER = "shopkeeper.wiring.worker.run"
_WEB_PROCESSES = 2
_WEB_PATIENCE_S = 60.0


def up(words: argparse.Namespace) -> int:
    """Start the shop and keep it running until Ctrl-C or SIGTERM."""
    began = time.monotonic()
    if words.end_with_parent:
        # A killed `make` would otherwise leave the shop running with nobody to stop it.
        processes.end_with_parent(parent=os.getppid())
    folder, port = place.data_dir(), place.port()
    if not database.was_held(folder):
        # Before anything is made. Where the folder has been held, its shop may be running: then that is to be said, not whose port it is.
        _check_port(port)
    with _stopped_by_signals(), database.held(data_dir=folder, database_url=place.database_url()) as cluster:
        group = processes.Group([_Database(cluster, folder)] if cluster else [], say=_tell)
        try:
            _check_port(port)
            _say(_("Data folder: %s") % folder)
            _say(_("Starting the database"))
            group.start()
            if not cluster:
                place.enter_django(url=place.database_url(), folder=folder)
            _prepare_shop(is_empty=words.empty)
            _forget_counts()
            group.add(processes.Forked(name="web", run=lambda: _serve(port), before_fork=_settle))
            group.add(processes.Forked(name="worker", run=_work, before_fork=_settle, patience_s=25.0))
            _wait_for_page(port, group)
            _welcome(port, began)
            group.run()
            _say(_("Stopping"))
        except KeyboardInterrupt:
            _say(_("Stopping"))
        finally:
            with _undisturbed():
                group.stop()
    _say(_("Stopped; nothing is left running"))
    return 0


class _Database:
    """The embedded server as a part of the group."""

    name = "database"

    def __init__(self, cluster: database.Cluster, folder: Path) -> None:
        self._cluster = cluster
        self._folder = folder
        self._was_entered = False

    def start(self) -> None:
        # To import everything takes one core for as long as the server needs another: side by side the first page comes sooner.
        self._cluster.start(meanwhile=None if self._was_entered else self._enter_django)

    def _enter_django(self) -> None:
        place.enter_django(url=self._cluster.url(), folder=self._folder)
        self._was_entered = True

    def is_alive(self) -> bool:
        return self._cluster.is_alive()

    def stop(self) -> None:
        self._cluster.stop()


def _prepare_shop(*, is_empty: bool) -> None:
    from django.conf import settings

    database.bring_up_to_date(say=lambda text: _say(_(text)))
    # Apart, because the import starts threads, and web and worker are forked from this process later.
    if not processes.apart(lambda: _open_shop(is_empty=is_empty), before_fork=_settle):
        raise ShopNotOpened
    if processes.collect_static(target=Path(settings.STATIC_ROOT)):
        _say(_("Pictures and styles laid out"))


def _forget_counts() -> None:
    """Begin with figures of this run: nobody counts yet."""
    from django.conf import settings

    from shopkeeper.ops.monitoring import public as monitoring

    monitoring.forget(settings.METRICS_DIR)


def _open_shop(*, is_empty: bool) -> None:
    from shopkeeper.flows import open_shop
    from shopkeeper.selling.shop import public as shop

    now = datetime.now(UTC)
    try:
        if not shop.is_open() and is_empty:
            _say(_("Opening an empty shop"))
            open_shop.empty(now=now)
        elif not shop.is_open() or open_shop.is_unfinished():
            _say(_("Opening the sample shop (real trade, about 15 seconds)"))
            open_shop.sample(now=now, tell=Bar())
        elif open_shop.lacks_what_is_kept_now():
            _say(_("Adding what this version keeps of the sample's trade"))
            open_shop.sample(now=now)
    except Refusal as refusal:
        print(told(refusal), file=sys.stderr)
        raise SystemExit(2) from None


def _settle() -> None:
    """Be ready to fork: no open connections, everything imported, and memory that the children can share."""
    from django.conf import settings
    from django.db import connections
    from django.urls import get_resolver
    from django.utils.module_loading import import_string

    import_string(settings.WSGI_APPLICATION)
    assert get_resolver().url_patterns
    connections.close_all()
    gc.collect()
    gc.freeze()


def _serve(port: int) -> None:
    from django.conf import settings

    processes.serve(port=port, workers=_WEB_PROCESSES, static=Path(settings.STATIC_ROOT))


def _work() -> None:
    from django.utils.module_loading import import_string

    import_string(_WORKER)()


def _check_port(port: int) -> None:
    """Raise PortTaken if another program listens there. What a killed start left behind may need a moment to go."""
    until = time.monotonic() + 1.5
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                if time.monotonic() > until:
                    raise PortTaken(port=port, other=port + 1 if port < 65535 else port - 1) from error
            else:
                return
        time.sleep(0.1)


def _wait_for_page(port: int, group: processes.Group) -> None:
    until = time.monotonic() + _WEB_PATIENCE_S
    while time.monotonic() < until:
        group.look_after()
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/healthz")
            if connection.getresponse().status < 500:
                return
        time.sleep(0.05)
    raise WebDidNotAnswer(port=port, seconds=int(_WEB_PATIENCE_S))


def _welcome(port: int, began: float) -> None:
    from django.db import connections

    from shopkeeper.ops.access import public as access

    now = datetime.now(UTC)
    first = access.create_first_staff(now=now) or access.renew_first_password(now=now)
    connections.close_all()
    print()
    print(_("The shop is open, after %.1f seconds.") % (time.monotonic() - began))
    print("  " + _("Storefront") + f"  http://127.0.0.1:{port}/")
    print("  " + _("Console") + f"     http://127.0.0.1:{port}/console/")
    if first is not None:
        print(
            "  "
            + _("Sign in to the console as %(email)s with the one-time password %(password)s")
            % {"email": first.email, "password": first.password}
        )
    print(_("Ctrl-C stops everything."), flush=True)


def _say(text: str) -> None:
    print(f"· {text}", flush=True)


def _tell(event: str, name: str) -> None:
    shown = {"stopped": _("%s has stopped and will be started again"), "restarted": _("%s runs again")}[event]
    print(f"· {shown % name}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """While starting, let SIGTERM interrupt as Ctrl-C does."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    former = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """While stopping, take no more signals: a second Ctrl-C must not leave something running. Every stop has its own limit of time."""
    former = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
