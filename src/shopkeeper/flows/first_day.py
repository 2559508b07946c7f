"""The first day: what a shop needs before its first sale, read from the facts of the shop, step by step.

Nothing here remembers a place in a list: whoever comes back, or takes over from somebody else, finds the steps as the shop stands.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from urllib.parse import urlsplit

from babel.core import get_global
from django.conf import settings

from shopkeeper.flows import back_up
from shopkeeper.kit import together
from shopkeeper.kit.refusals import Malformed
from shopkeeper.ops.access import public as access
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Product
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.shapes import ShopText
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import WrongTaxNumber
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.inventory.shapes import Warehouse
from shopkeeper.selling.media import public as media
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import Method, NotOffered
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import DeliveryOption, PriceList, TaxRate
from shopkeeper.selling.shop import public as shops
from shopkeeper.selling.shop.shapes import Confirmation, Shop

GUIDE = "guide"
FIRST_NAMES = ("My shop", "我的店铺")
LOOKED_AT = 24
"""So many products are looked at for one that can be bought."""

USUAL_RATES = {
    "AT": 2_000, "AU": 1_000, "BE": 2_100, "CH": 810, "CN": 1_300, "DE": 1_900, "DK": 2_500, "ES": 2_100, "FR": 2_000, "GB": 2_000,
    "IE": 2_300, "IT": 2_200, "JP": 1_000, "NL": 2_100, "PL": 2_300, "SE": 2_500,
}  # fmt: skip
"""The general rate of value added tax on goods, in ten-thousandths; only to ask again where somebody enters another one."""


Goods = tuple[tuple[Product, ...], frozenset[int], frozenset[int], frozenset[int]]
"""Published products, and which variants have a price, which are in stock, which products have a picture."""


class State(StrEnum):
    """`done`; `open`: something is missing; `look`: it works, and somebody should look whether it is meant so."""

    DONE = "done"
    OPEN = "open"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found wrong, by code, and the values that its sentence names."""

    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    is_open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: how many minutes it takes, how it stands and why. `is_needed`: the shop does not open while it is open."""

    name: str
    minutes: int
    is_needed: bool
    findings: tuple[Finding, ...]

    @property
    def state(self) -> State:
        if not self.findings:
            return State.DONE
        return State.OPEN if any(each.is_open for each in self.findings) else State.LOOK


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The facts of the shop that the steps are judged by. `products` are published; those with a picture are in `pictured`."""

    shop: Shop
    confirmations: Mapping[str, Confirmation]
    lists: Sequence[PriceList]
    rates: Sequence[TaxRate]
    ways: Sequence[DeliveryOption]
    warehouses: Sequence[Warehouse]
    texts: Sequence[ShopText]
    methods: Sequence[Method]
    not_offered: Sequence[NotOffered]
    products: Sequence[Product]
    priced: frozenset[int]
    stocked: frozenset[int]
    pictured: frozenset[int]
    staff: int
    invited: int
    backup_worry: str
    writes_mails: bool
    address: str

    def holds(self, about: str, mark: str) -> bool:
        """Return whether somebody confirmed something as it stands now."""
        found = self.confirmations.get(about)
        return found is not None and found.mark == mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The steps in their order, and what they were judged by."""

    seen: Seen
    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        return sum(each.state is State.DONE for each in self.steps)

    @property
    def minutes_left(self) -> int:
        return sum(each.minutes for each in self.steps if each.state is not State.DONE)

    @property
    def next(self) -> str:
        """Return the name of the first step that is open, else of one that needs a look, else nothing."""
        for state in (State.OPEN, State.LOOK):
            for each in self.steps:
                if each.state is state:
                    return each.name
        return ""

    @property
    def in_the_way(self) -> tuple[str, ...]:
        """Return the needed steps that are open: the shop does not open before they are done."""
        return tuple(each.name for each in self.steps if each.is_needed and each.state is State.OPEN)

    @property
    def left(self) -> tuple[str, ...]:
        """Return every other step that is not done, but opening itself."""
        names = (each.name for each in self.steps if each.state is not State.DONE and each.name != "open")
        return tuple(name for name in names if name not in self.in_the_way)


def read(now: datetime) -> Day:
    """Return the first day as the shop stands now. Raises ShopNotOpen."""
    seen = _look(now, _goods)
    return Day(seen=seen, steps=judge(seen))


def glance(now: datetime) -> Day:
    """Return the first day as Today lists it, at the price of one statement: of goods only whether any is shown and any is priced."""
    seen, is_shown, is_priced = together.read(lambda: _look(now, _no_goods), catalog.has_products, pricing.has_prices)
    steps = judge(seen)
    if is_shown and is_priced:
        steps = tuple(replace(each, findings=()) if each.name == "products" else each for each in steps)
    return Day(seen=seen, steps=steps)


def is_wanted(home: Shop) -> bool:
    """Return whether Today should lead to the first day: until the shop was opened or somebody put the guide away. One query at most."""
    return not home.is_sample and home.opens_soon and GUIDE not in shops.confirmations()


# ── what is there ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _look(now: datetime, goods_of: Callable[[], Goods]) -> Seen:
    shop, confirmations, lists, rates, ways, warehouses, texts, goods, staff, invited = together.read(
        shops.shop, shops.confirmations, pricing.price_lists, pricing.tax_rates, pricing.all_delivery_options, inventory.warehouses,
        content.texts, goods_of, access.staff, lambda: access.open_invitations(now),
    )  # fmt: skip
    products, priced, stocked, pictured = goods
    return Seen(
        shop=shop,
        confirmations=confirmations,
        lists=lists,
        rates=rates,
        ways=ways,
        warehouses=warehouses,
        texts=tuple(texts.values()),
        methods=payments.methods(),
        not_offered=payments.not_offered(),
        products=products,
        priced=priced,
        stocked=stocked,
        pictured=pictured,
        staff=sum(each.is_active for each in staff),
        invited=len(invited),
        backup_worry=back_up.safety(now).worry,
        writes_mails=settings.EMAIL_BACKEND.endswith(("smtp.EmailBackend", "locmem.EmailBackend")),
        address=settings.PUBLIC_URL,
    )


def _no_goods() -> Goods:
    return (), frozenset(), frozenset(), frozenset()


def _goods() -> Goods:
    found = tuple(catalog.listing(size=LOOKED_AT))
    variants = [variant.id for each in found for variant in each.variants if variant.is_sellable]
    products = [each.id for each in found]
    priced, stocked, pictured = together.read(
        lambda: pricing.prices(variants), lambda: inventory.available(variants), lambda: media.first(products)
    )
    shown = set(pictured) | {each.id for each in found if each.photo_url}
    return found, frozenset(priced), frozenset(key for key, units in stocked.items() if units > 0), frozenset(shown)


# ── how it is judged ──────────────────────────────────────────────────────────────────────────────────────────────────


def judge(seen: Seen) -> tuple[Step, ...]:
    """Return every step in its order, with what is wrong in it."""
    return tuple(
        Step(name=name, minutes=minutes, is_needed=is_needed, findings=tuple(check(seen))) for name, minutes, is_needed, check in _STEPS
    )


def place_mark(shop: Shop) -> str:
    """Return how the shop's place stands, for whoever confirms it."""
    return f"{shop.country}:{shop.zone}:{shop.currency}:{shop.language}"


