"""The judged queries of `search_judged.tsv`, and how well an order of goods answers them."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
TOP = 10


@dataclass(frozen=True)
class Judged:
    """A query as somebody would type it, and the goods that answer it, by SKU: 3 what is meant, 2 much like it, 1 of some use."""

    query: str
    language: str
    kind: str
    goods: dict[str, int]


def read() -> list[Judged]:
    """Return every judged query."""
    with (HERE / "search_judged.tsv").open(encoding="utf-8") as file:
        return [_judged(row) for row in csv.DictReader(file, delimiter="\t")]


def _judged(row: dict[str, str]) -> Judged:
    pairs = (each.split(":") for each in row["goods"].split())
    return Judged(row["query"], row["language"], row["kind"], {sku: int(grade) for sku, grade in pairs})


def synonyms() -> list[str]:
    """Return the groups of words that staff of such a shop would write, a line each within a group."""
    return (HERE / "search_synonyms.txt").read_text(encoding="utf-8").strip().split("\n\n")


def ndcg(found: Sequence[str], goods: dict[str, int], *, top: int = TOP) -> float:
    """Return the normalised discounted cumulative gain of an order of SKUs, 1 for the best one there is; gain 2^grade − 1, discount log2.

    After Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques, ACM TOIS 20 (2002), with the gain of Burges et al.
    (2005).
    """
    best = _gain(sorted(goods.values(), reverse=True)[:top])
    return _gain([goods.get(sku, 0) for sku in found[:top]]) / best


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))
