"""Making the schema dump: a full migration on a throw-away server, then pg_dump. For developers and CI; a shop never needs it."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

from shopkeeper.ops.database import binaries, schema
from shopkeeper.ops.database.rules import dump_text


def make(*, url: str) -> str:
    """Return the dump of the empty database at `url`, to which Django's default connection points, after running every migration."""
    started = datetime.now(UTC)
    schema.bring_up_to_date(dump=Path("/nonexistent"))
    dumped = subprocess.run(
        [binaries.locate().program("pg_dump"), "--no-owner", "--no-privileges", "--rows-per-insert=200", url],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return dump_text.clean(dumped.stdout, files=schema.migration_files(), made_after=started)


def write(*, url: str) -> list[str]:
    """Make the dump and keep it; always returns an empty list: there is no difference left."""
    schema.DUMP.write_text(make(url=url), encoding="utf-8")
    return []


def check(*, url: str) -> list[str]:
    """Make the dump and return the first lines in which the kept one differs from it."""
    kept = schema.DUMP.read_text(encoding="utf-8") if schema.DUMP.exists() else ""
    return dump_text.difference(kept, make(url=url))
