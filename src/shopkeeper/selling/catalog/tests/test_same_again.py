"""What is saved as it is already, once it is tidy, changes nothing: no trace, no fact, no version, whichever door it came through."""

from collections.abc import Callable
from datetime import timedelta, timezone

import pytest

from shopkeeper.events.models import OutboxFact
from shopkeeper.kit.ids import ProductId
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import ChoiceDraft, TraitDraft, TraitKind
from shopkeeper.selling.catalog.shapes_collections import CollectionDraft, CollectionKind, Condition, ConditionKind, Part, Rule
from shopkeeper.selling.catalog.shapes_options import Link, LinkKind, Option, OptionDraft, OptionValueDraft, SizeColumn, SizeRow
from shopkeeper.selling.catalog.tests.builders import NOON, a_brand, a_category, an_attribute, some_goods

pytestmark = pytest.mark.django_db

Save = Callable[[str], None]
"""Saves something with this much blank around its words."""

LATER = NOON + timedelta(hours=1)
SHANGHAI = timezone(timedelta(hours=8))


def brand() -> Save:
    made = a_brand()

    def save(blank: str) -> None:
        catalog.save_brand(brand_id=made, slug=f"acme{blank}", name=Bilingual(f"{blank}Acme", "牌"), actor=None, now=LATER)

    return save


def attribute() -> Save:
    made = an_attribute()

    def save(blank: str) -> None:
        choices = [
            ChoiceDraft(id=each.id, code=f"{each.code}{blank}", name=Bilingual(each.name.en + blank, "色"), swatch=blank)
            for each in made.choices
        ]
        catalog.save_attribute(
            attribute_id=made.id, code=f"colour{blank}", name=Bilingual(f"{blank}Colour", "名"), kind=TraitKind.CHOICE, is_filter=True,
            choices=choices, actor=None, now=LATER,
        )  # fmt: skip

    return save


def description() -> Save:
    product, colour, maker = some_goods().product_id, an_attribute(), a_brand()
    words = catalog.save_attribute(attribute_id=None, code="care", name=Bilingual("Care"), kind=TraitKind.TEXT, actor=None, now=NOON)
    red, green, _blue = (each.id for each in colour.choices)

    def save(blank: str) -> None:
        chosen = (green, red, green) if blank else (red, green)
        said = [
            TraitDraft(attribute_id=words, text=Bilingual(f"{blank}By hand{blank}")),
            TraitDraft(attribute_id=colour.id, choice_ids=chosen),
        ]
        catalog.describe(product_id=product, brand_id=maker, traits=said[:: -1 if blank else 1], actor=None, now=LATER)

    return save


def collection(kind: CollectionKind = CollectionKind.HAND) -> Save:
    rule = Rule(conditions=(Condition(kind=ConditionKind.NAME, text="tea"),))
    plain = CollectionDraft(slug="tea", name=Bilingual("Tea"), kind=kind, rule=rule, starts_at=NOON)
    made = catalog.save_collection(collection_id=None, draft=plain, actor=None, now=NOON)

    def save(blank: str) -> None:
        said = Condition(kind=ConditionKind.NAME, text=f"tea{blank}")
        draft = CollectionDraft(
            slug="tea", name=Bilingual(f"Tea{blank}"), kind=kind, rule=Rule(conditions=(said, said)), starts_at=NOON.astimezone(SHANGHAI)
        )
        catalog.save_collection(collection_id=made, draft=draft, actor=None, now=LATER)

    return save


def collection_by_rule() -> Save:
    return collection(CollectionKind.RULE)


def naming() -> Save:
    draft = CollectionDraft(slug="tea", name=Bilingual("Tea"), kind=CollectionKind.HAND)
    made = catalog.save_collection(collection_id=None, draft=draft, actor=None, now=NOON)
    goods = [some_goods(sku).product_id for sku in ("A", "B")]

    def save(blank: str) -> None:
        wanted = goods * 2 if blank else goods
        catalog.name_products(collection_id=made, part=Part.IN, product_ids=wanted, actor=None, now=LATER)
        catalog.arrange_collection(collection_id=made, products=wanted, left_out=[], actor=None, now=LATER)

    return save


def size_table() -> Save:
    shelf, other = a_category("tea"), a_category("pots")
    columns, rows = [SizeColumn(name=Bilingual("Chest"), unit="cm")], [SizeRow(size="S", cells=("86–90",))]
    made = catalog.save_size_table(
        size_table_id=None, name=Bilingual("Shirts"), columns=columns, rows=rows, category_ids=[shelf, other], actor=None, now=NOON
    )

    def save(blank: str) -> None:
        catalog.save_size_table(
            size_table_id=made, name=Bilingual(f"Shirts{blank}"), columns=[SizeColumn(name=Bilingual(f"{blank}Chest"), unit=f"cm{blank}")],
            rows=[SizeRow(size=f"S{blank}", cells=("86 - 90" if blank else "86–90",))], category_ids=[other, shelf], actor=None, now=LATER,
        )  # fmt: skip

    return save


def own_size_table() -> Save:
    product = some_goods().product_id
    columns, rows = [SizeColumn(name=Bilingual("Cut"), unit="")], [SizeRow(size="S", cells=("slim",))]
    made = catalog.save_size_table(
        size_table_id=None, name=Bilingual("Own"), columns=columns, rows=rows, category_ids=[], actor=None, now=NOON
    )
    return lambda _blank: catalog.choose_size_table(product_id=product, size_table_id=made, actor=None, now=LATER)


def related() -> Save:
    tea, *others = (some_goods(sku).product_id for sku in ("TEA", "POT", "CUP"))
    links = [Link(each, LinkKind.WITH) for each in others]
    return lambda _blank: catalog.relate(product_id=tea, links=links, actor=None, now=LATER)


def own_options() -> Save:
    shirt, kept = some_goods("SHIRT").product_id, list[Option]()

    def save(blank: str) -> None:
        if not kept:
            first = OptionDraft(name=Bilingual("Size"), values=tuple(OptionValueDraft(name=Bilingual(each)) for each in "SL"))
            kept.extend(catalog.save_options(product_id=shirt, options=[first], actor=None, now=LATER))
        values = tuple(OptionValueDraft(id=each.id, name=Bilingual(blank + each.name.en)) for each in kept[0].values)
        draft = OptionDraft(id=kept[0].id, name=Bilingual(f"Size{blank}"), values=values)
        catalog.save_options(product_id=shirt, options=[draft], actor=None, now=LATER)

    return save


def on_sale() -> Save:
    variant = some_goods(is_sellable=False).variant_id
    return lambda _blank: (catalog.set_on_sale(variant_id=variant, is_sellable=True, actor=None, now=LATER), None)[1]


def left() -> tuple[int, int, list[int]]:
    """Return how many traces and facts there are, and how many versions of each product."""
    products = [ProductId(each) for each in catalog.product_ids()]
    return audit.entries().total, OutboxFact.objects.count(), [catalog.versions(each).total for each in products]


@pytest.mark.parametrize(
    "prepared",
    [
        brand, attribute, description, collection, collection_by_rule, naming, size_table, own_size_table, related, own_options, on_sale,
    ],
)  # fmt: skip
def test_what_is_so_already_leaves_no_trace_no_fact_and_no_version(prepared: Callable[[], Save]) -> None:
    save = prepared()
    save("")
    before = left()

    save("")
    save("  ")

    assert left() == before
