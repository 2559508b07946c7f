"""A shop to trade in: goods with prices and stock, one way of delivery, and baskets by the thousand, laid without running a checkout."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

COUNTRY = "GB"
OPENED = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Trade:
    """What was laid out. `hot` is one more variant beside the many; all goods cost the same."""

    variants: tuple[int, ...]
    hot: int
    delivery_id: int
    warehouse_id: int


def open_trade(*, goods: int, on_hand: int, hot_on_hand: int) -> Trade:
    """Lay out so many goods, and one more that everybody wants, in a shop without goods; where there is no shop, open one first."""
    import polars as pl

    from shopkeeper.kit.text import Bilingual
    from shopkeeper.selling.catalog import public as catalog
    from shopkeeper.selling.inventory import public as inventory
    from shopkeeper.selling.pricing import public as pricing
    from shopkeeper.selling.pricing.shapes import TaxMode
    from shopkeeper.selling.shop import public as shops

    if not shops.is_open():
        shops.open_shop(
            name=Bilingual("Bench shop", "测量小店"), legal_name="Bench Shop Ltd", licence_number="L-1", licence_authority="Register",
            address="1 Long Lane, London", email="shop@example.com", phone="", country=COUNTRY, zone="Europe/London", language="en",
            currency="GBP", is_sample=False, now=OPENED,
        )  # fmt: skip
    main, _ = inventory.set_up(country=COUNTRY, now=OPENED)
    pricing.set_up(country=COUNTRY, tax_mode=TaxMode.INCLUDED, tax_basis_points=2_000, now=OPENED)
    delivery = pricing.save_delivery_option(
        delivery_option_id=None, code="BENCH", name=Bilingual("Standard delivery", "标准配送"), carrier="Royal Mail", price_minor=395,
        free_from_minor=5_000, days=(2, 4), countries=(COUNTRY,), position=1, is_active=True, actor=None, now=OPENED,
    )  # fmt: skip
    numbers = range(goods + 1)
    catalog.import_categories(frame=pl.DataFrame({"slug": ["tea"], "name_en": ["Tea"], "name_zh": ["茶"]}))
    named = {"sku": [f"G{n:06}" for n in numbers], "slug": [f"good-{n}" for n in numbers], "name_en": [f"Good {n}" for n in numbers]}
    made = catalog.import_goods(frame=pl.DataFrame({**named, "name_zh": [f"货品{n}" for n in numbers], "category_slug": "tea"}), now=OPENED)
    made = made.sort("variant_id")
    pricing.import_prices(frame=made.select("variant_id", amount_minor=pl.lit(1_250)), now=OPENED)
    variants = made["variant_id"].to_list()
    stock = made.select("variant_id", warehouse_code=pl.lit(main.code), on_hand=pl.Series([on_hand] * goods + [hot_on_hand]))
    inventory.import_stock(frame=stock, now=OPENED)
    return Trade(variants=tuple(variants[:-1]), hot=variants[-1], delivery_id=delivery.id, warehouse_id=main.id)


def lay_baskets(kinds: list[tuple[int, ...]], *, mark: str, count: int) -> None:
    """Lay so many open baskets with tokens `mark-0`, `mark-1` …; basket n holds one piece of each variant of kind n modulo their number."""
    from django.db import connection

    pairs = [(kind, variant) for kind, variants in enumerate(kinds) for variant in variants]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO orders_basket (token, created_at, touched_at) SELECT %s || '-' || n, %s, %s FROM generate_series(0, %s) AS n",
            [mark, OPENED, OPENED, count - 1],
        )
        cursor.execute(
            """INSERT INTO orders_basketline (basket_id, variant_id, units, added_at)
               SELECT b.id, k.variant, 1, %s FROM generate_series(0, %s) AS n
               JOIN orders_basket b ON b.token = %s || '-' || n
               JOIN unnest(%s::bigint[], %s::bigint[]) AS k (kind, variant) ON k.kind = n %% %s""",
            [OPENED, count - 1, mark, [kind for kind, _ in pairs], [variant for _, variant in pairs], len(kinds)],
        )


def settle_down() -> None:
    """Write out what is dirty and count the rows anew, so that every run begins on even ground."""
    import psycopg
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    # A checkpoint is the superuser's to ask for; the owner of the folder may come in as that role.
    address = connection.get_connection_params()
    address = {name: address[name] for name in ("host", "dbname", "port") if address.get(name)}
    with psycopg.connect(**address, user="postgres", autocommit=True) as server:
        server.execute("CHECKPOINT")
