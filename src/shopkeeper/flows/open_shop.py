"""Opening a shop: the sample one, made of real trade, or an empty one; and giving the sample up for an empty one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction

from shopkeeper.flows import sample_bundles
from shopkeeper.flows.import_online_retail import LINE_NUMBERS, Reconciliation, digest_of
from shopkeeper.flows.import_online_retail import run as import_trade
from shopkeeper.insight.lake import public as lake
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.database import public as database
from shopkeeper.ops.imports import public as imports
from shopkeeper.ops.imports.shapes import Run
from shopkeeper.selling.content import public as content
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import TaxMode
from shopkeeper.selling.shop import public as shop

SAMPLE = Path(__file__).parent / "sample_shop" / "transactions.parquet"
SAMPLE_ENDS_AT = datetime(2011, 9, 30, 17, 22)  # noqa: DTZ001 - the clock of the source, which names no zone
SAMPLE_ZONE = "Europe/London"
SAMPLE_SOURCE = "online-retail"

# Everything that belongs to a shop. People who can sign in, roles and the audit log stay.
_EMPTIED = (
    "shop", "catalog", "search", "customers", "content", "media", "reviews", "wishes", "promotions", "pricing", "inventory", "orders",
    "payments", "lake", "metrics", "messaging", "links", "events", "imports", "requests", "approvals",
)  # fmt: skip

UK_VAT = 2_000
Tell = Callable[[str, int, int], None]


class NotTheSample(Refusal):
    """The shop is not the sample one, or not any more: only the sample shop can be emptied."""

    code = "not_the_sample"


def sample(*, now: datetime, tell: Tell = lambda _name, _place, _of: None) -> Reconciliation:
    """Open the sample shop, go on where an interrupted opening stopped, or add what an older version did not keep.

    Returns the reconciliation of its trade, which is moved by whole weeks so that it ends today; what would lie in the future is left out.
    """
    begun = imports.unfinished(source=SAMPLE_SOURCE) or _lacking()
    # An opening that goes on must use the moment it began with, or its steps would not be the same.
    began = begun.started_at if begun else now
    if not shop.is_open():
        open_sample(began)
    traded = import_trade(SAMPLE, now=began, shift=sample_shift(began), until=began, tell=tell)
    sample_bundles.fill(began)
    return traded


def is_unfinished() -> bool:
    """Return whether the opening of the sample shop was interrupted, before its trade was begun or within it."""
    return shop.is_open() and shop.shop().is_sample and not imports.was_taken_over(source=SAMPLE_SOURCE)


def lacks_what_is_kept_now() -> bool:
    """Return whether an older version opened the sample shop and did not keep all that `sample` can add from the shipped file."""
    return shop.is_open() and shop.shop().is_sample and _lacking() is not None


def _lacking() -> Run | None:
    # The file is looked at only where a run lacks something; other files' runs are completed by importing those again.
    older = imports.lacking(source=SAMPLE_SOURCE, steps=[imports.SPAN, LINE_NUMBERS])
    digest = digest_of(SAMPLE) if older else ""
    return next((run for run in older if run.digest == digest), None)


def sample_shift(now: datetime) -> timedelta:
    """Return the whole weeks that bring the sample's last day to today or, at most six days, beyond it."""
    today = now.astimezone(ZoneInfo(SAMPLE_ZONE)).date()
    days = (today - SAMPLE_ENDS_AT.date()).days
    return timedelta(weeks=-(-days // 7))


@transaction.atomic
def open_sample(now: datetime) -> None:
    """Open the sample shop without its trade: particulars, warehouses, tax, delivery and texts."""
    shop.open_shop(
        name=Bilingual("The Corner Cupboard", "掌柜小铺"),
        tagline=Bilingual("Small things for the table, the shelf and the window", "桌上、架上、窗边的小物"),
        legal_name="Sample Shop Ltd (not a real company)",
        licence_number="SAMPLE-0000-0000",
        licence_authority="Sample register",
        address="1 Sample Street, London",
        email="hello@shop.example",
        phone="+44 20 7946 0000",
        country="GB",
        zone=SAMPLE_ZONE,
        language="en",
        currency="GBP",
        is_sample=True,
        now=now,
    )
    _set_up(country="GB", tax_mode=TaxMode.INCLUDED, tax_basis_points=UK_VAT, now=now)
    for position, (code, name, carrier, price, free_from, days, countries) in enumerate(_SAMPLE_DELIVERY, 1):
        pricing.save_delivery_option(
            delivery_option_id=None, code=code, name=name, carrier=carrier, price_minor=price, free_from_minor=free_from, days=days,
            countries=countries, position=position, is_active=True, actor=None, now=now,
        )  # fmt: skip


_SAMPLE_DELIVERY = (
    ("STANDARD", Bilingual("Standard delivery", "标准配送"), "Royal Mail", 395, 4_000, (2, 4), ("GB",)),
    ("EXPRESS", Bilingual("Next-day delivery", "次日达"), "DPD", 695, None, (1, 1), ("GB",)),
    ("ABROAD", Bilingual("Delivery abroad", "国际配送"), "DHL", 1_250, 15_000, (4, 9), ()),
)


def empty(*, now: datetime) -> None:
    """Open an empty shop, to staff at first; where the sample shop is open, give it up first. Raises NotTheSample for any other shop."""
    if shop.is_open():
        if not shop.shop().is_sample:
            raise NotTheSample("Only the sample shop can be emptied", field="shop", value=shop.shop().name.en)
        lake.forget_all()
        database.empty_tables(app_labels=_EMPTIED)
    _open_empty(now)


@transaction.atomic
def _open_empty(now: datetime) -> None:
    shop.open_shop(
        name=Bilingual("My shop", "我的店铺"),
        currency="CNY",
        country="CN",
        zone="Asia/Shanghai",
        language="zh-hans",
        is_sample=False,
        opens_soon=True,
        now=now,
    )
    _set_up(country="CN", tax_mode=TaxMode.INCLUDED, tax_basis_points=1_300, now=now)
    pricing.save_delivery_option(
        delivery_option_id=None, code="STANDARD", name=Bilingual("Standard delivery", "标准配送"), carrier="", price_minor=1_000,
        free_from_minor=None, days=(2, 5), countries=("CN",), position=1, is_active=True, actor=None, now=now,
    )  # fmt: skip


def _set_up(*, country: str, tax_mode: TaxMode, tax_basis_points: int, now: datetime) -> None:
    inventory.set_up(country=country, now=now)
    pricing.set_up(country=country, tax_mode=tax_mode, tax_basis_points=tax_basis_points, now=now)
    content.install_defaults(now=now)
