"""Goods narrowed down: which of them meet every question, and how many each further answer would leave. One query each.

What is asked comes as pairs of a question (an attribute's id, 0 for the brand) and an answer's id. Any answer of a question will do; every
question must be met. Only goods that meet the others are looked at for a question, so that what is narrowed down costs what it leaves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from shopkeeper.kit.ids import ProductId

Pairs = Sequence[tuple[int, int]]
Counts = Mapping[tuple[int, int], int]

BRAND = 0


@dataclass(frozen=True, slots=True)
class Among:
    """The products that are looked at, as words of SQL about a product `p` with their values. Nothing a person wrote is among the words."""

    words: str
    values: tuple[Any, ...] = ()

    def meeting(self, asked: Mapping[int, Sequence[int]]) -> "Among":
        """Return those of them that meet every question."""
        parts, values = [self.words], [*self.values]
        for question, answers in asked.items():
            parts.append(_MADE if question == BRAND else _HELD)
            values += [list(answers)] if question == BRAND else [question, list(answers)]
        return Among(" AND ".join(parts), tuple(values))


_HOLDING = """
    (SELECT said.product_id, said.attribute_id AS question, said.choice_id AS answer
     FROM catalog_attributevalue said JOIN catalog_attribute a ON a.id = said.attribute_id AND a.is_filter
     WHERE said.choice_id IS NOT NULL
     UNION ALL
     SELECT o.product_id, o.attribute_id, x.choice_id
     FROM catalog_optionvalue x
     JOIN catalog_productoption o ON o.id = x.option_id
     JOIN catalog_attribute a ON a.id = o.attribute_id AND a.is_filter
     WHERE x.choice_id IS NOT NULL
       AND EXISTS (SELECT FROM catalog_variant v WHERE v.product_id = o.product_id AND v.is_sellable
                   AND x.id IN (v.value_1_id, v.value_2_id, v.value_3_id))
       AND NOT EXISTS (SELECT FROM catalog_attributevalue s
                       WHERE s.product_id = o.product_id AND s.attribute_id = o.attribute_id AND s.choice_id = x.choice_id))"""
"""Which product holds which answers, as catalog_held in the database tells it: said of it, or stood for by a variant on sale."""
_MADE = "p.brand_id = ANY (%s::bigint[])"
_HELD = f"p.id IN (SELECT h.product_id FROM {_HOLDING} h WHERE h.question = %s AND h.answer = ANY (%s::bigint[]))"  # noqa: S608


def on_shelves(shelves: Sequence[int] | None) -> Among:
    """Return the published products of these shelves, None: of the whole shop."""
    return Among("p.is_published") if shelves is None else Among("p.is_published AND p.category_id = ANY (%s::bigint[])", (list(shelves),))


def these(product_ids: Sequence[int]) -> Among:
    """Return the products of these ids: there may be very many, which the server then looks up by hash, as the list stands in the words."""
    return Among("p.id = ANY (%s::bigint[])", (list(product_ids),))


def ids(among: Among, pairs: Pairs, *, order: str) -> tuple[ProductId, ...]:
    """Return the products that meet every question, in an order: words of SQL about `p`."""
    met = among.meeting(_by_question(pairs))
    rows = _rows(f"SELECT p.id FROM catalog_product p WHERE {met.words} ORDER BY {order}", met.values)  # noqa: S608
    return tuple(ProductId(row[0]) for row in rows)


_ANSWERS = f"""
    SELECT h.question, h.answer, count(*) FROM met JOIN {_HOLDING} h ON h.product_id = met.id
    WHERE h.question <> ALL (%s::bigint[]) GROUP BY 1, 2
"""  # noqa: S608
_MAKERS = "SELECT 0, met.brand_id, count(*) FROM met WHERE met.brand_id IS NOT NULL GROUP BY 2"
_FURTHER_ANSWERS = f"""
    SELECT h.question, h.answer, count(*) FROM catalog_product p JOIN {_HOLDING} h ON h.product_id = p.id AND h.question = %s
    WHERE {{}} GROUP BY 1, 2
"""  # noqa: S608
_FURTHER_MAKERS = "SELECT 0, p.brand_id, count(*) FROM catalog_product p WHERE p.brand_id IS NOT NULL AND {} GROUP BY 2"


def counted(among: Among) -> Counts:
    """Return how many of these products hold each answer, by question and answer."""
    return _counted(among, asked={}, beside={})


def counts(among: Among, pairs: Pairs, whole: Counts) -> Counts:
    """Return how many of these products would be left with each answer, all others as asked. `whole` is `counted` of them.

    A product counts for an answer if it meets every question but that to which the answer belongs: choosing a second colour adds to the
    first. An answer that none would be left with counts none, so that a question stays where it stands while others are answered.
    """
    return with_the_whole(left(among, pairs), pairs, whole)


def left(among: Among, pairs: Pairs) -> Counts:
    """Return of `counts` what rests on what is asked alone: `with_the_whole` makes it complete."""
    asked = _by_question(pairs)
    # With one question nothing else is asked: each of its answers leaves all that hold it.
    beside = {one: {other: each for other, each in asked.items() if other != one} for one in asked} if len(asked) > 1 else {}
    return _counted(among, asked=asked, beside=beside)


def with_the_whole(found: Counts, pairs: Pairs, whole: Counts) -> Counts:
    """Return what `left` found with the answers none would be left with, and those of a question asked alone; `whole` is `counted`."""
    asked = _by_question(pairs)
    own = {key: goods for key, goods in whole.items() if key[0] in asked} if len(asked) == 1 else {}
    return dict.fromkeys(whole, 0) | dict(found) | own


def _counted(among: Among, *, asked: Mapping[int, Sequence[int]], beside: Mapping[int, Mapping[int, Sequence[int]]]) -> Counts:
    met = among.meeting(asked)
    parts, values = [_ANSWERS, *([] if BRAND in asked else [_MAKERS])], [*met.values, list(asked)]
    for question, others in beside.items():
        left = among.meeting(others)
        parts.append((_FURTHER_MAKERS if question == BRAND else _FURTHER_ANSWERS).format(left.words))
        values += [*([] if question == BRAND else [question]), *left.values]
    met_all = f"WITH met AS MATERIALIZED (SELECT p.id, p.brand_id FROM catalog_product p WHERE {met.words}) "  # noqa: S608
    found = met_all + " UNION ALL ".join(parts)
    return {(question, answer): goods for question, answer, goods in _rows(found, values)}


def _rows(statement: str, values: Sequence[Any]) -> list[Any]:
    # Planned anew each time: five products and fifty thousand are not looked up the same way.
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return list(cursor.fetchall())


def _by_question(pairs: Pairs) -> dict[int, list[int]]:
    asked: dict[int, list[int]] = {}
    for question, answer in pairs:
        asked.setdefault(question, []).append(answer)
    return asked
