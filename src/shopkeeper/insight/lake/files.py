"""Parquet files on the disk: written whole under a passing name, made durable, then renamed. Nothing here knows the manifest."""

import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from shopkeeper.insight.lake.shapes import Column

ROW_GROUP = 100_000


def root() -> Path:
    """Return the lake's folder."""
    return Path(settings.LAKE_DIR)


def write(table: str, day: date, rows: Any) -> tuple[str, int]:
    """Write an Arrow table as a new file of a day; return its path below the lake's folder and its size.

    It outlives a power cut only once `make_durable` has returned.
    """
    import pyarrow.parquet as pq

    path = f"{table}/{day:%Y/%m/%d}/{uuid.uuid4().hex}.parquet"
    final = root() / path
    final.parent.mkdir(parents=True, exist_ok=True)
    passing = final.with_suffix(".tmp")
    pq.write_table(rows, passing, compression="zstd", row_group_size=ROW_GROUP, store_schema=False)
    passing.rename(final)
    return path, final.stat().st_size


def make_durable(paths: Sequence[str]) -> None:
    """Return once these files, and their names in their folders, are on the disk.

    Many at a time: the file system then commits its journal once for all of them, which is what a sync by itself costs.
    """
    written = [root() / path for path in paths]
    folders = {folder for path in written for folder in (path.parent, path.parent.parent, path.parent.parent.parent)}
    with ThreadPoolExecutor(max_workers=32) as pool:
        list(pool.map(_sync, written))
        list(pool.map(_sync, folders))


def arrow_schema(columns: Sequence[Column]) -> Any:
    """Return the Arrow schema of lake columns."""
    import pyarrow as pa

    kinds = {"int": pa.int64(), "str": pa.string(), "bool": pa.bool_(), "list": pa.list_(pa.string())}
    return pa.schema([(column.name, kinds[column.type]) for column in columns])


def arrow_table(columns: Sequence[Column], values: Mapping[str, Sequence[object]]) -> Any:
    """Return an Arrow table of columns given by name."""
    import pyarrow as pa

    return pa.table([values[column.name] for column in columns], schema=arrow_schema(columns))


def read(paths: Sequence[str], columns: Sequence[Column]) -> Any:
    """Return the rows of several files as one Arrow table, sorted by time and fact; columns a file does not have are empty."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = arrow_schema(columns)
    parts = [_fitted(pq.read_table(root() / path, partitioning=None), schema) for path in paths]
    return pa.concat_tables(parts).sort_by([("ts_us", "ascending"), ("fact_id", "ascending")])


def fact_ids(path: str) -> set[int]:
    """Return the facts a file holds."""
    import pyarrow.parquet as pq

    return set(pq.read_table(root() / path, columns=["fact_id"], partitioning=None).column("fact_id").to_pylist())


def row_count(path: str) -> int | None:
    """Return how many rows a file holds by its footer, None where it is missing or unreadable."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return int(pq.read_metadata(root() / path).num_rows)
    except (OSError, pa.ArrowInvalid):
        return None


def all_files() -> Iterator[tuple[str, float]]:
    """Yield every file of the lake, finished or not, with its modification time in seconds since 1970."""
    for pattern in ("*.parquet", "*.tmp"):
        for path in root().glob(f"*/*/*/*/{pattern}"):
            yield path.relative_to(root()).as_posix(), path.stat().st_mtime


def remove(path: str) -> None:
    """Remove a file; gone already is as good."""
    (root() / path).unlink(missing_ok=True)


def _fitted(rows: Any, schema: Any) -> Any:
    import pyarrow as pa

    have = set(rows.column_names)
    columns = [rows.column(field.name) if field.name in have else pa.nulls(rows.num_rows, field.type) for field in schema]
    return pa.table(columns, schema=schema)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
