"""A running server with a table, folders for lake and media, and processes of their own that back it up or restore it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from shopkeeper.ops.backup import public as backup
from shopkeeper.ops.backup.rules import manifest
from shopkeeper.ops.backup.shapes import Kept, Proof, Restored, Tree
from shopkeeper.ops.database import public as database
from shopkeeper.ops.database.shapes import Server

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
# Processes are killed here, not the power: the disk need not be waited for.
HASTE = {"fsync": "off", "shared_buffers": "32MB"}


@dataclass
class Shop:
    """A data folder with a running server, one table `kept`, and files."""

    data_dir: Path
    folder: Path
    server: Server
    listed: list[dict[str, Any]] | None = field(default=None)

    def one(self, query: str) -> Any:
        return one(self.server.url, query)

    def write(self, *numbers: int) -> None:
        with psycopg.connect(self.server.url) as connection:
            for number in numbers:
                connection.execute("INSERT INTO kept VALUES (%s)", [number])

    def file(self, path: str, content: str) -> None:
        target = self.data_dir / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)

    def trees(self) -> list[Tree]:
        lake = Tree(name="lake", root=self.data_dir / "lake", listed=None if self.listed is None else lambda: list(self.listed or ()))
        return [lake, Tree(name="media", root=self.data_dir / "media")]

    def back_up(self, name: str, *, trees: Sequence[Tree] | None = None, keeps_log: bool = True, now: datetime = NOON) -> Kept:
        return backup.take(
            folder=self.folder, name=name, data_dir=self.data_dir, database_url=self.server.url, trees=trees or self.trees(),
            versions={"shopkeeper": "1"}, secret_key=self.data_dir / "secret_key", keeps_log=keeps_log, now=now,
        )  # fmt: skip

    def apart(self, code: str, **values: str) -> subprocess.Popen[str]:
        """Start a process that takes or restores a backup as `code` says, with this shop's folders at hand."""
        text = _APART + code
        named = {"data_dir": str(self.data_dir), "folder": str(self.folder), "url": self.server.url, **values}
        return subprocess.Popen([sys.executable, "-c", text, json.dumps(named)], stdout=subprocess.PIPE, text=True, env=dict(os.environ))


_APART = """
import json, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shopkeeper.ops.backup import public as backup, taking, trees, store, archive, programs, restoring
from shopkeeper.ops.backup.shapes import Tree
given = json.loads(sys.argv[1])
data_dir, folder = Path(given["data_dir"]), Path(given["folder"])
def take(name):
    return backup.take(folder=folder, name=name, data_dir=data_dir, database_url=given["url"],
        trees=[Tree(name=tree, root=data_dir / tree) for tree in ("lake", "media")], versions={}, secret_key=None, keeps_log=True,
        now=datetime.now(UTC))
def stand(where):
    print(where, flush=True)
    import time
    time.sleep(600)
"""


def one(url: str, query: str) -> Any:
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(query)
        row = found.fetchone() if found.description else None  # type: ignore[call-overload]
        return None if row is None else row[0]


@contextmanager
def restored(shop: Shop, target: Path, **which: Any) -> Iterator[Restored]:
    with backup.restoring_to(folder=shop.folder, data_dir=target, **which) as found:
        yield found


def contents(folder: Path) -> Mapping[str, str]:
    """Return every file below a folder with its text."""
    return {path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def make(data_dir: Path) -> None:
    """Make a data folder with a stopped server that has one table."""
    with database.running(data_dir=data_dir, extra_settings=HASTE) as server, psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept (number integer PRIMARY KEY)")
    (data_dir / "secret_key").write_text("hush-" * 12)
    (data_dir / "secret_key").chmod(0o600)
    for name in ("lake", "media"):
        (data_dir / name).mkdir()


def shelve(folder: Path, name: str, *, hours: int, proof: Proof | None = None) -> None:
    """Put a backup of so many hours ago onto the shelf, as far as lists look at it."""
    at = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    (folder / name).mkdir()
    body = {
        "format": manifest.FORMAT, "name": name, "kind": "dump", "point": {"name": name, "lsn": "0/3000090", "at": at, "timeline": 1},
        "begun_at": at, "seconds": 1.5, "parts": [{"path": "database.dump", "size": 5_000_000, "sha256": ""}], "system": "1",
        "versions": {}, "trees": {"lake": {"files": 12, "size": 9_000_000}}, "first_segment": "", "last_segment": "", "segment_bytes": 0,
    }  # fmt: skip
    (folder / name / "manifest.json").write_text(manifest.sealed(body))
    if proof:
        backup.record_proof(folder=folder, name=name, proof=proof)
