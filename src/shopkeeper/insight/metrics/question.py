"""One query for any number of metrics and stretches of time, put together from the catalogue's formulas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shopkeeper.insight.lake import public as lake
from shopkeeper.insight.metrics.rules.periods import Stretch
from shopkeeper.insight.metrics.rules.values import value_of
from shopkeeper.insight.metrics.shapes import Dimension, Metric, Value

Key = str | int | None
Only = Mapping[Dimension, Sequence[str | int]]


@dataclass(frozen=True, slots=True)
class Found:
    """Values by number of the stretch, then by metric; `parts` holds those of each key of the breakdown. What is not there had no trade."""

    whole: Mapping[int, Mapping[str, Value]]
    parts: Mapping[tuple[int, Key], Mapping[str, Value]]

    def value(self, metric: Metric, slot: int) -> Value:
        """Return a metric's value in a stretch."""
        found = self.whole.get(slot)
        return found[metric.id] if found else value_of(metric, 0, None if metric.per is None else 0)


def ask(metrics: Sequence[Metric], stretches: Sequence[Stretch], *, only: Only, by: Dimension | None = None) -> Found:
    """Return the metrics in each stretch, narrowed to `only` these keys, and broken down by a dimension where one is given."""
    narrowed = " AND ".join(f"list_contains(${dimension}, {dimension})" for dimension in only) or "true"
    needs_lines = not {by, *only}.isdisjoint({Dimension.PRODUCT, Dimension.CATEGORY})
    columns = [f"{metric.formula}, {metric.per or 'NULL'}" for metric in metrics]
    breakdown = (f"{by}, grouping({by})", f"GROUPING SETS ((slot), (slot, {by}))") if by else ("NULL, 1", "slot")
    # Nothing in this text comes from outside: numbers we computed, formulas of the catalogue, names of an enum.
    sql = f"""
        WITH stretches AS (SELECT * FROM (VALUES {_values(stretches)}) AS given (slot, start_us, end_us)),
        {_text("sales")} {_text("sold_by_line" if needs_lines else "sold_by_order")} {_text("trade")}
        SELECT slot, {breakdown[0]}, {", ".join(columns)} FROM trade WHERE {narrowed} GROUP BY {breakdown[1]}"""  # noqa: S608
    answer = lake.query(sql, {str(dimension): list(keys) for dimension, keys in only.items()})
    whole: dict[int, dict[str, Value]] = {}
    parts: dict[tuple[int, Key], dict[str, Value]] = {}
    for slot, key, is_whole, *sums in answer.rows:
        pairs = zip(metrics, sums[::2], sums[1::2], strict=True)
        values = {metric.id: value_of(metric, int(top), None if below is None else int(below)) for metric, top, below in pairs}
        if is_whole:
            whole[slot] = values
        else:
            parts[slot, key] = values
    return Found(whole, parts)


def _values(stretches: Sequence[Stretch]) -> str:
    return ", ".join(f"({slot}, {each.start_us}::BIGINT, {each.end_us}::BIGINT)" for slot, each in enumerate(stretches))


@cache
def _text(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
