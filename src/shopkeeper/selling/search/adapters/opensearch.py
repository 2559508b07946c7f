"""OpenSearch, over plain HTTP: an index is built beside the one in use and swapped by alias; an answer is taken only when it is whole.

It is told the tokens that PostgreSQL keeps and asked for the same conditions, so both find and count the same goods. Their order differs
where words weigh alike. Every good carries the name of the index it was built for (`made`), and every search counts these along: an index
that somebody else made, or made without our mapping, would answer with nothing and is never believed.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from shopkeeper.kit.ids import ProductId
from shopkeeper.selling.search.adapters import wire
from shopkeeper.selling.search.adapters.wire import Address
from shopkeeper.selling.search.rules.tokens import READING, Term
from shopkeeper.selling.search.shapes import Narrowed, Order, ServerSilent
from shopkeeper.selling.search.store import Answer, Kept, Question

SEARCH_S, LOOK_S, WRITE_S = 1.0, 1.5, 30.0
"""How long a search, a look at how it stands, and a write may take."""
MOST_DEEP = 10_000
"""Further down than this OpenSearch leads nobody (index.max_result_window)."""
MOST_VALUES = 5_000
"""More different values among what was found are not counted here."""
TRIES = 4
REFUSES = (400, 413)
"""With these it refuses one good, however often it is told; every other status is about itself, and passes."""

_WEIGHTS = {"a": 1.0, "b": 0.4, "c": 0.1, "d": 0.05}
_KEYWORD = {"type": "keyword"}
_WORDS = {"type": "keyword", "doc_values": False}

MAPPING = {
    # One shard: counts of values are exact then.
    "settings": {"index": {"number_of_shards": 1}},
    "mappings": {
        "dynamic": "strict",
        "properties": {
            "product_id": {"type": "long"}, "made": _KEYWORD, "tokens": _WORDS, **dict.fromkeys(_WEIGHTS, _WORDS),
            "rank": {"type": "integer"}, "trade": {"type": "double"}, "facets": _KEYWORD, "price_minor": {"type": "long"},
            "is_in_stock": {"type": "boolean"},
        },
    },
}  # fmt: skip

Query = dict[str, Any]


# ── what is asked ─────────────────────────────────────────────────────────────────────────────────────────────────────


def find(where: Address, question: Question, *, made: str) -> Answer:
    """Return what the server answers; those that lack a term are asked for only where none holds all. Raises ServerSilent."""
    deadline = time.monotonic() + SEARCH_S
    number = len(question.terms)
    steps = [number, *([number - 1, 1] if question.some else [])]
    for least in steps:
        told = _ask(where, question, least=least, made=made, deadline=deadline)
        if told.held or least == steps[-1]:
            break
    return Answer(
        edition=None, moved=0, held=told.held, total=told.total, ids=told.ids, values=told.values, bands=told.bands,
        in_stock=told.in_stock, is_loose=bool(question.some) and least < number, help=None,
    )  # fmt: skip


def _ask(where: Address, question: Question, *, least: int, made: str, deadline: float) -> "_Read":
    left = deadline - time.monotonic()
    if left <= 0:
        raise ServerSilent("slow")
    body = json.dumps(asking(question, least=least, made=made)).encode()
    path = f"/{where.name}/_search?allow_partial_search_results=false"
    return _Read(wire.send(where, "POST", path, body=body, timeout_s=left), question)


def asking(question: Question, *, least: int, made: str) -> Query:
    """Return the request body: `least` of the terms must hold."""
    met = dict(_conditions(question.narrowed))
    return {
        "query": _query(question, least),
        "post_filter": _all(list(met.values())),
        "from": question.skip,
        "size": question.size,
        "sort": _SORTS[question.order],
        "track_total_hits": True,
        "track_scores": True,
        "_source": False,
        "timeout": f"{int(SEARCH_S * 1000)}ms",
        "aggs": {
            "ours": {"global": {}, "aggs": {"made": {"filter": {"term": {"made": made}}}}},
            "held": {"filter": {"match_all": {}}, "aggs": _SAID},
            "left": {"filter": _all(list(met.values())), "aggs": _SAID},
            **{f"but {name}": {"filter": _but(met, name), "aggs": _SAID} for name in met if not name.startswith("<")},
            "price": {"filter": _but(met, "<price"), "aggs": _bands(question.bands)},
            "stock": {"filter": _but(met, "<stock"), "aggs": {"there": {"filter": {"term": {"is_in_stock": True}}}}},
        },
    }


_SAID = {"said": {"terms": {"field": "facets", "size": MOST_VALUES}}}
_LAST: list[Query] = [{"rank": {"order": "asc"}}, {"product_id": {"order": "asc"}}]
_SORTS: Mapping[Order, list[Query]] = {
    Order.BEST: [{"_score": {"order": "desc"}}, *_LAST],
    Order.PRICE_UP: [{"price_minor": {"order": "asc", "missing": "_last"}}, *_LAST],
    Order.PRICE_DOWN: [{"price_minor": {"order": "desc", "missing": "_last"}}, *_LAST],
    Order.NEWEST: [{"product_id": {"order": "desc"}}],
}


def _query(question: Question, least: int) -> Query:
    held = {"bool": {"should": [_condition(term) for term in question.terms], "minimum_should_match": least}}
    rated = {
        "function_score": {
            "query": {"bool": {"filter": [held], "should": [each for term in question.all_rated for each in _rated(term)]}},
            "field_value_factor": {"field": "trade", "missing": 1},
            "boost_mode": "multiply",
        }
    }
    if not question.pins:
        return rated
    pinned = [
        {"constant_score": {"filter": {"term": {"product_id": product_id}}, "boost": 1e6 * (len(question.pins) - place)}}
        for place, product_id in enumerate(question.pins)
    ]
    return {"bool": {"should": [rated, *pinned], "minimum_should_match": 1}}


def _condition(term: Term) -> Query:
    ways = _ways(term, "tokens")
    ways += [_all([_condition(each) for each in instead]) for instead in term.instead]
    return {"bool": {"should": ways, "minimum_should_match": 1}}


def _ways(term: Term, field: str) -> list[Query]:
    ways: list[Query] = [{"terms": {field: list(term.words)}}] if term.words else []
    ways += [{"prefix": {field: {"value": each}}} for each in (term.prefix, READING + term.reading if term.reading else "") if each]
    return ways


def _rated(term: Term) -> list[Query]:
    """Return what makes a good that holds a term stand higher: by the weight of where it stands."""
    own = [
        {"constant_score": {"filter": {"bool": {"should": ways, "minimum_should_match": 1}}, "boost": weight}}
        for field, weight in _WEIGHTS.items()
        if (ways := _ways(term, field))
    ]
    return own + [each for instead in term.instead for other in instead for each in _rated(other)]


def _conditions(narrowed: Narrowed) -> list[tuple[str, Query]]:
    """Return by what is narrowed down, each with its name and its condition."""
    found: list[tuple[str, Query]] = [
        (name, {"terms": {"facets": [f"{name}={value}" for value in values]}}) for name, values in narrowed.values.items()
    ]
    if narrowed.prices:
        ranges = [
            {"range": {"price_minor": {"gte": least, **({} if below is None else {"lt": below})}}} for least, below in narrowed.prices
        ]
        found.append(("<price", {"bool": {"should": ranges, "minimum_should_match": 1}}))
    if narrowed.in_stock:
        found.append(("<stock", {"term": {"is_in_stock": True}}))
    return found


def _all(conditions: Sequence[Query]) -> Query:
    return {"bool": {"filter": list(conditions)}} if conditions else {"match_all": {}}


def _but(met: Mapping[str, Query], name: str) -> Query:
    return _all([condition for other, condition in met.items() if other != name])


def _bands(starts: Sequence[int]) -> Query:
    if not starts:
        return {"bands": {"filters": {"filters": {"0": {"exists": {"field": "price_minor"}}}}}}
    edges = [None, *starts, None]
    bands = [
        {"range": {"price_minor": {**({} if least is None else {"gte": least}), **({} if below is None else {"lt": below})}}}
        for least, below in pairwise(edges)
    ]
    return {"bands": {"filters": {"filters": {str(place): band for place, band in enumerate(bands)}}}}


# ── what is answered ──────────────────────────────────────────────────────────────────────────────────────────────────


class _Read:
    """A reply to a search, read whole or not at all. Raises ServerSilent."""

    def __init__(self, told: dict[str, Any], question: Question) -> None:
        try:
            _be_whole(told)
            counts = told["aggregations"]
            if not counts["ours"]["made"]["doc_count"]:
                raise ServerSilent("foreign")
            self.total = _number(told["hits"]["total"]["value"])
            self.held = _number(counts["held"]["doc_count"])
            self.ids = tuple(ProductId(int(hit["_id"])) for hit in told["hits"]["hits"])
            self.values = _values(counts)
            self.bands = tuple(
                _number(counts["price"]["bands"]["buckets"][str(place)]["doc_count"]) for place in range(len(question.bands) + 1)
            )
            self.in_stock = _number(counts["stock"]["there"]["doc_count"])
            if self.total != counts["left"]["doc_count"] or len(self.ids) != max(min(self.total - question.skip, question.size), 0):
                raise ServerSilent("partial")
        except (KeyError, TypeError, ValueError, AttributeError):
            raise ServerSilent("unreadable") from None


def _be_whole(told: dict[str, Any]) -> None:
    shards = told["_shards"]
    if told["timed_out"] is not False:
        raise ServerSilent("slow")
    if shards["failed"] != 0 or shards["successful"] != shards["total"] or shards["total"] < 1:
        raise ServerSilent("partial")
    if told["hits"]["total"]["relation"] != "eq":
        raise ServerSilent("partial")


def _number(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError("not a count")
    return value


def _values(counts: dict[str, Any]) -> dict[str, int]:
    """Return what each value would leave: 0 for one that goods with these words have and the narrowings leave none of."""
    found = dict.fromkeys(_buckets(counts["held"]), 0)
    found |= {value: goods for value, goods in _buckets(counts["left"]).items() if f"but {_name(value)}" not in counts}
    for name in [each.removeprefix("but ") for each in counts if each.startswith("but ")]:
        found |= {value: goods for value, goods in _buckets(counts[f"but {name}"]).items() if _name(value) == name}
    return found


def _name(value: str) -> str:
    return value.partition("=")[0]


def _buckets(told: dict[str, Any]) -> dict[str, int]:
    said = told["said"]
    if said.get("sum_other_doc_count", 0) or said.get("doc_count_error_upper_bound", 0):
        # Nothing is wrong with the server: this question has more values than are counted there.
        raise ServerSilent("many values")
    return {str(each["key"]): _number(each["doc_count"]) for each in said["buckets"]}


# ── what it is told ───────────────────────────────────────────────────────────────────────────────────────────────────


def create(where: Address, index: str) -> None:
    """Make an empty index. Raises ServerSilent."""
    wire.send(where, "PUT", f"/{index}", body=json.dumps(MAPPING).encode(), timeout_s=WRITE_S)


@dataclass(slots=True)
class Written:
    """What a server says of goods it was told: of which it is done, and which it refuses for good, with the status. The rest is undone."""

    done: set[ProductId] = field(default_factory=set)
    refused: dict[ProductId, int] = field(default_factory=dict)


def write(where: Address, target: str, *, made: str, goods: Sequence[Kept], gone: Sequence[ProductId] = ()) -> Written:
    """Put goods in, take others out, and return what the server says of each; what it is too busy for is tried again.

    `target`: an index, or the alias: an index of that name is never made by it. Raises ServerSilent.
    """
    waiting: dict[str, list[bytes]] = {str(each.product_id): _put(each, made) for each in goods}
    waiting |= {str(each): [json.dumps({"delete": {"_id": str(each)}}).encode()] for each in gone}
    written = Written()
    for attempt in range(TRIES):
        if not waiting:
            break
        if attempt:
            time.sleep(0.1 * 4 ** (attempt - 1))
        alias = "?require_alias=true" if target == where.name else ""
        body = b"\n".join([line for lines in waiting.values() for line in lines]) + b"\n"
        told = wire.send(where, "POST", f"/{target}/_bulk{alias}", body=body, timeout_s=WRITE_S, is_lines=True)
        states = _states(told, waiting)
        well = {name for name, status in states.items() if 200 <= status < 300 or (status == 404 and int(name) in gone)}
        written.done |= {ProductId(int(name)) for name in well}
        written.refused |= {ProductId(int(name)): status for name, status in states.items() if status in REFUSES}
        waiting = {name: lines for name, lines in waiting.items() if states[name] in (429, 503)}
    return written


def _put(each: Kept, made: str) -> list[bytes]:
    return [
        json.dumps(line, ensure_ascii=False).encode() for line in ({"index": {"_id": str(each.product_id)}}, {**each.told(), "made": made})
    ]


def _states(told: dict[str, Any], waiting: Mapping[str, object]) -> dict[str, int]:
    try:
        pairs = [next(iter(item.values())) for item in told["items"]]
        states = {str(each["_id"]): _number(each["status"]) for each in pairs}
    except (KeyError, TypeError, ValueError, StopIteration, AttributeError):
        raise ServerSilent("unreadable") from None
    if states.keys() != waiting.keys():
        raise ServerSilent("partial")
    return states


def goods(where: Address, target: str) -> int:
    """Return how many goods an index holds by now, with everything it was just told: work for the server. Raises ServerSilent."""
    wire.send(where, "POST", f"/{target}/_refresh", timeout_s=WRITE_S)
    return _counted(where, target, WRITE_S)


def look(where: Address) -> int:
    """Return how many goods the server finds in the shop's index; what it was told within the last second may be missing.

    Whoever watches the shop waits for it, so not for long. Raises ServerSilent.
    """
    return _counted(where, where.name, LOOK_S)


def _counted(where: Address, target: str, patience_s: float) -> int:
    told = wire.send(where, "GET", f"/{target}/_count", timeout_s=patience_s)
    try:
        _ = told["_shards"]["failed"] == 0 or told["broken"]
        return _number(told["count"])
    except (KeyError, TypeError, ValueError):
        raise ServerSilent("unreadable") from None


def swap(where: Address, index: str) -> None:
    """Have the alias stand for this index and for no other, in one step. Raises ServerSilent."""
    actions = [{"remove": {"index": other, "alias": where.name}} for other in _standing(where) if other != index]
    actions.append({"add": {"index": index, "alias": where.name}})
    wire.send(where, "POST", "/_aliases", body=json.dumps({"actions": actions}).encode(), timeout_s=WRITE_S)


def remove(where: Address, index: str) -> None:
    """Remove an index; one that is not there is gone already. Raises ServerSilent."""
    try:
        wire.send(where, "DELETE", f"/{index}", timeout_s=WRITE_S)
    except ServerSilent as silent:
        if silent.status != 404:
            raise


def indexes(where: Address) -> list[str]:
    """Return the indexes that were built for this name, in use or not. Raises ServerSilent."""
    return sorted(index for index in _aliases(where) if _is_ours(where, index))


def _standing(where: Address) -> list[str]:
    return [index for index, told in _aliases(where).items() if where.name in (told.get("aliases") or {})]


def _aliases(where: Address) -> dict[str, dict[str, Any]]:
    told = wire.send(where, "GET", f"/{where.name}-*/_alias", timeout_s=WRITE_S)
    if not all(isinstance(each, dict) for each in told.values()):
        raise ServerSilent("unreadable")
    return told


def _is_ours(where: Address, index: str) -> bool:
    turn = index.removeprefix(f"{where.name}-")
    return turn != index and len(turn) == 20 and turn.isascii() and turn.isdigit()
