"""Goods by the hundred thousand for benchmarks: made up from a fixed seed, put in through the rooms' own intakes (COPY)."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import polars as pl

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MAIN_SHELVES = 12
_COLOURS = "RED BLUE GREEN IVORY PINK GREY YELLOW BLACK VINTAGE RETRO PAISLEY SPOTTY".split()
_THINGS = "LANTERN MUG TEAPOT CUSHION CLOCK CANDLE BAG BOX FRAME GARLAND APRON BOWL CARD DOLL HOOK LAMP TRAY VASE NAPKIN SIGN".split()
_SIZES = "SMALL MEDIUM LARGE TALL ROUND SQUARE".split()


def open_shop(*, variants: int, seed: int = 7) -> None:
    """Open a shop with so many variants (a fifth of the products have two) on 12 main shelves with three below each."""
    from shopkeeper.flows import open_shop as opening
    from shopkeeper.kit.text import Bilingual
    from shopkeeper.selling.catalog import public as catalog
    from shopkeeper.selling.inventory import public as inventory
    from shopkeeper.selling.pricing import public as pricing
    from shopkeeper.selling.search import public as search
    from shopkeeper.selling.search.shapes import Document
    from shopkeeper.selling.shop import public as shops

    opening.empty(now=NOW)
    shops.welcome(actor=None, now=NOW)
    catalog.import_categories(frame=_shelves())
    chance = random.Random(seed)
    rows = _rows(variants, chance)
    frame = pl.DataFrame(rows)
    made = catalog.import_goods(frame=frame, now=NOW)
    ids = made["variant_id"].to_list()
    prices = pl.DataFrame({"variant_id": ids, "amount_minor": [chance.randrange(50, 9_900) for _ in ids]})
    pricing.import_prices(frame=prices.with_columns(pl.lit(NOW - timedelta(days=60)).alias("from_at")), now=NOW)
    units = [chance.choice((0, 2, 4, 9, 30, 120, 800)) for _ in ids]
    places = [inventory.warehouses()[0].code] * len(ids)
    inventory.import_stock(frame=pl.DataFrame({"variant_id": ids, "warehouse_code": places, "on_hand": units}), now=NOW)
    words = dict(zip(made["product_id"].to_list(), (Bilingual(row["name_en"]) for row in rows), strict=True))
    search.index([Document(product_id=number, names=(name.en,)) for number, name in words.items()])
    _analyse()


def _shelves() -> pl.DataFrame:
    rows = []
    for main in range(MAIN_SHELVES):
        name = {"name_en": f"Shelf {main}", "intro_en": "Good things for every day.", "drawing": "lantern", "tint": "d1"}
        rows.append({"slug": f"shelf-{main}", "parent": None, "position": main, **name})
        rows += [{**name, "slug": f"shelf-{main}-{sub}", "parent": f"shelf-{main}", "position": main * 10 + sub} for sub in range(3)]
    return pl.DataFrame(rows, infer_schema_length=None)


def _rows(variants: int, chance: random.Random) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    product = 0
    while len(rows) < variants:
        name = " ".join((chance.choice(_SIZES), chance.choice(_COLOURS), chance.choice(_THINGS), str(product)))
        main, below = product % MAIN_SHELVES, product // MAIN_SHELVES % 4
        for option in ("", "Other") if product % 5 == 0 and len(rows) + 1 < variants else ("",):
            rows.append(
                {
                    "sku": f"G{product:06}{option[:1]}",
                    "slug": f"thing-{product}",
                    "name_en": name.title(),
                    "source_name": name,
                    "text_en": "A thing of good make.\n\n- lasts\n- mends",
                    "category_slug": f"shelf-{main}" if below == 3 else f"shelf-{main}-{below}",
                    "rank": product + 1,
                    "option_en": option,
                    "weight_g": 200,
                    "position": 1 if option else 0,
                }
            )
        product += 1
    return rows


def _analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