def tax_mark(seen: Seen) -> str:
    """Return how taxes stand: the home country's rate and how prices state it."""
    rate = home_rate(seen)
    return f"{seen.shop.country}:{rate.basis_points if rate else ''}:{default_list(seen).tax_mode.value}"


def delivery_mark(seen: Seen) -> str:
    """Return how the ways of delivery stand."""
    told = [(each.code, each.price_minor, each.free_from_minor, each.days, each.countries) for each in seen.ways if each.is_active]
    return sha256(repr(told).encode()).hexdigest()[:16]


def text_mark(text: ShopText) -> str:
    """Return which version of a text is in force."""
    return str(text.version)


def home_rate(seen: Seen) -> TaxRate | None:
    """Return the tax rate of the shop's own country, None where none was set for it."""
    return next((each for each in seen.rates if each.country == seen.shop.country), None)


def default_list(seen: Seen) -> PriceList:
    """Return the price list that shoppers see."""
    return next(each for each in seen.lists if each.is_default)


def home_ways(seen: Seen) -> tuple[DeliveryOption, ...]:
    """Return the ways of delivery that reach the shop's own country: those that name it, and only where none does those for all others."""
    offered = [each for each in seen.ways if each.is_active]
    named = tuple(each for each in offered if seen.shop.country in each.countries)
    return named or tuple(each for each in offered if not each.countries)


