"""OpenSearch's fake: a web server of its own on the loopback address that keeps indexes and answers as the real one does.

It knows the queries, counts and requests that `opensearch.py` sends and refuses every other; it misbehaves as its `manners` tell it.
"""

import json
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

Told = dict[str, Any]


@dataclass(slots=True)
class Manners:
    """How badly the fake behaves. `broken`, `busy`: so many requests end in a 500, so many goods in a 429; the rest stays until changed.

    lost_shard: a shard fails and its goods are missing; gives_up: it stops in the middle and says so; is_vague: totals are lower bounds;
    half: it takes only every second good, for good; refuses: which goods with which status; halts: it cuts its answer off; slow_s: waits so
    long before each answer.
    """

    slow_s: float = 0.0
    broken: int = 0
    busy: int = 0
    lost_shard: bool = False
    gives_up: bool = False
    is_vague: bool = False
    half: bool = False
    refuses: dict[str, int] = field(default_factory=dict)
    halts: bool = False


@dataclass(slots=True)
class Index:
    mapping: dict[str, Told]
    is_strict: bool
    goods: dict[str, Told] = field(default_factory=dict)


class Refused(Exception):
    def __init__(self, status: int, kind: str) -> None:
        super().__init__(kind)
        self.status, self.kind = status, kind


