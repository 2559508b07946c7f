"""Every query about options, the values variants stand for, size tables and related goods."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shopkeeper.kit import statements
from shopkeeper.kit.ids import AttributeId, CategoryId, ChoiceId, OptionId, OptionValueId, ProductId, SizeTableId, VariantId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import models
from shopkeeper.selling.catalog import option_models as tables
from shopkeeper.selling.catalog.rules import options as rules
from shopkeeper.selling.catalog.shapes import VariantDraft
from shopkeeper.selling.catalog.shapes_options import (
    CombinationMissing,
    CombinationTaken,
    Extras,
    Link,
    LinkKind,
    Option,
    OptionDraft,
    OptionValue,
    OptionValueDraft,
    SizeColumn,
    SizeRow,
    SizeTable,
)

# ── options ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_OPTIONS = """
    SELECT o.product_id, o.id, o.slot, o.name_en, o.name_zh, o.attribute_id,
           x.id, coalesce(c.name_en, x.name_en), coalesce(c.name_zh, x.name_zh), coalesce(c.swatch, x.swatch), x.choice_id,
           coalesce(c.code, '')
    FROM catalog_productoption o JOIN catalog_optionvalue x ON x.option_id = o.id
    LEFT JOIN catalog_attributechoice c ON c.id = x.choice_id
    WHERE o.product_id = ANY (%s::bigint[])
    ORDER BY o.product_id, o.position, o.id, x.position, x.id
"""


def options(product_ids: Sequence[ProductId]) -> dict[ProductId, tuple[Option, ...]]:
    """Return the options of these products with their values, in order; products without any are left out: one prepared query."""
    heads: dict[OptionId, tuple[ProductId, Sequence[Any]]] = {}
    values: defaultdict[OptionId, list[OptionValue]] = defaultdict(list)
    for product_id, option_id, *row in statements.rows(_OPTIONS, [list(product_ids)]):
        heads[OptionId(option_id)] = (ProductId(product_id), row[:4])
        values[OptionId(option_id)].append(_value(row[4:]))
    found: defaultdict[ProductId, list[Option]] = defaultdict(list)
    for option_id, (product_id, (slot, name_en, name_zh, attribute_id)) in heads.items():
        found[product_id].append(
            Option(
                id=option_id,
                slot=slot,
                name=Bilingual(name_en, name_zh),
                attribute_id=None if attribute_id is None else AttributeId(attribute_id),
                values=tuple(values[option_id]),
            )
        )
    return {product_id: tuple(each) for product_id, each in found.items()}


def _value(row: Sequence[Any]) -> OptionValue:
    value_id, name_en, name_zh, swatch, choice_id, code = row
    return OptionValue(
        id=OptionValueId(value_id),
        name=Bilingual(name_en, name_zh),
        swatch=swatch,
        choice_id=None if choice_id is None else ChoiceId(choice_id),
        code=code,
    )


def save_options(product_id: ProductId, drafts: Sequence[OptionDraft]) -> None:
    """Write a product's options and values in their order; those left out go, and no variant stands for them any more.

    Raises NotFound for a stranger's id. Whoever calls says afterwards for which values each variant stands (`stand_for`).
    """
    known = {row.pk: row for row in tables.ProductOption.objects.filter(product=product_id)}
    values = {row.pk: row for row in tables.OptionValue.objects.filter(option__product=product_id)}
    kept = {draft.id for draft in drafts}
    kept_values = {(value.id, draft.id) for draft in drafts for value in draft.values}
    for draft in drafts:
        if draft.id is not None and draft.id not in known:
            raise NotFound("option", draft.id)
        for value in draft.values:
            if value.id is not None and (value.id not in values or values[value.id].option_id != draft.id):
                raise NotFound("value", value.id)
    _take_away(product_id, [row for row in values.values() if (row.pk, row.option_id) not in kept_values])
    tables.ProductOption.objects.filter(pk__in=known.keys() - kept).delete()
    # Attributes and choices that change places must not trip over the unique index.
    tables.ProductOption.objects.filter(product=product_id).update(attribute=None)
    tables.OptionValue.objects.filter(option__product=product_id, choice__isnull=False).update(choice=None, name_en="~")
    free = [slot for slot in rules.SLOTS if slot not in {row.slot for row in known.values() if row.pk in kept}]
    for position, draft in enumerate(drafts):
        row = known[draft.id] if draft.id is not None else tables.ProductOption(product_id=product_id, slot=free.pop(0))
        row.name_en, row.name_zh, row.attribute_id, row.position = draft.name.en, draft.name.zh, draft.attribute_id, position
        row.save()
        _save_values(row.pk, draft.values, values)


def _take_away(product_id: ProductId, gone: Sequence[tables.OptionValue]) -> None:
    ids = [row.pk for row in gone]
    for column in ("value_1", "value_2", "value_3"):
        models.Variant.objects.filter(**{"product": product_id, f"{column}__in": ids}).update(value_1=None, value_2=None, value_3=None)
    tables.OptionValue.objects.filter(pk__in=ids).delete()


def _save_values(option_id: int, drafts: Sequence[OptionValueDraft], known: Mapping[int, tables.OptionValue]) -> None:
    for position, draft in enumerate(drafts):
        row = known[draft.id] if draft.id is not None else tables.OptionValue(option_id=option_id)
        row.name_en, row.name_zh, row.swatch = draft.name.en, draft.name.zh, draft.swatch
        row.choice_id, row.position = draft.choice_id, position
        row.save()


_STAND_FOR = """
    UPDATE catalog_variant v SET value_1_id = n.value_1, value_2_id = n.value_2, value_3_id = n.value_3
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS n (id, value_1, value_2, value_3) WHERE v.id = n.id
"""


def stand_for(options: Sequence[Option], standing: Mapping[VariantId, rules.Values]) -> None:
    """Write for which values these variants stand; empty: for none. What they are called follows with `compose`."""
    # Two that change places must not trip over the unique index.
    models.Variant.objects.filter(pk__in=list(standing)).update(value_1=None, value_2=None, value_3=None)
    answered = {variant_id: columns(options, values) for variant_id, values in standing.items() if values}
    found = [[each[f"value_{slot}_id"] for each in answered.values()] for slot in rules.SLOTS]
    statements.done(_STAND_FOR, [list(answered), *found])


def columns(options: Sequence[Option], values: Sequence[OptionValueId]) -> dict[str, int | None]:
    """Return what a variant's three columns hold where it stands for these values."""
    found: dict[str, int | None] = {f"value_{slot}_id": None for slot in rules.SLOTS}
    return found | {f"value_{each.slot}_id": rules.of_option(each, values) for each in options}


