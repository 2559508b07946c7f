"""Judged queries on the goods of the sample shop: what is meant comes first, in both languages, however it is typed."""

import csv
import importlib.util
import statistics
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from shopkeeper.flows import sample_shop
from shopkeeper.flows.tests.builders import NOON
from shopkeeper.kit.ids import ProductId
from shopkeeper.selling.search import public as search
from shopkeeper.selling.search.shapes import Document

SAMPLE = Path(sample_shop.__file__).parent
BENCH = Path(__file__).parents[4] / "bench"
GOAL = 0.85


def judged() -> ModuleType:
    spec = importlib.util.spec_from_file_location("judged", BENCH / "_judged.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["judged"] = module
    spec.loader.exec_module(module)
    return module


def rows(name: str) -> list[dict[str, str]]:
    with (SAMPLE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def stocked() -> dict[int, str]:
    """Tell search of the sample's described goods, best sellers first as in the file, and return their SKUs by id."""
    shelves = {row["slug"]: row for row in rows("categories.csv")}
    goods = rows("goods.csv")
    documents = []
    for number, row in enumerate(goods, start=1):
        path = [shelves[row["category"]], *([shelves[parent]] if (parent := shelves[row["category"]]["parent"]) else [])]
        documents.append(
            Document(
                product_id=ProductId(number),
                names=(row["name_en"], row["name_zh"], row["sku"]),
                categories=[name for shelf in path for name in (shelf["name_en"], shelf["name_zh"])],
                texts=(row["text_en"], row["text_zh"]),
                rank=number,
            )
        )
    search.index(documents)
    search.recount()
    return {number: row["sku"] for number, row in enumerate(goods, start=1)}


@pytest.mark.django_db
def test_judged_queries_are_answered_well_in_both_languages_and_of_every_kind() -> None:
    bench, skus = judged(), stocked()
    for words in bench.synonyms():
        search.save_synonyms(synonyms_id=None, words=words, actor=None, now=NOON)

    scores = {each.query: bench.ndcg([skus[found] for found in search.find(each.query)], each.goods) for each in bench.read()}

    assert statistics.fmean(scores.values()) >= GOAL
    for part in ("language", "kind"):
        for name in {getattr(each, part) for each in bench.read()}:
            chosen = [scores[each.query] for each in bench.read() if getattr(each, part) == name]
            assert statistics.fmean(chosen) >= GOAL, name


def test_the_judged_queries_are_many_and_half_are_typed_otherwise_than_goods_are_called() -> None:
    queries = judged().read()
    known = {row["sku"] for row in rows("goods.csv")}
    kinds = Counter(each.kind for each in queries)

    assert len(queries) >= 200
    assert min(Counter(each.language for each in queries).values()) >= 100
    assert sum(count for kind, count in kinds.items() if kind not in ("plain", "code")) >= len(queries) / 2
    assert min(kinds[kind] for kind in ("typo", "synonym", "pinyin")) >= 20
    for each in queries:
        assert set(each.goods) <= known, each.query
        assert set(each.goods.values()) <= {1, 2, 3}
        assert 3 in each.goods.values(), each.query


def test_an_order_is_rated_by_what_stands_first() -> None:
    ndcg = judged().ndcg

    assert ndcg(["a", "b"], {"a": 3, "b": 1}) == 1
    assert ndcg(["b", "a"], {"a": 3, "b": 1}) == pytest.approx((1 + 7 / 1.5849625) / (7 + 1 / 1.5849625))
    assert ndcg(["x"], {"a": 3}) == 0
    assert ndcg(["x"] * 10 + ["a"], {"a": 3}) == 0
