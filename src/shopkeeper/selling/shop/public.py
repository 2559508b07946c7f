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
from shopkeeper.selling.shop.shapes import Confirmation, Logo, Shop, ShopChanged, ShopNotOpen, ShopOpenAlready

__all__ = [
    "change_currency", "confirm", "confirmations", "is_open", "open_shop", "opened_at", "save", "set_logo", "shop", "take_back", "welcome",
]  # fmt: skip

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
    opens_soon: bool = False,
    tagline: Bilingual = Bilingual(),  # noqa: B008 - a frozen value
    now: datetime,
    **more: str,
) -> Shop:
    """Open the one shop of this installation and return it; `more` takes licence data, address, email and phone.

    With `opens_soon` shoppers stay outside until `welcome`. Raises ShopOpenAlready, Malformed, OutOfRange.
    """
    present = store.shop()
    if present is not None:
        raise ShopOpenAlready(present.name.pick("en"))
    blank = Shop(
        name=name, tagline=tagline, legal_name="", licence_number="", licence_authority="", address="", email="", phone="", country=country,
        zone=zone, language=language, currency=checks.currency(currency), is_sample=is_sample, version=0,
        opens_soon=opens_soon,
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


@transaction.atomic
def set_logo(*, logo: Logo | None, actor: UserId | None, now: datetime) -> Shop:
    """Put a picture in the place of the drawn seal, or (None) the seal back in its place, and return the shop. Raises ShopNotOpen.

    Whoever calls has had the picture made and held by the media room.
    """
    before = _locked()
    return _save(before, replace(before, logo=logo), "shop.set_logo", actor, now)


@transaction.atomic
def welcome(*, actor: UserId | None, now: datetime) -> Shop:
    """Let shoppers in, from now on, and return the shop; one that is open already stays as it is. Raises ShopNotOpen."""
    before = _locked()
    return _save(before, replace(before, opens_soon=False), "shop.welcome", actor, now)


def confirmations() -> dict[str, Confirmation]:
    """Return what staff looked at and found right, by what it is about: one query."""
    return store.confirmations()


@transaction.atomic
def confirm(*, about: str, mark: str = "", actor: UserId | None, now: datetime) -> Confirmation:
    """Write down that somebody looked at something and found it right as it stands (`mark`), and return that.

    The same person and mark again change nothing. Raises OutOfRange, Malformed, ShopNotOpen.
    """
    _locked()
    what = checks.line(about, field="about", least=1, most=40)
    present = store.confirmations().get(what)
    if present is not None and (present.mark, present.user_id) == (mark, actor):
        return present
    made = Confirmation(about=what, mark=checks.line(mark, field="mark", most=64), user_id=actor, at=now)
    store.confirm(made)
    before = {"confirmed": what, "mark": present.mark} if present else None
    audit.record(actor=actor, act="shop.confirm", subject=f"shop:{SHOP_ID}", before=before, after={"confirmed": what, "mark": mark}, at=now)
    return made


@transaction.atomic
def take_back(*, about: str, actor: UserId | None, now: datetime) -> None:
    """Take back what was confirmed about something; nothing where nothing was."""
    found = store.take_back(about)
    if found is not None:
        before = {"confirmed": about, "mark": found.mark}
        audit.record(actor=actor, act="shop.confirm", subject=f"shop:{SHOP_ID}", before=before, after=None, at=now)


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
    return {name: _plain_value(getattr(shop, name)) for name in fields}


def _plain_value(value: object) -> object:
    if isinstance(value, Bilingual):
        return {"en": value.en, "zh": value.zh}
    return value.key if isinstance(value, Logo) else value
