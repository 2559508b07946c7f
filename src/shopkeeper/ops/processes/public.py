"""The face of the processes room: start children that cannot outlive their parent, and keep a group of them running."""

from __future__ import annotations

from shopkeeper.ops.processes.child import end_with_parent, spawn

__all__ = ["end_with_parent", "spawn"]
