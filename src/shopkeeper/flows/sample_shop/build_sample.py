"""Take the sample shop's trade out of the full "Online Retail" file: same rows, same order, fewer of them.

    python build_sample.py SOURCE [--seed 2020] [--out transactions.parquet] [--check]

Whoever is in the sample is in it with all their invoices, so a cancellation stays with the order it cancels. Membership depends only on
the seed and the customer's or invoice's number, never on row order or on a library's random numbers. With the package's pinned pyarrow
the file comes out bit for bit; `--check` builds it beside and compares.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

SEED = 2020
CUSTOMER_SHARE = 0.15
GUEST_INVOICE_SHARE = 0.13
"""A little lower than for customers: guest invoices are long, and the whole should stay near 50,000 rows."""

OUT = Path(__file__).with_name("transactions.parquet")


def position(seed: int, key: str) -> float:
    """Return where a key falls between 0 (included) and 1 (excluded): the same on every machine, evenly spread over keys."""
    digest = hashlib.sha256(f"{seed}:{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def chosen(keys: pa.Array, *, seed: int, kind: str, share: float) -> pa.Array:
    """Return the keys that belong to the sample, each judged alone."""
    kept = [key for key in keys.to_pylist() if position(seed, f"{kind} {key}") < share]
    return pa.array(kept, type=keys.type)


def select_rows(trade: pa.Table, *, seed: int) -> pa.Table:
    """Return the rows of the sample, in source order: every invoice of the chosen customers and the chosen guest invoices.

    `trade` has the eight columns of the source; one row is one invoice line.
    """
    customers = pc.unique(pc.drop_null(trade["CustomerID"]))
    is_guest = pc.is_null(trade["CustomerID"])
    guest_invoices = pc.unique(trade["InvoiceNo"].filter(is_guest))
    members = chosen(customers, seed=seed, kind="customer", share=CUSTOMER_SHARE)
    guests = chosen(guest_invoices, seed=seed, kind="invoice", share=GUEST_INVOICE_SHARE)
    of_member = pc.is_in(trade["CustomerID"], value_set=members)
    of_guest = pc.and_(is_guest, pc.is_in(trade["InvoiceNo"], value_set=guests))
    return trade.filter(pc.or_(of_member, of_guest))


def write(sample: pa.Table, out: Path) -> None:
    """Write the rows as one zstd Parquet file, without notes of the program that read them."""
    plain = sample.replace_schema_metadata(None).combine_chunks()
    pq.write_table(plain, out, compression="zstd", compression_level=19, row_group_size=len(plain), store_schema=False)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def build(source: Path, out: Path, *, seed: int) -> int:
    """Build the sample file from the full one and return its number of rows."""
    sample = select_rows(pq.read_table(source), seed=seed)
    write(sample, out)
    return len(sample)


def is_same(source: Path, existing: Path, *, seed: int) -> bool:
    """Tell whether building again gives exactly the bytes of the existing file."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / existing.name
        build(source, fresh, seed=seed)
        return digest(fresh) == digest(existing)


def main() -> int:
    """Run from a shell; exit status 1 when `--check` finds another file than the one that would be built."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="the full transactions.parquet")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    asked = parser.parse_args()
    if asked.check:
        same = is_same(asked.source, asked.out, seed=asked.seed)
        print("same bytes" if same else f"{asked.out} is not what seed {asked.seed} builds")
        return 0 if same else 1
    rows = build(asked.source, asked.out, seed=asked.seed)
    print(f"{rows} rows, {asked.out.stat().st_size} bytes, sha256 {digest(asked.out)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
