"""The face of the shop room: the shop's own particulars, read on every page and saved by its owner."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.shop import store
from shopkeeper.selling.shop.rules import particulars
from shopkeeper.selling.shop.shapes import Shop, ShopChanged, ShopNotOpen, ShopOpenAlready

__all__ = ["change_currency", "is_open", "open_shop", "save", "shop"]

SHOP_ID = 1


def shop() -> Shop:
    """Return the shop, from the copy this process keeps as long as its version is the stored one. Raises ShopNotOpen."""
    found = store.shop()
    if found is None:
        raise ShopNotOpen
    return found


def is_open() -> bool:
    """Return whether a shop has been opened in this database."""
    return store.shop() is not None


def opened_at() -> datetime:
    """Return when the shop was opened. Raises ShopNotOpen."""
    found = store.opened_at()
    if found is None:
        raise ShopNotOpen
    return found


@transaction.atomic
def open_shop(
    *,
    name: Bilingual,
    currency: str,
    country: str,
    zone: str,
    language: str,
    is_sample: bool = False,
    tagline: Bilingual = Bilingual(),  # noqa: B008 - a frozen value
    now: datetime,
    **more: str,
) -> Shop:
    """Open the one shop of this installation and return it; `more` takes licence data, address, email and phone.

    Raises ShopOpenAlready, Malformed, OutOfRange.
    """
    present = store.shop()
    if present is not None:
        raise ShopOpenAlready(present.name.pick("en"))
    blank = Shop(
        name=name, tagline=tagline, legal_name="", licence_number="", licence_authority="", address="", email="", phone="", country=country,
        zone=zone, language=language, currency=checks.currency(currency), is_sample=is_sample, version=0,
    )  # fmt: skip
    fields = {"name": name, "tagline": tagline, "country": country, "zone": zone, "language": language, **more}
    opened = store.save(particulars.changed(blank, fields), opened_at=now)
    events.record(facts.ShopSaved(shop_id=SHOP_ID, fields=tuple(Shop.__dataclass_fields__)), at=now)
    return opened


@transaction.atomic
def save(*, actor: UserId | None, now: datetime, seen_version: int | None = None, **changes: object) -> Shop:
    """Save some of the shop's particulars (fields of `Shop`, but currency, is_sample and version) and return the shop.

    With `seen_version`, a form that showed an older version is refused. Nothing is written where nothing differs.
    Raises Malformed, OutOfRange, ShopChanged, ShopNotOpen; TypeError for a field the shop does not have.
    """
    before = _locked()
    if seen_version is not None and seen_version != before.version:
        raise ShopChanged(seen_version)
    return _save(before, particulars.changed(before, changes), "shop.save", actor, now)


@transaction.atomic
def change_currency(*, currency: str, actor: UserId | None, now: datetime) -> Shop:
    """Change the book currency of a shop without trade; `flows/shop_settings.py` makes sure of that. Raises Malformed, ShopNotOpen."""
    before = _locked()
    after = replace(before, currency=checks.currency(currency))
    return _save(before, after, "shop.change_currency", actor, now)


def _save(before: Shop, after: Shop, act: str, actor: UserId | None, now: datetime) -> Shop:
    fields = particulars.differing(before, after)
    if not fields:
        return before
    saved = store.save(after)
    audit.record(actor=actor, act=act, subject=f"shop:{SHOP_ID}", before=_plain(before, fields), after=_plain(after, fields), at=now)
    events.record(facts.ShopSaved(shop_id=SHOP_ID, fields=fields), at=now)
    return saved


def _locked() -> Shop:
    found = store.locked()
    if found is None:
        raise ShopNotOpen
    return found


def _plain(shop: Shop, fields: tuple[str, ...]) -> dict[str, object]:
    values = {name: getattr(shop, name) for name in fields}
    return {name: {"en": value.en, "zh": value.zh} if isinstance(value, Bilingual) else value for name, value in values.items()}
