"""Who may import what across rooms, checked over the source itself."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "shopkeeper"
GROUPS = {"selling", "insight", "growth", "supply", "trust", "ops"}
OPEN_TO_ALL = {"public", "shapes"}
# A test counts rows behind a face, plants what must not be there, and makes a fake misbehave.
OPEN_TO_TESTS = {"models", "adapters"}
ONLY_FOR = {"reactions": ("wiring",), "jobs": ("wiring",), "console": ("doors", "console")}


@dataclass(frozen=True)
class Breach:
    importer: str
    imported: str

    def __str__(self) -> str:
        return f"{self.importer} imports {self.imported}: enter a room only by its face (public, shapes)"


def room_of(module: str) -> tuple[str, ...] | None:
    """Return the room a module belongs to, as path parts below the package; None for kit, flows, doors and wiring."""
    parts = module.split(".")[1:]
    if parts[:1] == ["events"]:
        return ("events",)
    if len(parts) >= 2 and parts[0] in GROUPS:
        return (parts[0], parts[1])
    return None


def is_breach(importer: str, imported: str) -> bool:
    """Return whether this import goes around a room's face."""
    room = room_of(imported)
    if room is None or room_of(importer) == room:
        return False
    inside = imported.split(".")[1 + len(room) :]
    # The shapes of a large room stand in several files: shapes.py, shapes_collections.py.
    if not inside or inside[0].partition("_")[0] in OPEN_TO_ALL:
        return False
    if room == ("events",) and inside[0] == "facts":
        return False
    if "tests" in importer.split(".") and (inside[:2] == ["tests", "builders"] or inside[0] in OPEN_TO_TESTS):
        return False
    # What staff see of a large room stands in several files: console.py, console_traits.py.
    allowed = ONLY_FOR.get(inside[0].partition("_")[0])
    return allowed is None or tuple(importer.split(".")[1 : 1 + len(allowed)]) != allowed


def imports_of(source: str, module: str) -> Iterator[str]:
    """Yield every module this source imports from the package, also inside functions and under TYPE_CHECKING."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("shopkeeper."))
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = module.split(".")[: -node.level]
                base = ".".join([*above, base]).rstrip(".")
            if base.startswith("shopkeeper"):
                yield from (_deepest(base, alias.name) for alias in node.names)


def _deepest(base: str, name: str) -> str:
    candidate = PACKAGE.parent / Path(*base.split("."))
    is_module = (candidate / f"{name}.py").exists() or (candidate / name / "__init__.py").exists()
    return f"{base}.{name}" if is_module else base


def breaches() -> list[Breach]:
    """Return every import in the package that goes around a face."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        module = ".".join(["shopkeeper", *path.relative_to(PACKAGE).with_suffix("").parts])
        found += [Breach(module, imported) for imported in imports_of(path.read_text(), module) if is_breach(module, imported)]
    return found
