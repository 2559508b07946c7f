from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from shopkeeper.flows.import_online_retail import UnreadableFile
from shopkeeper.flows.import_online_retail.read import read
from shopkeeper.flows.import_online_retail.sort_out import sort_out

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


def trade(folder: Path, *rows: str, shift: timedelta = timedelta()):
    path = folder / "trade.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return read(path, zone="Europe/London", shift=shift)


def headings(folder: Path, *rows: str):
    sorted_trade = sort_out(trade(folder, *rows).lines)
    return {
        name: getattr(sorted_trade, name).get_column("line").to_list()
        for name in ("sales", "refunds", "credits", "adjustments", "stock_notes")
    }


SALE = "536365,85123a,HEART,6,2010-12-01 08:26:00,2.55,17850,United Kingdom"


def test_a_line_is_read_with_its_number_in_the_file_and_its_code_in_capitals(tmp_path):
    file = trade(tmp_path, SALE, shift=timedelta(weeks=1))

    line = file.lines.row(0, named=True)
    assert (line["line"], line["code"], line["units"], line["price_micro"]) == (2, "85123A", 6, 2_550_000)
    assert line["at"] == datetime(2010, 12, 8, 8, 26, tzinfo=UTC)
    assert file.rows == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",85123A,X,1,2010-12-01,1,1,UK", "InvoiceNo is empty"),
        ("1,,X,1,2010-12-01,1,1,UK", "StockCode is empty"),
        ("1,A,X,one,2010-12-01,1,1,UK", "Quantity is not a whole number"),
        ("1,A,X,0,2010-12-01,1,1,UK", "Quantity is zero or beyond 1000000"),
        ("1,A,X,9000000,2010-12-01,1,1,UK", "Quantity is zero or beyond 1000000"),
        ("1,A,X,1,yesterday,1,1,UK", "InvoiceDate is not a date"),
        ("1,A,X,1,2010-12-01,cheap,1,UK", "UnitPrice is not a number within ±1000000"),
        ("1,A,X,1,2010-12-01,nan,1,UK", "UnitPrice is not a number within ±1000000"),
        ("1,A,X,1,2010-12-01,1,bob,UK", "CustomerID is not a number"),
    ],
)
def test_a_broken_line_is_rejected_with_its_reason_and_the_others_stay(tmp_path, row, reason):
    file = trade(tmp_path, SALE, row)

    assert file.rejects.select("line", "reason").rows() == [(3, reason)]
    assert file.lines.get_column("line").to_list() == [2]
    assert file.rows == file.lines.height + file.rejects.height


def test_a_file_without_a_column_is_refused_by_name(tmp_path):
    path = tmp_path / "short.csv"
    path.write_text("InvoiceNo,StockCode\n1,2\n")

    with pytest.raises(UnreadableFile) as refusal:
        read(path, zone="UTC")

    assert "UnitPrice" in str(refusal.value)


def test_a_file_that_is_not_parquet_is_refused(tmp_path):
    path = tmp_path / "trade.parquet"
    path.write_bytes(b"not parquet at all")

    with pytest.raises(UnreadableFile):
        read(path, zone="UTC")


def test_parquet_and_csv_of_the_same_trade_read_the_same(tmp_path):
    csv = trade(tmp_path, SALE)
    frame = pl.DataFrame(
        {
            "InvoiceNo": ["536365"], "StockCode": ["85123a"], "Description": ["HEART"], "Quantity": [6],
            "InvoiceDate": [datetime(2010, 12, 1, 8, 26)],  # noqa: DTZ001 - the source names no zone
            "UnitPrice": [2.55], "CustomerID": [17850], "Country": ["United Kingdom"],
        }
    )  # fmt: skip
    frame.write_parquet(tmp_path / "trade.parquet")

    assert read(tmp_path / "trade.parquet", zone="Europe/London").lines.drop("line").equals(csv.lines.drop("line"))


