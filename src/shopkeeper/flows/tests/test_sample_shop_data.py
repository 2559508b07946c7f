"""The sample shop's files keep their promises: whole customers, goods that were sold, both languages, nothing claimed."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import shopkeeper
from shopkeeper.flows.sample_shop import build_sample

HERE = Path(shopkeeper.__file__).parent / "flows" / "sample_shop"
HAN = re.compile(r"[\u4e00-\u9fff]")
ABSOLUTE = re.compile(r"\b(best|perfect|unique|finest|guaranteed|number one)\b|最|完美|唯一|绝对|顶级|第一品牌", re.IGNORECASE)


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def trade() -> pa.Table:
    return pq.read_table(HERE / "transactions.parquet")


def test_origin_names_the_file_that_is_shipped() -> None:
    digest = hashlib.sha256((HERE / "transactions.parquet").read_bytes()).hexdigest()

    assert digest in (HERE / "ORIGIN.md").read_text(encoding="utf-8")


def test_the_trade_has_all_ten_months_and_a_size_that_loads_quickly(trade: pa.Table) -> None:
    months = Counter(moment.strftime("%Y-%m") for moment in trade["InvoiceDate"].to_pylist())

    assert 45_000 <= len(trade) <= 60_000
    assert sorted(months) == ["2010-12", *(f"2011-{month:02}" for month in range(1, 10))]
    assert min(months.values()) > 4_000


def test_the_trade_contains_what_an_import_must_survive(trade: pa.Table) -> None:
    lines = trade.to_pylist()
    codes = {line["StockCode"] for line in lines}
    moments: dict[str, set[datetime]] = {}
    for line in lines:
        moments.setdefault(line["InvoiceNo"], set()).add(line["InvoiceDate"])

    assert {"POST", "DOT", "M", "C2", "D", "B", "BANK CHARGES", "AMAZONFEE"} <= codes
    assert sum(line["InvoiceNo"].startswith("C") for line in lines) > 1_000
    assert any(0 < line["UnitPrice"] < 0.01 for line in lines)
    assert any(len(known) == 2 for known in moments.values())
    assert any(line["CustomerID"] is None for line in lines)
    assert max(Counter(tuple(line.values()) for line in lines).values()) > 1


def test_a_customer_is_in_the_sample_whole_or_not_at_all() -> None:
    source = pa.table(
        {
            "InvoiceNo": [f"{'C' if row % 3 == 0 else ''}{row}" for row in range(2_000)],
            "CustomerID": pa.array([None if row % 10 == 0 else row % 200 for row in range(2_000)], pa.int64()),
        }
    )

    sample = build_sample.select_rows(source, seed=7).to_pylist()

    of_customer = Counter(row["CustomerID"] for row in source.to_pylist())
    assert 0 < len(sample) < 600
    for customer, count in Counter(row["CustomerID"] for row in sample).items():
        assert customer is None or count == of_customer[customer]
    numbers = [int(row["InvoiceNo"].lstrip("C")) for row in sample]
    assert numbers == sorted(numbers)
    assert sample == build_sample.select_rows(source, seed=7).to_pylist()
    assert sample != build_sample.select_rows(source, seed=8).to_pylist()


def test_the_same_rows_are_written_as_the_same_bytes(trade: pa.Table, tmp_path: Path) -> None:
    build_sample.write(trade, tmp_path / "again.parquet")

    assert build_sample.digest(tmp_path / "again.parquet") == build_sample.digest(HERE / "transactions.parquet")


def test_the_two_hundred_goods_are_sold_in_the_sample_and_named_once(trade: pa.Table) -> None:
    goods = rows("goods.csv")
    sold = {line["StockCode"] for line in trade.to_pylist() if line["Quantity"] > 0 and line["UnitPrice"] > 0}

    assert len(goods) == 200
    assert len({good["sku"] for good in goods}) == 200
    assert {good["sku"] for good in goods} <= sold
    assert len({good["name_en"] for good in goods}) == len({good["name_zh"] for good in goods}) == 200


@pytest.mark.parametrize("good", rows("goods.csv"), ids=lambda good: good["sku"])
def test_a_good_reads_well_in_both_languages_and_claims_nothing_absolute(good: dict[str, str]) -> None:
    for field in ("name_en", "text_en"):
        assert good[field] == " ".join(good[field].split())
        assert not HAN.search(good[field])
    for field in ("name_zh", "text_zh"):
        assert HAN.search(good[field])
        assert not re.search(r"[,;!?]", good[field]), "Chinese text takes Chinese punctuation"
    assert good["text_en"].endswith((".", ".”"))
    assert good["text_zh"].endswith("。")
    assert 10 <= len(good["text_en"]) <= 160
    assert len(good["name_en"]) <= 60
    assert not ABSOLUTE.search(good["text_en"] + good["name_en"] + good["text_zh"] + good["name_zh"])


def test_categories_form_two_levels_and_hold_every_good() -> None:
    categories = {row["slug"]: row for row in rows("categories.csv")}
    tops = {slug for slug, row in categories.items() if not row["parent"]}
    used = Counter(good["category"] for good in rows("goods.csv"))

    assert 8 <= len(tops) <= 11
    assert all(row["parent"] in tops for slug, row in categories.items() if slug not in tops)
    assert set(used) <= set(categories)
    assert max(used.values()) <= 20
    assert len(used) >= 30
    assert all(HAN.search(row["name_zh"]) and HAN.search(row["intro_zh"]) and row["intro_en"] for row in categories.values())


def test_neighbours_on_the_first_shelf_come_from_different_departments() -> None:
    parent = {row["slug"]: row["parent"] or row["slug"] for row in rows("categories.csv")}
    first = [parent[good["category"]] for good in rows("goods.csv")[:48]]

    assert all(one != other for one, other in pairwise(first))
