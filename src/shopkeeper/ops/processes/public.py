"""The face of the processes room: children that cannot outlive their parent, and a group of parts kept running."""

from __future__ import annotations

from shopkeeper.ops.processes.child import end_with_parent, postponing_signals, run_whole, spawn
from shopkeeper.ops.processes.group import Forked, Group, Part, apart
from shopkeeper.ops.processes.web import collect_static, serve

__all__ = ["Forked", "Group", "Part", "apart", "collect_static", "end_with_parent", "postponing_signals", "run_whole", "serve", "spawn"]
