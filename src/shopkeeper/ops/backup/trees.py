"""Lake and media into the backup folder: by the hash of their content, so that what is there already is not copied again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from shopkeeper.ops.backup import store
from shopkeeper.ops.backup.shapes import Tree

Entry = dict[str, Any]


class Vanished(Exception):
    """A file that belongs to the point was gone when it was to be copied."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class Copier:
    """Copies trees into one backup folder. Files of the same path, size and time as in the last backup are taken as known."""

    def __init__(self, folder: Path, known: Mapping[str, Sequence[Entry]]) -> None:
        self._folder = folder
        self._known = {(tree, entry["path"]): entry for tree, entries in known.items() for entry in entries}
        self._seen: dict[str, dict[str, Entry]] = {}

    def copy(self, tree: Tree) -> None:
        """Copy every file that is in the tree's folder now; files that go away meanwhile are left out."""
        for path in _walk(tree.root):
            try:
                self._copy(tree, path)
            except FileNotFoundError:
                continue

    def settle(self, tree: Tree) -> list[Entry]:
        """Return the tree's files as of the point just made, copying what is new. Raises Vanished where one cannot be had any more."""
        if tree.listed is None:
            self.copy(tree)
            return [entry for _, entry in sorted(self._seen.get(tree.name, {}).items())]
        found = []
        for named in tree.listed():
            try:
                found.append({**named, **self._copy(tree, named["path"])})
            except FileNotFoundError as error:
                before = self._seen.get(tree.name, {}).get(named["path"])
                if before is not None:
                    found.append({**named, **before})
                elif named["is_live"]:
                    raise Vanished(named["path"]) from error
        return found

    def _copy(self, tree: Tree, path: str) -> Entry:
        status = (tree.root / path).stat()
        seen = self._seen.setdefault(tree.name, {})
        for known in (seen.get(path), self._known.get((tree.name, path))):
            if known and (known["bytes"], known["mtime_ns"]) == (status.st_size, status.st_mtime_ns) and self._has(known):
                seen[path] = _plain(known)
                return seen[path]
        mark, size = store.keep_content(self._folder, tree.root / path)
        seen[path] = {"path": path, "bytes": size, "sha256": mark, "mtime_ns": status.st_mtime_ns}
        return seen[path]

    def _has(self, known: Entry) -> bool:
        try:
            return store.content_path(self._folder, known["sha256"]).stat().st_size == int(known["bytes"])
        except FileNotFoundError:
            return False


def _plain(entry: Entry) -> Entry:
    return {name: entry[name] for name in ("path", "bytes", "sha256", "mtime_ns")}


def _walk(root: Path) -> Iterator[str]:
    """Yield the files below a folder, without those still being written."""
    for inner, _, names in os.walk(root):
        for name in sorted(names):
            path = Path(inner) / name
            if not name.endswith(".tmp") and not path.is_symlink():
                yield path.relative_to(root).as_posix()


def total(entries: Sequence[Entry]) -> dict[str, int]:
    """Return how many files and bytes a tree has."""
    return {"files": len(entries), "size": sum(entry["bytes"] for entry in entries)}