class FakeOpenSearch:
    """Serves on any free port; `user` and `password` let somebody in where they are given."""

    def __init__(self, *, user: str = "", password: str = "") -> None:
        self.manners = Manners()
        self.indexes: dict[str, Index] = {}
        self.aliases: dict[str, set[str]] = {}
        self.calls: list[tuple[str, str]] = []
        self._key = f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}" if user else ""
        self._lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, told = fake.serve(self.command, self.path, body, self.headers.get("Authorization") or "")
                text = json.dumps(told).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(text)))
                    self.end_headers()
                    self.wfile.write(text[: len(text) // 2] if fake.manners.halts else text)
                    self.close_connection = fake.manners.halts
                except (BrokenPipeError, ConnectionResetError):
                    # Whoever asked has given up waiting.
                    return

            def do_GET(self) -> None:
                self._serve()

            def do_POST(self) -> None:
                self._serve()

            def do_PUT(self) -> None:
                self._serve()

            def do_DELETE(self) -> None:
                self._serve()

            def log_message(self, *_: object) -> None:
                return

        return Handler

    def serve(self, method: str, target: str, body: bytes, key: str) -> tuple[int, Told]:
        """Answer one request with the manners it has been given."""
        parts = urlsplit(target)
        self.calls.append((method, parts.path))
        if self.manners.slow_s:
            time.sleep(self.manners.slow_s)
        if key != self._key:
            return 401, {"error": "Unauthorized"}
        if self.manners.broken:
            self.manners.broken -= 1
            return 500, {"error": {"type": "exception"}}
        try:
            with self._lock:
                return 200, self._answer(method, parts.path.strip("/"), body, parse_qs(parts.query))
        except Refused as refused:
            return refused.status, {"error": {"type": refused.kind}, "status": refused.status}

    def _answer(self, method: str, path: str, body: bytes, asked: dict[str, list[str]]) -> Told:
        target, _, act = path.partition("/")
        acts: dict[tuple[str, str], Callable[[], Told]] = {
            ("POST", "_aliases"): lambda: self._swap(json.loads(body)["actions"]),
            ("POST", "_bulk"): lambda: self._bulk(target, body, must_be_alias=asked.get("require_alias") == ["true"]),
            ("POST", "_search"): lambda: _Search(self._of(target), self.manners, json.loads(body)).told(),
            ("POST", "_refresh"): lambda: self._counted(target),
            ("GET", "_count"): lambda: self._counted(target),
            ("GET", "_alias"): lambda: self._named(target),
            ("PUT", ""): lambda: self._create(target, json.loads(body)),
            ("DELETE", ""): lambda: self._delete(target),
        }
        known = acts.get((method, act or (target if target == "_aliases" else "")))
        if known is None:
            raise Refused(400, "illegal_argument_exception")
        return known()

    def _counted(self, target: str) -> Told:
        return {"count": len(self._of(target).goods), "_shards": {"total": 1, "successful": 1, "failed": 0}}

    def _named(self, pattern: str) -> Told:
        names = [name for name in self.indexes if fnmatchcase(name, pattern)]
        return {name: {"aliases": {each: {} for each, of in self.aliases.items() if name in of}} for name in names}

    def _of(self, target: str) -> Index:
        names = self.aliases.get(target, {target}) & self.indexes.keys()
        if len(names) != 1:
            raise Refused(404, "index_not_found_exception")
        return self.indexes[next(iter(names))]

    def _create(self, name: str, told: Told) -> Told:
        if name in self.indexes or name in self.aliases:
            raise Refused(400, "resource_already_exists_exception")
        self.indexes[name] = Index(told["mappings"]["properties"], told["mappings"].get("dynamic") == "strict")
        return {"acknowledged": True, "index": name}

    def _delete(self, name: str) -> Told:
        if name not in self.indexes:
            raise Refused(404, "index_not_found_exception")
        del self.indexes[name]
        self.aliases = {each: of - {name} for each, of in self.aliases.items() if of - {name}}
        return {"acknowledged": True}

    def _swap(self, actions: list[Told]) -> Told:
        changed = {name: set(of) for name, of in self.aliases.items()}
        for action in actions:
            [(kind, told)] = action.items()
            if told["index"] not in self.indexes:
                raise Refused(404, "index_not_found_exception")
            of = changed.setdefault(told["alias"], set())
            if kind == "add":
                of.add(told["index"])
            elif told["index"] not in of:
                raise Refused(404, "aliases_not_found_exception")
            else:
                of.remove(told["index"])
        self.aliases = {name: of for name, of in changed.items() if of}
        return {"acknowledged": True}

    def _bulk(self, target: str, body: bytes, *, must_be_alias: bool) -> Told:
        if must_be_alias and target not in self.aliases:
            raise Refused(404, "index_not_found_exception")
        if target not in self.aliases and target not in self.indexes:
            # As the real one: an index nobody made is made on the way, and guesses what its fields are.
            self.indexes[target] = Index({}, is_strict=False)
        index, items = self._of(target), []
        lines = iter([json.loads(line) for line in body.decode().splitlines()])
        for place, line in enumerate(lines):
            [(kind, told)] = line.items()
            good = next(lines) if kind == "index" else None
            items.append({kind: {"_id": told["_id"], "status": self._write(index, told["_id"], good, place)}})
        return {"errors": any(next(iter(each.values()))["status"] >= 300 for each in items), "items": items}

    def _write(self, index: Index, name: str, good: Told | None, place: int) -> int:
        if self.manners.half and place % 2:
            return 400
        if name in self.manners.refuses:
            return self.manners.refuses[name]
        if self.manners.busy:
            self.manners.busy -= 1
            return 429
        if good is None:
            return 200 if index.goods.pop(name, None) is not None else 404
        if index.is_strict and not good.keys() <= index.mapping.keys():
            return 400
        is_new = name not in index.goods
        index.goods[name] = good
        return 201 if is_new else 200


# ── searching ─────────────────────────────────────────────────────────────────────────────────────────────────────────

Test = Callable[[Told], float | None]
"""What a condition says of a good: how well it meets it, None where it does not."""


class _Search:
    """One search over one index."""

    def __init__(self, index: Index, manners: Manners, asked: Told) -> None:
        known = {
            "query", "post_filter", "from", "size", "sort", "track_total_hits", "track_scores", "_source", "timeout", "aggs",
        }  # fmt: skip
        if not asked.keys() <= known or asked["track_total_hits"] is not True:
            raise Refused(400, "parsing_exception")
        if asked["from"] + asked["size"] > 10_000:
            raise Refused(400, "illegal_argument_exception")
        self.index, self.manners, self.asked = index, manners, asked

    def told(self) -> Told:
        goods = self.index.goods
        if self.manners.lost_shard or self.manners.gives_up:
            goods = {name: good for place, (name, good) in enumerate(goods.items()) if place % 2}
        query, kept = self._test(self.asked["query"]), self._test(self.asked["post_filter"])
        scored = {name: score for name, good in goods.items() if (score := query(good)) is not None}
        hits = [name for name in scored if kept(goods[name]) is not None]
        for key in reversed(self.asked["sort"]):
            [(by, how)] = key.items()
            if by != "_score" and by not in self.index.mapping:
                raise Refused(400, "search_phase_execution_exception")
            hits.sort(key=lambda name: self._place(name, by, how, scored, goods))
        page = hits[self.asked["from"] : self.asked["from"] + self.asked["size"]]
        found = [goods[name] for name in scored]
        return {
            "timed_out": self.manners.gives_up,
            "_shards": {
                "total": 1,
                "successful": 0 if self.manners.lost_shard else 1,
                "skipped": 0,
                "failed": int(self.manners.lost_shard),
            },
            "hits": {
                "total": {"value": len(hits), "relation": "gte" if self.manners.is_vague else "eq"},
                "hits": [{"_index": "goods", "_id": name, "_score": scored[name]} for name in page],
            },
            "aggregations": {name: self._counted(told, found) for name, told in self.asked["aggs"].items()},
        }

    @staticmethod
    def _place(name: str, by: str, how: Told, scored: dict[str, float], goods: dict[str, Told]) -> tuple[bool, float]:
        value = scored[name] if by == "_score" else goods[name].get(by)
        is_missing = value is None
        return is_missing, 0 if value is None else -value if how["order"] == "desc" else value

    def _counted(self, asked: Told, goods: list[Told]) -> Told:
        below, kinds = asked.get("aggs", {}), [each for each in asked if each != "aggs"]
        match kinds:
            case ["global"]:
                goods = list(self.index.goods.values())
            case ["filter"]:
                test = self._test(asked["filter"])
                goods = [good for good in goods if test(good) is not None]
            case ["filters"]:
                tests = {name: self._test(each) for name, each in asked["filters"]["filters"].items()}
                return {"buckets": {name: {"doc_count": sum(test(good) is not None for good in goods)} for name, test in tests.items()}}
            case ["terms"]:
                return self._by_value(asked["terms"], goods)
            case _:
                raise Refused(400, "parsing_exception")
        return {"doc_count": len(goods), **{name: self._counted(told, goods) for name, told in below.items()}}

    def _by_value(self, asked: Told, goods: list[Told]) -> Told:
        counts: dict[str, int] = {}
        for good in goods:
            for value in set(self._values(good, asked["field"])):
                counts[value] = counts.get(value, 0) + 1
        ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
        return {
            "doc_count_error_upper_bound": 0,
            "sum_other_doc_count": sum(number for _, number in ordered[asked["size"] :]),
            "buckets": [{"key": value, "doc_count": number} for value, number in ordered[: asked["size"]]],
        }

    def _values(self, good: Told, name: str) -> list[Any]:
        """Return what a good says under a name; nothing where the index knows no such name, as in the real one."""
        value = good.get(name) if name in self.index.mapping else None
        return [] if value is None else list(value) if isinstance(value, list | tuple) else [value]

    def _test(self, asked: Told) -> Test:
        [(kind, told)] = asked.items()
        make: dict[str, Callable[[Told], Test]] = {
            "match_all": lambda _: lambda good: 1.0, "bool": self._bool, "term": self._term, "terms": self._term, "prefix": self._prefix,
            "range": self._range, "exists": lambda told: lambda good: 1.0 if self._values(good, told["field"]) else None,
            "constant_score": self._constant, "function_score": self._multiplied,
        }  # fmt: skip
        if kind not in make:
            raise Refused(400, "parsing_exception")
        return make[kind](told)

    def _bool(self, told: Told) -> Test:
        if not told.keys() <= {"filter", "should", "minimum_should_match"}:
            raise Refused(400, "parsing_exception")
        must, should = ([self._test(each) for each in told.get(name, [])] for name in ("filter", "should"))
        least = told.get("minimum_should_match", 0 if must else 1)

        def test(good: Told) -> float | None:
            scores = [score for each in should if (score := each(good)) is not None]
            is_met = all(each(good) is not None for each in must) and len(scores) >= (least if should else 0)
            return sum(scores) if is_met else None

        return test

    def _term(self, told: Told) -> Test:
        [(name, wanted)] = told.items()
        values = set(wanted if isinstance(wanted, list) else [wanted])
        return lambda good: 1.0 if values & set(self._values(good, name)) else None

    def _prefix(self, told: Told) -> Test:
        [(name, wanted)] = told.items()
        return lambda good: 1.0 if any(each.startswith(wanted["value"]) for each in self._values(good, name)) else None

    def _range(self, told: Told) -> Test:
        [(name, ends)] = told.items()
        if not ends.keys() <= {"gte", "lt"}:
            raise Refused(400, "parsing_exception")
        return lambda good: (
            1.0
            if any(ends.get("gte", each) <= each and ("lt" not in ends or each < ends["lt"]) for each in self._values(good, name))
            else None
        )

    def _constant(self, told: Told) -> Test:
        test = self._test(told["filter"])
        return lambda good: float(told["boost"]) if test(good) is not None else None

    def _multiplied(self, told: Told) -> Test:
        if told["boost_mode"] != "multiply":
            raise Refused(400, "parsing_exception")
        test, by = self._test(told["query"]), told["field_value_factor"]

        def multiplied(good: Told) -> float | None:
            score = test(good)
            return None if score is None else score * next(iter(self._values(good, by["field"])), by["missing"])

        return multiplied