def unread(seen: Seen) -> tuple[ShopText, ...]:
    """Return the texts nobody has edited or confirmed yet."""
    return tuple(
        each
        for each in seen.texts
        if not seen.holds(f"text:{each.kind.value}", text_mark(each)) and (each.version == 1 or content.is_template(each))
    )


def _name(seen: Seen) -> list[Finding]:
    name = seen.shop.name
    # One name serves readers of both languages: the other is worth a look, and keeps nobody out.
    found = [
        Finding(f"name_{code}_missing", is_open=not (name.en.strip() or name.zh.strip()))
        for code, said in (("en", name.en), ("zh", name.zh))
        if not said.strip()
    ]
    first = [each for each in (name.en, name.zh) if each in FIRST_NAMES]
    return found + [Finding("name_is_first", {"name": each}) for each in first[:1]]


def _place(seen: Seen) -> list[Finding]:
    shop, found = seen.shop, []
    if not shop.email:
        found.append(Finding("email_missing"))
    if not seen.holds("place", place_mark(shop)):
        found.append(Finding("place_unconfirmed", {"country": shop.country, "currency": shop.currency, "zone": shop.zone}))
    elif get_global("zone_territories").get(shop.zone, shop.country) != shop.country:
        found.append(Finding("zone_elsewhere", {"zone": shop.zone, "country": shop.country}, is_open=False))
    if any(each.is_active for each in seen.warehouses) and all(each.country != shop.country for each in seen.warehouses if each.is_active):
        found.append(Finding("warehouse_elsewhere", {"country": shop.country}, is_open=False))
    return found


def _licence(seen: Seen) -> list[Finding]:
    shop = seen.shop
    names = ("legal_name", "address", "licence_number", "licence_authority")
    found = [Finding(f"{name}_missing") for name in names if not getattr(shop, name).strip()]
    if shop.country == "CN" and shop.licence_number and not _is_credit_code(shop.licence_number):
        found.append(Finding("licence_number_wrong", {"number": shop.licence_number}, is_open=False))
    return found


def _is_credit_code(number: str) -> bool:
    try:
        customers.tax_number(number, country="CN")
    except (WrongTaxNumber, Malformed):
        return False
    return True


def _logo(seen: Seen) -> list[Finding]:
    return [] if seen.shop.logo or "seal" in seen.confirmations else [Finding("logo_missing")]


def _taxes(seen: Seen) -> list[Finding]:
    rate = home_rate(seen)
    if rate is None:
        return [Finding("rate_missing", {"country": seen.shop.country})]
    if seen.holds("taxes", tax_mark(seen)):
        return []
    usual = USUAL_RATES.get(seen.shop.country, rate.basis_points)
    odd = [Finding("rate_unusual", {"usual": usual, "country": seen.shop.country}, is_open=False)] if usual != rate.basis_points else []
    is_changed = "taxes" in seen.confirmations
    return [Finding("taxes_changed" if is_changed else "taxes_unconfirmed", is_open=not is_changed), *odd]