def test_a_cancellation_becomes_a_refund_of_the_sale_it_cancels(tmp_path):
    found = headings(
        tmp_path,
        SALE,
        "536400,85123A,HEART,6,2010-12-02 08:26:00,2.10,17850,United Kingdom",
        "C536379,85123A,HEART,-2,2010-12-03 09:00:00,2.55,17850,United Kingdom",
    )

    assert found == {"sales": [2, 3], "refunds": [4], "credits": [], "adjustments": [], "stock_notes": []}
    refund = sort_out(trade(tmp_path, SALE, "C1,85123A,HEART,-2,2010-12-03,2.55,17850,United Kingdom").lines).refunds.row(0, named=True)
    assert (refund["sale_line"], refund["units"], refund["minor"]) == (2, -2, -510)


@pytest.mark.parametrize(
    "cancellation",
    [
        "C1,85123A,HEART,-7,2010-12-03,2.55,17850,United Kingdom",  # more than was sold
        "C1,85123A,HEART,-6,2010-11-30,2.55,17850,United Kingdom",  # before the sale
        "C1,85123A,HEART,-6,2010-12-03,2.55,17851,United Kingdom",  # another customer
        "C1,85123A,HEART,-6,2010-12-03,2.55,,United Kingdom",  # nobody
        "C1,85123A,HEART,-6,2010-12-03,9.99,17850,United Kingdom",  # more money than was paid
    ],
)
def test_a_cancellation_whose_sale_is_not_found_becomes_a_credit_note(tmp_path, cancellation):
    found = headings(tmp_path, SALE, cancellation)

    assert (found["refunds"], found["credits"]) == ([], [3])


def test_a_sale_is_never_cancelled_beyond_its_units(tmp_path):
    twice = "C1,85123A,HEART,-4,2010-12-03,2.55,17850,United Kingdom"

    found = headings(tmp_path, SALE, twice, twice)

    assert (found["refunds"], found["credits"]) == ([3], [4])


@pytest.mark.parametrize("code", ["POST", "DOT", "C2", "M", "m", "D", "S", "AMAZONFEE", "BANK CHARGES", "CRUK", "B", "gift_0001_20"])
def test_money_beside_the_goods_is_an_adjustment(tmp_path, code):
    assert headings(tmp_path, f"1,{code},X,1,2010-12-01,5,17850,United Kingdom")["adjustments"] == [2]


def test_lines_without_money_or_buyer_only_move_stock_and_gifts_stay_with_their_order(tmp_path):
    found = headings(
        tmp_path,
        "1,21000,damaged,-30,2010-12-01,0,,United Kingdom",
        "2,21001,found,30,2010-12-01,0,,United Kingdom",
        "3,21002,GIFT,1,2010-12-01,0,17850,United Kingdom",
    )

    assert (found["stock_notes"], found["sales"]) == ([2, 3], [4])


def test_equal_lines_are_two_lines_and_two_times_are_one_invoice(tmp_path):
    later = SALE.replace("08:26:00", "08:27:00")

    sorted_trade = sort_out(trade(tmp_path, SALE, SALE, later).lines)

    assert sorted_trade.sales.height == 3
    assert sorted_trade.invoices_with_two_times == 1
    assert sorted_trade.sales.get_column("at").n_unique() == 1


def test_prices_below_a_penny_are_counted_and_their_rounding_is_stated(tmp_path):
    sorted_trade = sort_out(trade(tmp_path, "1,PADS,PADS,1,2011-04-15,0.001,13952,United Kingdom").lines)

    assert (sorted_trade.below_a_minor, sorted_trade.rounding_micro) == (1, 1_000)
    assert sorted_trade.sales.get_column("minor").to_list() == [0]


def test_times_are_the_shop_s_own_and_lines_of_the_future_stay_out(tmp_path):
    summer = SALE.replace("2010-12-01", "2011-07-01")
    path = tmp_path / "trade.csv"
    path.write_text(HEADER + SALE + "\n" + summer + "\n")

    whole = read(path, zone="Europe/London")
    part = read(path, zone="Europe/London", until=datetime(2011, 1, 1, tzinfo=UTC))
    before = read(path, zone="Europe/London", until=datetime(2009, 1, 1, tzinfo=UTC))

    assert whole.lines.get_column("at").to_list() == [datetime(2010, 12, 1, 8, 26, tzinfo=UTC), datetime(2011, 7, 1, 7, 26, tzinfo=UTC)]
    assert (part.rows, part.lines.get_column("line").to_list()) == (1, [2])
    assert (before.rows, before.first_at, before.last_at) == (0, None, None)