def compose(product_ids: Sequence[ProductId]) -> None:
    """Write what the variants of these products are called, out of their values."""
    statements.row("SELECT catalog_compose_options(%s::bigint[])", [list(product_ids)])


def products_by_attribute(attribute_id: AttributeId) -> list[ProductId]:
    """Return the products of which an option stands for an attribute."""
    found = tables.ProductOption.objects.filter(attribute=attribute_id).order_by("product_id").values_list("product_id", flat=True)
    return [ProductId(each) for each in found]


def products_by_choice(choice_ids: Iterable[int]) -> dict[int, int]:
    """Return how many products have a value that stands for each of these choices; those without any are left out."""
    rows = tables.OptionValue.objects.filter(choice__in=list(choice_ids)).values_list("choice_id", "option__product_id").distinct()
    found: defaultdict[int, int] = defaultdict(int)
    for choice_id, _product in rows:
        found[choice_id] += 1
    return dict(found)


def taken(skus: Iterable[str]) -> list[str]:
    """Return which of these SKUs there are already, capitals and small letters the same."""
    rows = statements.rows("SELECT sku FROM catalog_variant WHERE upper(sku) = ANY (%s::text[])", [sorted({each.upper() for each in skus})])
    return [row[0] for row in rows]


# ── the values variants are saved with ────────────────────────────────────────────────────────────────────────────────


def answers(product_id: ProductId, drafts: Sequence[VariantDraft], known: Mapping[int, models.Variant]) -> dict[int, dict[str, int | None]]:
    """Return what the value columns of each draft are to hold, by its place; nothing where the product has no options.

    Raises CombinationMissing for one on sale that names not each option, CombinationTaken for two of the same, NotFound for strange values.
    """
    own = options([product_id]).get(product_id, ())
    wanted = [_wanted(draft, known) for draft in drafts]
    strange = {each for values in wanted for each in values} - {value.id for option in own for value in option.values}
    for each in strange:
        raise NotFound("value", each)
    if not own:
        return {}
    saved = {draft.id for draft in drafts}
    holders = {held(row): row.sku for pk, row in known.items() if pk not in saved and held(row)}
    found = {}
    for place, (draft, values) in enumerate(zip(drafts, wanted, strict=True)):
        if not rules.is_whole(own, values) and (values or draft.is_sellable):
            raise CombinationMissing(draft.sku)
        key = frozenset(values)
        if key and key in holders:
            raise CombinationTaken(draft.sku, holders[key])
        holders[key] = draft.sku
        found[place] = columns(own, values)
    return found


def _wanted(draft: VariantDraft, known: Mapping[int, models.Variant]) -> tuple[OptionValueId, ...]:
    if draft.value_ids is not None:
        return draft.value_ids
    row = known.get(draft.id) if draft.id is not None else None
    return () if row is None else values_of(row.value_1_id, row.value_2_id, row.value_3_id)


def held(row: models.Variant) -> frozenset[OptionValueId]:
    """Return the values a variant's row stands for."""
    return frozenset(values_of(row.value_1_id, row.value_2_id, row.value_3_id))


def values_of(*found: int | None) -> tuple[OptionValueId, ...]:
    """Return what stands in a variant's value columns, without the empty ones."""
    return tuple(OptionValueId(each) for each in found if each is not None)


