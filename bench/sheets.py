"""Files of products and prices, out and in: rows a second and peak memory, at 100,000 variants, in a process of its own.

    .venv/bin/python bench/sheets.py             100,000 variants
    .venv/bin/python bench/sheets.py 5000        fewer, to try it out

Out: all products as CSV and as XLSX. In: that CSV brought back (nothing changes), a file that sets every price anew (dry run, then taking
over), and its undoing. Baseline: the goal of at most 600 MB of memory over everything; the rates are to be read beside the calibration
figure. One run: every step changes the shop.
"""

from __future__ import annotations

import resource
import subprocess
import sys

from _bench import finish, introduce, shop

VARIANTS = 100_000
MOST_MB = 600.0

WORK = """
import csv, io, sys, time
import django
django.setup()
from datetime import UTC, datetime
from shopkeeper.flows import sheets
from shopkeeper.ops.imports.shapes import SheetKind

def told(what, rows, began):
    took = time.perf_counter() - began
    print(f"{what}: {rows:,} rows in {took:.1f} s, {rows / took:,.0f} rows/s", flush=True)

def out(kind, form):
    began, pieces = time.perf_counter(), []
    for piece in sheets.export(kind=kind, form=form, language="en", actor=None, now=datetime.now(UTC)).pieces:
        pieces.append(piece)
    told(f"export {kind.value} {form}", rows, began)
    return b"".join(pieces)

def tried(kind, content):
    began, now = time.perf_counter(), datetime.now(UTC)
    made = sheets.bring(kind=kind, file_name="bench.csv", content=content, actor=None, now=now)
    sheets.choose(sheet_id=made.id, mapping=made.mapping, actor=None, now=now)
    found = sheets.work_alone(made.id, now)
    told(f"dry run {kind.value} {dict(found.counts)}", found.rows, began)
    return found

rows = int(sys.argv[1])
products = out(SheetKind.PRODUCTS, "csv")
out(SheetKind.PRODUCTS, "xlsx")
same = tried(SheetKind.PRODUCTS, products)
del products
told_rows = list(csv.DictReader(io.StringIO(out(SheetKind.PRICES, "csv").decode("utf-8-sig"), newline="")))
text = io.StringIO()
writer = csv.writer(text)
writer.writerow(["SKU", "Price"])
writer.writerows([each["SKU"], f"{float(each['Price']) + 1:.2f}"] for each in told_rows)
del told_rows
sheet = tried(SheetKind.PRICES, text.getvalue().encode())
now = datetime.now(UTC)
sheets.confirm(sheet_id=sheet.id, seen=sheet.seen, actor=None, now=now)
began = time.perf_counter()
done = sheets.work_alone(sheet.id, now)
told(f"taking over prices {dict(done.counts)}", done.rows, began)
began = time.perf_counter()
sheets.undo(sheet_id=sheet.id, actor=None, now=now)
back = sheets.work_alone(sheet.id, now)
told(f"undoing {dict(back.undo_counts)}", done.rows, began)
right = set(same.counts) == {"unchanged"} and dict(done.counts) == {"changed": rows} and dict(back.undo_counts) == {"undone": rows}
sys.exit(not right)
"""


def main() -> None:
    """Open a shop with so many variants, then bring files out and in within a process that is measured."""
    variants = int(sys.argv[1]) if len(sys.argv) > 1 else VARIANTS
    introduce(f"sheets: files of {variants:,} variants, out and in")
    with shop():
        from _goods import open_shop
        from django.db import connections

        open_shop(variants=variants)
        connections.close_all()
        done = subprocess.run([sys.executable, "-c", WORK, str(variants)], check=False)
        most_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    finish(figure=most_mb, baseline=MOST_MB, unit="MB", at_most=1.0, also=[done.returncode == 0])


if __name__ == "__main__":
    main()
