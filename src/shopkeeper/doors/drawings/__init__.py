"""Drawn pictures for goods without a photo: a flat silhouette on a tinted ground with the paper disc.

A picture is named by a short text, `shape`, `shape+motif` or `shape+motif+tint` (`bag+spots+red`); parts nobody named come from the seed,
so the same good always looks the same and a shelf of goods looks composed. Colours are the page's own, with values behind them.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from shopkeeper.doors.drawings import motifs
from shopkeeper.doors.drawings.scene import hero_svg
from shopkeeper.doors.drawings.shapes import FRAGMENTS, HANGING, LYING, MARKS

__all__ = ["FALLBACK", "drawing_for", "hero_svg", "of_goods", "shapes", "svg"]

FALLBACK = "parcel"
"""The shape for a good nothing is known about."""

_SHAPE_RULES = motifs.rules(motifs.SHAPE_WORDS)
_MOTIF_RULES = motifs.rules(motifs.MOTIF_WORDS)
_TINT_RULES = motifs.rules(motifs.TINT_WORDS)
_READ_ONE_WAY = frozenset({"blocks", "chalkboard", "clock", "harmonica", "letters", "playing-cards", "ruler", "union"})
"""Shapes and motifs with letters, hands or figures, which a mirror would spoil."""

_MARK = re.compile(r"@[a-z]+")
_DISCS = ((146, 56, 68), (54, 58, 66), (100, 86, 72), (138, 84, 74), (66, 82, 70), (110, 48, 58))


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture, decided: what is drawn, in which tint, on which ground."""

    shape: str
    motif: str | None
    tint: str
    ground: str
    disc: tuple[int, int, int]
    is_mirrored: bool
    tilt: int
    key: str


def shapes() -> tuple[str, ...]:
    """Return the names of every shape that can be drawn, in alphabetical order."""
    return tuple(sorted(FRAGMENTS))


# Some hundred patterns are tried on a name; a shelf of forty goods is asked for again and again.
@lru_cache(maxsize=8192)
def drawing_for(name: str, category: str) -> str:
    """Return the picture for a good: shape, motif and tint read from its English or source name, else the shape of its category."""
    words = " ".join(name.upper().replace("’", "").replace("'", "").split())
    shape = motifs.first(_SHAPE_RULES, words) or motifs.SHAPE_BY_CATEGORY.get(category, FALLBACK)
    motif = motifs.first(_MOTIF_RULES, words) or ""
    if (shape, motif) in motifs.SAYS_IT_ALREADY:
        motif = ""
    tint = motifs.earliest(_TINT_RULES, words) or motifs.USUAL_TINTS.get(shape, "")
    return "+".join((shape, motif, tint)).rstrip("+")


def svg(shape: str, *, seed: str, title: str = "") -> str:
    """Return a picture as inline SVG, 200 × 200. With a title it is an image with that name, without one it is decoration.

    `shape` is what `drawing_for` returned; an unknown shape, motif or tint is passed over. The same seed gives the same picture.
    """
    picture = _decide(shape, seed)
    return (
        f'<svg class="drawing" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" {_named(title)}'
        f"{_motif(picture)}{_ground(picture)}{_goods(picture)}</svg>"
    )


def _decide(text: str, seed: str) -> Picture:
    """Return what to draw: named parts as named, the rest from the seed."""
    shape, motif, tint, *_ = [*text.split("+"), "", "", ""]
    number = zlib.crc32(seed.encode())
    chosen = tint if tint in motifs.TINTS else motifs.SEEDED[number % len(motifs.SEEDED)]
    # Pale goods would vanish on their own tint, and now and then a neighbour's ground keeps a shelf from looking sorted.
    neighbour = motifs.SEEDED[(number // 7) % len(motifs.SEEDED)]
    ground = neighbour if chosen in {"pale", "dark"} or number % 5 == 0 else chosen
    return Picture(
        shape=shape if shape in FRAGMENTS else FALLBACK,
        motif=motif if motif in motifs.MOTIFS else None,
        tint=motifs.TINTS[chosen],
        ground=motifs.TINTS[ground],
        disc=_DISCS[(number // 11) % len(_DISCS)],
        is_mirrored=(number // 13) % 3 == 0 and not {shape, motif} & _READ_ONE_WAY,
        tilt=(number // 17) % 5 - 2,
        key=f"m{zlib.crc32(f'{text} {seed}'.encode()):08x}",
    )


def _named(title: str) -> str:
    """Return the end of the opening tag, and the title element where the picture has a name."""
    if not title:
        return 'aria-hidden="true">'
    named = escape(title)
    return f'role="img" aria-label="{named}"><title>{named}</title>'


def _motif(picture: Picture) -> str:
    """Return the definition of the motif's tile, nothing for a plain good."""
    if picture.motif is None:
        return ""
    width, height, tile = motifs.MOTIFS[picture.motif]
    return (
        f'<defs><pattern id="{picture.key}" width="{width}" height="{height}" patternUnits="userSpaceOnUse" patternTransform="rotate(-8)">'
        f'<g fill="var(--sheet,#fff)" fill-opacity=".8" stroke-opacity=".8">{tile}</g></pattern></defs>'
    )


def _ground(picture: Picture) -> str:
    """Return the tinted ground, the paper disc and, under what stands, a table edge and a shadow."""
    x, y, radius = picture.disc
    wall = f'<rect width="200" height="200" fill="{picture.ground}" fill-opacity=".14"/>'
    disc = f'<circle cx="{x}" cy="{y}" r="{radius}" fill="var(--sheet,#fff)" fill-opacity=".5"/>'
    if picture.shape in HANGING:
        return wall + disc
    table = f'<path d="M0 150h200v50H0z" fill="{picture.ground}" fill-opacity=".13"/>' if picture.shape not in LYING else ""
    return wall + disc + table + '<ellipse cx="104" cy="160" rx="62" ry="7" fill="#000" fill-opacity=".13"/>'


def _goods(picture: Picture) -> str:
    """Return the good itself in its tint, mirrored or tilted a little as the seed has it."""
    turned = ["translate(200 0) scale(-1 1)"] if picture.is_mirrored else []
    turned.append(f"rotate({picture.tilt} 100 0)" if picture.shape in HANGING else "translate(-8 -12) scale(1.08)")
    meanings = MARKS | {"@m": f'fill="url(#{picture.key})"' if picture.motif else 'fill="none"'}
    inside = _MARK.sub(lambda found: meanings[found[0]], FRAGMENTS[picture.shape])
    return f'<g fill="{picture.tint}" color="{picture.tint}" transform="{" ".join(turned)}">{" ".join(inside.split())}</g>'


def of_goods(*, source_name: str, name: str, slug: str, category_slug: str, title: str = "") -> str:
    """Return the SVG of a product without a photo: the same shape, tint and disc wherever it is shown."""
    return svg(drawing_for(source_name or name, category_slug), seed=source_name or slug, title=title)
