"""A shop to look round in, made through the rooms' faces: shelves, goods with and without stock, a reduced price, choices."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.test import Client

from shopkeeper.kit.ids import CategoryId, DeliveryOptionId, VariantId
from shopkeeper.kit.tests.remembered import remembered
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Product, VariantDraft
from shopkeeper.selling.content import public as content
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import TaxMode
from shopkeeper.selling.search import public as search
from shopkeeper.selling.search.shapes import Document
from shopkeeper.selling.shop import public as shops

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Corner:
    """LAMP £12.00 (8 in stock), CUP in two sizes £8.50 and £11.50 (20 and 0), BOX £3.00 (sold out); delivery £3.95, free from £50."""

    variants: dict[str, VariantId] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    delivery_id: DeliveryOptionId = field(init=False)
    kitchen: CategoryId = field(init=False)

    def visitor(self, language: str = "en") -> Client:
        """Return a browser that has answered the privacy question."""
        client = Client(HTTP_ACCEPT_LANGUAGE=language)
        client.cookies["consent"] = "no.somebody"
        return client

    def add(self, client: Client, sku: str = "LAMP", units: int = 1) -> None:
        answer = client.post("/en/basket/add/", {"variant": self.variants[sku], "units": units})
        assert answer.status_code == 302, answer.content

    def stock(self, sku: str) -> int:
        return inventory.available([self.variants[sku]])[self.variants[sku]]

    def price(self, sku: str, amount_minor: int, now: datetime = NOON) -> None:
        pricing.set_price(variant_id=self.variants[sku], amount_minor=amount_minor, reason="test", actor=None, now=now)


@remembered
def corner(*, is_sample: bool = True) -> Corner:
    """Open a shop with two shelves and three goods."""
    shops.open_shop(
        name=Bilingual("Corner shop", "街角小铺"),
        tagline=Bilingual("Small things", "小物件"),
        legal_name="Corner Ltd",
        licence_number="L-77",
        licence_authority="Register",
        address="1 Mill Lane",
        email="hello@example.com",
        phone="+44 1",
        country="GB",
        zone="Europe/London",
        language="en",
        currency="GBP",
        is_sample=is_sample,
        now=NOON,
    )
    pricing.set_up(country="GB", tax_mode=TaxMode.INCLUDED, tax_basis_points=2_000, now=NOON)
    inventory.set_up(country="GB", now=NOON)
    content.install_defaults(now=NOON)
    made = Corner()
    made.delivery_id = _delivery()
    made.kitchen = _category("kitchen", Bilingual("Kitchen", "厨房"), 1)
    cups = _category("cups", Bilingual("Cups", "杯子"), 2, parent_id=made.kitchen)
    _goods(made, "lamp", Bilingual("Brass lamp", "黄铜灯"), made.kitchen, {"LAMP": ("", 1_200, 8)}, rank=1)
    _goods(made, "cup", Bilingual("Enamel cup", "搪瓷杯"), cups, {"CUP-S": ("Small", 850, 20), "CUP-L": ("Large", 1_150, 0)}, rank=2)
    _goods(made, "box", Bilingual("Tin box", "铁盒"), made.kitchen, {"BOX": ("", 300, 0)}, rank=3)
    search.index([Document(product_id=each.id, names=(each.name.en, each.name.zh)) for each in made.products.values()])
    return made


def _delivery() -> DeliveryOptionId:
    return pricing.save_delivery_option(
        delivery_option_id=None,
        code="STANDARD",
        name=Bilingual("Standard delivery", "标准配送"),
        carrier="Royal Mail",
        price_minor=395,
        free_from_minor=5_000,
        days=(2, 4),
        countries=("GB",),
        position=1,
        is_active=True,
        actor=None,
        now=NOON,
    ).id


def _category(slug: str, name: Bilingual, position: int, *, parent_id: CategoryId | None = None) -> CategoryId:
    return catalog.save_category(
        category_id=None,
        slug=slug,
        name=name,
        intro=Bilingual("Good things", "好东西"),
        parent_id=parent_id,
        drawing="cup",
        position=position,
        is_derived=True,
        actor=None,
        now=NOON,
    )


def _goods(
    made: Corner, slug: str, name: Bilingual, category_id: CategoryId, variants: dict[str, tuple[str, int, int]], *, rank: int
) -> None:
    drafts = [VariantDraft(sku=sku, option=Bilingual(option, option)) for sku, (option, _, _) in variants.items()]
    product = catalog.save_product(
        product_id=None,
        slug=slug,
        name=name,
        text=Bilingual("**Good** for <rainy> days.", "下雨天用。"),
        category_id=category_id,
        variants=drafts,
        is_published=True,
        source_name=name.en,
        rank=rank,
        actor=None,
        now=NOON,
    )
    made.products[slug] = product
    main = inventory.warehouses()[0].id
    for variant in product.variants:
        _, amount, units = variants[variant.sku]
        made.variants[variant.sku] = variant.id
        made.price(variant.sku, amount, NOON - timedelta(days=60))
        if units:
            inventory.receive(variant_id=variant.id, warehouse_id=main, units=units, actor=None, now=NOON)
