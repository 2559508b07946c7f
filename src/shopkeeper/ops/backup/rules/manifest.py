"""The text of a manifest: pure writing and reading, with a hash over itself so that a flipped byte in it is noticed too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shopkeeper.ops.backup.shapes import Kept, Point, Proof

FORMAT = 1


class Unreadable(ValueError):
    """The manifest is not one, or was changed after it was written."""


def sealed(body: Mapping[str, Any]) -> str:
    """Return a manifest as text, its own hash included."""
    return json.dumps({**body, "seal": _seal(body)}, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def opened(text: str) -> dict[str, Any]:
    """Return what a manifest says. Raises Unreadable where it is cut off, changed, or of a newer format."""
    try:
        body = json.loads(text)
        seal = body.pop("seal")
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise Unreadable("its manifest cannot be read") from error
    if seal != _seal(body):
        raise Unreadable("its manifest was changed after it was written")
    if body.get("format") != FORMAT:
        raise Unreadable(f"its manifest has format {body.get('format')}, this version reads {FORMAT}")
    return dict(body)


def _seal(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def kept(body: Mapping[str, Any], proof: Mapping[str, Any] | None) -> Kept:
    """Return a manifest, and the proof beside it, as a shape."""
    point = body["point"]
    return Kept(
        name=body["name"],
        kind=body["kind"],
        point=Point(name=point["name"], lsn=point["lsn"], at=datetime.fromisoformat(point["at"]), timeline=point["timeline"]),
        begun_at=datetime.fromisoformat(body["begun_at"]),
        seconds=body["seconds"],
        size=sum(part["size"] for part in body["parts"]),
        tree_size=sum(tree["size"] for tree in body["trees"].values()),
        files=sum(tree["files"] for tree in body["trees"].values()),
        first_segment=body["first_segment"],
        last_segment=body["last_segment"],
        system=body["system"],
        versions=body["versions"],
        has_secret_key=any(part["path"] == "secret_key" for part in body["parts"]),
        proof=proof_of(proof) if proof else None,
    )


def proof_of(body: Mapping[str, Any]) -> Proof:
    """Return a stored proof as a shape."""
    return Proof(at=datetime.fromisoformat(body["at"]), seconds=body["seconds"], problems=tuple(body["problems"]))
