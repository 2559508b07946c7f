"""A small shop to buy in: two warehouses, two goods, one way of delivery, and a shopper with a basket."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from shopkeeper.events import models as outbox
from shopkeeper.flows import bundles
from shopkeeper.flows import place_order as flow
from shopkeeper.kit.ids import DeliveryOptionId, OrderId, VariantId, WarehouseId
from shopkeeper.kit.tests.remembered import remembered
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import VariantDraft
from shopkeeper.selling.catalog.shapes_bundles import PartDraft
from shopkeeper.selling.customers.shapes import Address
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Basket, Contact, Order
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import Payment
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import TaxMode, Wanted
from shopkeeper.selling.shop import public as shop

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CONTACT = Contact(email="ann@example.com", name="Ann Shopper", phone="+44 20 7946 0000")
ADDRESS = Address(name="Ann Shopper", line1="1 High Street", city="London", postcode="N1 1AA", country="GB")


@dataclass
class SmallShop:
    """What a test asks of a shop. Prices: TEA 1,250, CUP 999, delivery 395, tax of 20 % included."""

    variants: dict[str, VariantId] = field(default_factory=dict)
    delivery_id: DeliveryOptionId = field(init=False)
    main: WarehouseId = field(init=False)
    north: WarehouseId = field(init=False)

    def basket(self, **units: int) -> Basket:
        """Return a new visitor's basket: `basket(TEA=2)`."""
        basket = orders.open_basket(now=NOON)
        for sku, count in units.items():
            basket = orders.add_line(token=basket.token, variant_id=self.variants[sku], units=count, now=NOON)
        return basket

    def digest(self, basket: Basket) -> str:
        """Return the digest of what the buyer is shown."""
        wanted = [Wanted(variant_id=line.variant_id, units=line.units) for line in basket.lines]
        return pricing.quote(wanted=wanted, country="GB", delivery_option_id=self.delivery_id).digest

    def request(self, basket: Basket, *, method: str = "test-ok", key: str = "", **changes: Any) -> dict[str, Any]:
        """Return the arguments of a checkout as a guest."""
        return {
            "basket_token": basket.token,
            "buyer": None,
            "contact": CONTACT,
            "address": ADDRESS,
            "delivery_option_id": self.delivery_id,
            "payment_method": method,
            "seen_digest": self.digest(basket),
            "idempotency_key": key or f"key-{basket.token}",
            "language": "en",
            "now": NOON,
            **changes,
        }

    def buy(self, *, method: str = "test-ok", **units: int) -> Order:
        """Place an order as a guest and return it."""
        placed = flow.place_order(**self.request(self.basket(**units), method=method))
        return orders.order(placed.order_id)

    def available(self, sku: str) -> int:
        return inventory.available([self.variants[sku]])[self.variants[sku]]

    def payment(self, order_id: OrderId) -> Payment:
        (found,) = payments.payments_of(order_id)
        return found

    def receive(self, sku: str, units: int, *, warehouse: WarehouseId | None = None) -> None:
        inventory.receive(variant_id=self.variants[sku], warehouse_id=warehouse or self.main, units=units, actor=None, now=NOON)

    def bundle(self, sku: str, price_minor: int, **units: int) -> VariantId:
        """Sell a bundle of what is there already: `bundle("SET", 2_900, TEA=1, CUP=2)`."""
        self.variants[sku] = product(sku)
        self.price(sku, price_minor)
        self.hold(sku, **units)
        return self.variants[sku]

    def hold(self, sku: str, **units: int) -> None:
        """Say what one of a bundle holds."""
        parts = [PartDraft(self.variants[each], count) for each, count in units.items()]
        bundles.save_bundle(variant_id=self.variants[sku], parts=parts, actor=None, now=NOON)

    def price(self, sku: str, amount_minor: int) -> None:
        pricing.set_price(variant_id=self.variants[sku], amount_minor=amount_minor, reason="test", actor=None, now=NOON)


@remembered
def small_shop(stock: Mapping[str, int] | None = None) -> SmallShop:
    """Open a shop with 10 TEA and 5 CUP in the main warehouse, or with the stock given."""
    shop.open_shop(
        name=Bilingual("Small shop", "小店"), legal_name="Small Shop Ltd", licence_number="L-1", licence_authority="Register",
        address="1 Long Lane, London", email="shop@example.com", phone="", country="GB", zone="Europe/London", language="en",
        currency="GBP", is_sample=False, now=NOON,
    )  # fmt: skip
    made = SmallShop()
    main, north = inventory.set_up(country="GB", now=NOON)
    made.main, made.north = main.id, north.id
    pricing.set_up(country="GB", tax_mode=TaxMode.INCLUDED, tax_basis_points=2_000, now=NOON)
    made.delivery_id = pricing.save_delivery_option(
        delivery_option_id=None, code="STANDARD", name=Bilingual("Standard delivery", "标准配送"), carrier="Royal Mail", price_minor=395,
        free_from_minor=None, days=(2, 4), countries=("GB",), position=1, is_active=True, actor=None, now=NOON,
    ).id  # fmt: skip
    for sku, price in (("TEA", 1_250), ("CUP", 999)):
        made.variants[sku] = product(sku)
        made.price(sku, price)
    for sku, units in (stock or {"TEA": 10, "CUP": 5}).items():
        if units:
            made.receive(sku, units)
    return made


def product(sku: str) -> VariantId:
    """Put a product of one variant on sale, without price or stock."""
    saved = catalog.save_product(
        product_id=None, slug=sku.lower(), name=Bilingual(f"{sku.title()} of the house", f"本店{sku}"), text=Bilingual(), category_id=None,
        variants=[VariantDraft(sku=sku)], is_published=True, actor=None, now=NOON,
    )  # fmt: skip
    return saved.variants[0].id


def told(kind: str) -> list[dict[str, Any]]:
    """Return the facts of a kind in the outbox, oldest first, as plain values."""
    return [row.body for row in outbox.OutboxFact.objects.filter(kind=kind).order_by("id")]