def _delivery(seen: Seen) -> list[Finding]:
    reached = home_ways(seen)
    if not reached:
        return [Finding("not_reached", {"country": seen.shop.country})]
    found = [Finding("way_one_language", {"code": each.code}, is_open=False) for each in reached if not (each.name.en and each.name.zh)]
    if not seen.holds("delivery", delivery_mark(seen)):
        is_changed = "delivery" in seen.confirmations
        found.append(Finding("delivery_changed" if is_changed else "delivery_unconfirmed", is_open=not is_changed))
    return found


def _texts(seen: Seen) -> list[Finding]:
    return [Finding("text_template" if content.is_template(each) else "text_unread", {"kind": each.kind.value}) for each in unread(seen)]


def _payment(seen: Seen) -> list[Finding]:
    found = [
        Finding(f"provider_{each.reason}", {"provider": each.provider, "value": each.value}, is_open=False) for each in seen.not_offered
    ]
    if not seen.methods:
        found.append(Finding("no_payment"))
    elif all(each.is_test for each in seen.methods):
        found.append(Finding("only_test_payments", is_open=False))
    elif any(each.is_test for each in seen.methods):
        found.append(Finding("test_payments_beside", is_open=False))
    return found


def _products(seen: Seen) -> list[Finding]:
    if not seen.products:
        return [Finding("no_product")]
    return min((lacking(seen, each) for each in seen.products), key=lambda found: (sum(each.is_open for each in found), len(found)))


def lacking(seen: Seen, product: Product) -> list[Finding]:
    """Return what a published product lacks to be bought by anybody."""
    sellable = {each.id for each in product.variants if each.is_sellable}
    name = product.name.en or product.name.zh
    checks = (
        ("no_price", not sellable & seen.priced, True),
        ("no_stock", not sellable & seen.stocked, True),
        ("no_picture", product.id not in seen.pictured, False),
        ("one_language", not (product.name.en and product.name.zh), False),
    )
    return [Finding(code, {"product": name, "id": product.id}, is_open) for code, is_wrong, is_open in checks if is_wrong]


def _mail(seen: Seen) -> list[Finding]:
    found = [] if seen.writes_mails else [Finding("no_mail_server", is_open=False)]
    return found if "mail" in seen.confirmations else [*found, Finding("mail_untried")]


def _staff(seen: Seen) -> list[Finding]:
    if seen.staff > 1 or "alone" in seen.confirmations:
        return []
    return [Finding("invitation_open", is_open=False)] if seen.invited else [Finding("nobody_else")]


def _backups(seen: Seen) -> list[Finding]:
    return [Finding(f"backup_{seen.backup_worry}", is_open=seen.backup_worry == "none")] if seen.backup_worry else []


def _open(seen: Seen) -> list[Finding]:
    host = urlsplit(seen.address).hostname or ""
    near = [Finding("only_here", {"address": seen.address}, is_open=False)] if host in ("127.0.0.1", "localhost", "::1") else []
    return [Finding("not_open"), *near] if seen.shop.opens_soon else []


_STEPS: tuple[tuple[str, int, bool, Callable[[Seen], Sequence[Finding]]], ...] = (
    ("name", 1, True, _name),
    ("place", 2, True, _place),
    ("licence", 3, True, _licence),
    ("logo", 1, False, _logo),
    ("taxes", 2, True, _taxes),
    ("delivery", 3, True, _delivery),
    ("texts", 6, True, _texts),
    ("payment", 3, True, _payment),
    ("products", 4, True, _products),
    ("mail", 1, False, _mail),
    ("staff", 1, False, _staff),
    ("backups", 2, False, _backups),
    ("open", 1, False, _open),
)
NAMES = tuple(name for name, *_rest in _STEPS)