def free(product_id: ProductId, changed: Iterable[int]) -> None:
    """Let these variants stand for nothing, so that two of them may change places."""
    models.Variant.objects.filter(product=product_id, pk__in=list(changed)).update(value_1=None, value_2=None, value_3=None)


# ── what a product's page says beside ─────────────────────────────────────────────────────────────────────────────────

_EXTRAS = """
    SELECT s.id, s.name_en, s.name_zh, s.note_en, s.note_zh, s.columns::text, s.rows::text,
           (SELECT json_agg(json_build_array(r.other_id, r.kind) ORDER BY r.position, r.id)::text
            FROM catalog_relatedproduct r WHERE r.product_id = p.id)
    FROM catalog_product p
    LEFT JOIN catalog_category c ON c.id = p.category_id
    LEFT JOIN catalog_category above ON above.id = c.parent_id
    LEFT JOIN catalog_sizetable s ON s.id = coalesce(p.size_table_id, c.size_table_id, above.size_table_id)
    WHERE p.id = %s
"""


def extras(product_id: ProductId) -> Extras:
    """Return what a product's page says beside its goods: two prepared queries."""
    row = statements.row(_EXTRAS, [product_id])
    own = options([product_id]).get(product_id, ())
    if row is None:
        return Extras()
    links = [Link(ProductId(other), LinkKind(kind)) for other, kind in json.loads(row[7] or "[]")]
    return Extras(options=own, size_table=None if row[0] is None else _size_table(row[:7]), links=tuple(links))


# ── size tables ───────────────────────────────────────────────────────────────────────────────────────────────────────

_TABLES = "SELECT id, name_en, name_zh, note_en, note_zh, columns::text, rows::text FROM catalog_sizetable ORDER BY name_en, name_zh, id"


def size_tables() -> tuple[SizeTable, ...]:
    """Return every size table by name: one query."""
    return tuple(_size_table(row) for row in statements.rows(_TABLES, []))


def _size_table(row: Sequence[Any]) -> SizeTable:
    number, name_en, name_zh, note_en, note_zh, columns_, rows = row
    return SizeTable(
        id=SizeTableId(number),
        name=Bilingual(name_en, name_zh),
        note=Bilingual(note_en, note_zh),
        columns=tuple(SizeColumn(name=Bilingual(*each["name"]), unit=each["unit"]) for each in json.loads(columns_)),
        rows=tuple(SizeRow(size=each["size"], cells=tuple(each["cells"])) for each in json.loads(rows)),
    )


def lock_size_table(size_table_id: SizeTableId) -> tables.SizeTable:
    """Return a size table's row, locked. Raises NotFound."""
    row = tables.SizeTable.objects.select_for_update().filter(pk=size_table_id).first()
    if row is None:
        raise NotFound("size_table", size_table_id)
    return row


def own_size_table(product_id: ProductId) -> SizeTableId | None:
    """Return which size table a product has of its own. Raises NotFound."""
    row = models.Product.objects.filter(pk=product_id).values_list("size_table_id").first()
    if row is None:
        raise NotFound("product", product_id)
    return None if row[0] is None else SizeTableId(row[0])


def shelves_with(size_table_id: SizeTableId) -> list[CategoryId]:
    """Return the categories a size table is attached to."""
    found = models.Category.objects.filter(size_table=size_table_id).order_by("position", "id")
    return [CategoryId(each) for each in found.values_list("id", flat=True)]


def goods_with(size_table_id: SizeTableId) -> list[tuple[ProductId, bool]]:
    """Return the products that have a size table of their own, and whether each is published."""
    found = models.Product.objects.filter(size_table=size_table_id).order_by("id").values_list("id", "is_published")
    return [(ProductId(each), is_published) for each, is_published in found]


def attach(size_table_id: SizeTableId, category_ids: Sequence[CategoryId]) -> None:
    """Let a size table hold for these categories and no others."""
    models.Category.objects.filter(size_table=size_table_id).exclude(pk__in=category_ids).update(size_table=None)
    models.Category.objects.filter(pk__in=category_ids).update(size_table=size_table_id)


# ── related goods ─────────────────────────────────────────────────────────────────────────────────────────────────────


def links(product_id: ProductId) -> tuple[Link, ...]:
    """Return what staff put beside a product, in their order."""
    found = tables.RelatedProduct.objects.filter(product=product_id).order_by("position", "id").values_list("other_id", "kind")
    return tuple(Link(ProductId(other), LinkKind(kind)) for other, kind in found)


def save_links(product_id: ProductId, wanted: Sequence[Link]) -> None:
    """Write what stands beside a product, in place of what did."""
    tables.RelatedProduct.objects.filter(product=product_id).delete()
    tables.RelatedProduct.objects.bulk_create(
        tables.RelatedProduct(product_id=product_id, other_id=each.product_id, kind=each.kind.value, position=position)
        for position, each in enumerate(wanted)
    )
