"""The web server: granian, two processes, WSGI, serving the collected static files itself."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shopkeeper.ops.monitoring import public as monitoring
from shopkeeper.ops.processes.child import end_with_parent


def serve(*, port: int, workers: int, static: Path) -> None:
    """Serve the shop on the loopback address until SIGTERM. Django is already set up in this process; the workers share it by forking."""
    from django.conf import settings
    from django.utils.module_loading import import_string
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    application = import_string(settings.WSGI_APPLICATION)
    server = Server(
        target="shop",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
        # Its lines go the way of all others.
        log_dictconfig={"formatters": {}, "handlers": {}, "loggers": {"_granian": {"handlers": [], "propagate": True}}},
        static_path_route=["/static"],
        static_path_mount=[static],
    )
    server.serve(target_loader=_loader(application, parent=os.getpid()), wrap_loader=False)


def _loader(application: Any, *, parent: int) -> Callable[..., Any]:
    def load(*_: object) -> Any:
        # granian's own workers would outlive a killed parent and keep the port.
        end_with_parent(parent=parent, ending=signal.SIGKILL)
        monitoring.begin("web")
        return application

    return load


def collect_static(*, target: Path) -> bool:
    """Copy every static file under `target` unless that was done from the same files before; return whether anything was copied."""
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    stamp = target / ".collected"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return False
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(digest.hexdigest())
    return True
