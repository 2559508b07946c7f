"""Every query about brands, attributes and what they say of goods, and of shelves narrowed down by them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count

from shopkeeper.kit import statements, together
from shopkeeper.kit.ids import AttributeId, BrandId, ChoiceId, ProductId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import models, option_models, option_store
from shopkeeper.selling.catalog.shapes import (
    BRAND,
    Attribute,
    AttributeChoice,
    Brand,
    ChoiceDraft,
    ChoiceIsUsed,
    CodeTaken,
    Facet,
    FacetChoice,
    Narrowing,
    SlugTaken,
    Sort,
    Trait,
    TraitDraft,
    TraitKind,
)

# ── brands ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def brands() -> tuple[Brand, ...]:
    """Return every brand by name, each counting its published goods: one query."""
    counted = (
        models.Product.objects.filter(is_published=True, brand__isnull=False).order_by().values_list("brand_id").annotate(n=Count("id"))
    )
    rows, counts = together.read(lambda: list(models.Brand.objects.order_by("name_en", "id")), lambda: list(counted))
    goods = dict(counts)
    return tuple(
        Brand(
            id=BrandId(row.id), slug=row.slug, name=Bilingual(row.name_en, row.name_zh), intro=Bilingual(row.intro_en, row.intro_zh),
            products=goods.get(row.id, 0),
        )
        for row in rows
    )  # fmt: skip


def lock_brand(brand_id: BrandId) -> models.Brand:
    """Return a brand's row, locked. Raises NotFound."""
    row = models.Brand.objects.select_for_update().filter(pk=brand_id).first()
    if row is None:
        raise NotFound("brand", brand_id)
    return row


def save_brand(row: models.Brand) -> BrandId:
    """Write a brand's row and return its id. Raises SlugTaken."""
    _save(row, SlugTaken(row.slug))
    return BrandId(row.pk)


# ── attributes ────────────────────────────────────────────────────────────────────────────────────────────────────────


def attributes() -> tuple[Attribute, ...]:
    """Return every attribute by position, with its answers: one query."""
    rows, choices = together.read(
        lambda: list(models.Attribute.objects.order_by("position", "id")),
        lambda: list(models.AttributeChoice.objects.order_by("position", "id")),
    )
    of: defaultdict[int, list[AttributeChoice]] = defaultdict(list)
    for each in choices:
        of[each.attribute_id].append(
            AttributeChoice(id=ChoiceId(each.id), code=each.code, name=Bilingual(each.name_en, each.name_zh), swatch=each.swatch)
        )
    return tuple(
        Attribute(
            id=AttributeId(row.id), code=row.code, name=Bilingual(row.name_en, row.name_zh), kind=TraitKind(row.kind), unit=row.unit,
            is_filter=row.is_filter, position=row.position, choices=tuple(of[row.id]),
        )
        for row in rows
    )  # fmt: skip


def lock_attribute(attribute_id: AttributeId) -> models.Attribute:
    """Return an attribute's row, locked. Raises NotFound."""
    row = models.Attribute.objects.select_for_update().filter(pk=attribute_id).first()
    if row is None:
        raise NotFound("attribute", attribute_id)
    return row


def save_attribute(row: models.Attribute) -> AttributeId:
    """Write an attribute's row and return its id. Raises CodeTaken."""
    _save(row, CodeTaken(row.code))
    return AttributeId(row.pk)


def described_by(attribute_id: AttributeId) -> int:
    """Return how many products are described by an attribute, or have an option that stands for it."""
    described = models.AttributeValue.objects.filter(attribute=attribute_id).order_by().values_list("product_id")
    return described.union(option_models.ProductOption.objects.filter(attribute=attribute_id).order_by().values_list("product_id")).count()


def save_choices(attribute_id: AttributeId, drafts: Sequence[ChoiceDraft]) -> None:
    """Write an attribute's answers in their order; those left out go. Raises ChoiceIsUsed, NotFound for a stranger's id, CodeTaken."""
    known = {row.id: row for row in models.AttributeChoice.objects.filter(attribute=attribute_id)}
    for draft in drafts:
        if draft.id is not None and draft.id not in known:
            raise NotFound("choice", draft.id)
    gone = known.keys() - {draft.id for draft in drafts}
    used = (
        models.AttributeValue.objects.filter(choice__in=gone)
        .order_by()
        .values_list("choice_id")
        .annotate(n=Count("product", distinct=True))
    )
    for choice_id, products in used:
        raise ChoiceIsUsed(known[choice_id].code, products)
    for choice_id, products in option_store.products_by_choice(gone).items():
        raise ChoiceIsUsed(known[choice_id].code, products)
    models.AttributeChoice.objects.filter(pk__in=gone).delete()
    # Codes that change places must not trip over the unique index.
    moved = [known[draft.id] for draft in drafts if draft.id is not None and known[draft.id].code != draft.code]
    for row in moved:
        models.AttributeChoice.objects.filter(pk=row.pk).update(code=f"~{row.pk}")
    for position, draft in enumerate(drafts):
        row = known[draft.id] if draft.id is not None else models.AttributeChoice(attribute_id=attribute_id)
        row.code, row.name_en, row.name_zh = draft.code, draft.name.en, draft.name.zh
        row.swatch, row.position = draft.swatch, position
        _save(row, CodeTaken(draft.code))


def _save(row: models.Brand | models.Attribute | models.AttributeChoice, taken: SlugTaken | CodeTaken) -> None:
    # Two people may choose the same name in the same second: the unique index has the last word.
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") == "23505":
            raise taken from error
        raise


# ── what is said of goods ─────────────────────────────────────────────────────────────────────────────────────────────

_TRAITS = """
    SELECT v.product_id, a.id, a.code, a.name_en, a.name_zh, a.kind, a.unit, v.number, v.text_en, v.text_zh, v.is_derived,
           c.id, c.code, c.name_en, c.name_zh, c.swatch
    FROM catalog_attributevalue v JOIN catalog_attribute a ON a.id = v.attribute_id
    LEFT JOIN catalog_attributechoice c ON c.id = v.choice_id
    WHERE v.product_id = ANY (%s::bigint[])
    ORDER BY a.position, a.id, c.position, c.id
"""


def traits(product_ids: Sequence[ProductId]) -> dict[ProductId, tuple[Trait, ...]]:
    """Return what is said of these products, in the attributes' order; nothing said, no entry: one prepared query."""
    said: defaultdict[ProductId, dict[int, Trait]] = defaultdict(dict)
    for product_id, attribute_id, *row in statements.rows(_TRAITS, [list(product_ids)]):
        former = said[ProductId(product_id)].get(attribute_id)
        said[ProductId(product_id)][attribute_id] = _trait(AttributeId(attribute_id), row, former.choices if former else ())
    return {product_id: tuple(each.values()) for product_id, each in said.items()}


def _trait(attribute_id: AttributeId, row: Sequence[Any], choices: tuple[AttributeChoice, ...]) -> Trait:
    code, name_en, name_zh, kind, unit, number, text_en, text_zh, is_derived, choice_id, choice, choice_en, choice_zh, swatch = row
    if choice_id is not None:
        choices = (*choices, AttributeChoice(id=ChoiceId(choice_id), code=choice, name=Bilingual(choice_en, choice_zh), swatch=swatch))
    return Trait(
        attribute_id=attribute_id, code=code, name=Bilingual(name_en, name_zh), kind=TraitKind(kind), unit=unit, choices=choices,
        number=None if number is None else Decimal(number).normalize(), text=Bilingual(text_en, text_zh), is_derived=is_derived,
    )  # fmt: skip


def save_traits(product_id: ProductId, drafts: Sequence[TraitDraft]) -> None:
    """Write all that is said of a product in place of what was; what stays as it was also stays marked as derived."""
    wanted = keys(drafts)
    rows = list(models.AttributeValue.objects.filter(product=product_id))
    kept = {(row.attribute_id, row.choice_id) for row in rows if _says_the_same(row, wanted.get((row.attribute_id, row.choice_id)))}
    models.AttributeValue.objects.filter(pk__in=[row.pk for row in rows if (row.attribute_id, row.choice_id) not in kept]).delete()
    models.AttributeValue.objects.bulk_create(
        models.AttributeValue(
            product_id=product_id,
            attribute_id=attribute,
            choice_id=choice,
            number=draft.number,
            text_en=draft.text.en,
            text_zh=draft.text.zh,
        )
        for (attribute, choice), draft in wanted.items()
        if (attribute, choice) not in kept
    )


def keys(drafts: Sequence[TraitDraft]) -> dict[tuple[int, int | None], TraitDraft]:
    """Return what is said by attribute and answer, as its rows are: one a choice, or one for a number or a text."""
    return {key: draft for draft in drafts for key in _keys(draft)}


def _keys(draft: TraitDraft) -> list[tuple[int, int | None]]:
    return [(draft.attribute_id, each) for each in draft.choice_ids] or [(draft.attribute_id, None)]


def _says_the_same(row: models.AttributeValue, draft: TraitDraft | None) -> bool:
    return draft is not None and (row.number, row.text_en, row.text_zh) == (draft.number, draft.text.en, draft.text.zh)


# ── shelves narrowed down ─────────────────────────────────────────────────────────────────────────────────────────────

ORDER: Mapping[Sort, str] = {
    Sort.FEATURED: "p.rank, p.id",
    Sort.NEWEST: "p.created_at DESC, p.id DESC",
    Sort.NAME: "lower(p.name_en), p.id",
}


def pairs(narrowing: Narrowing, known: Sequence[Attribute], brands_: Sequence[Brand]) -> list[tuple[int, int]]:
    """Return what is asked as pairs of a question's and an answer's id."""
    ids: dict[tuple[str, str], tuple[int, int]] = {(BRAND, each.slug): (0, each.id) for each in brands_}
    ids |= {(each.code, choice.code): (each.id, choice.id) for each in known for choice in each.choices}
    return [ids[question, answer] for question, answers in narrowing.wanted for answer in answers if (question, answer) in ids]


def held(product_ids: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
    """Return which answers these products hold, by question (an attribute's id, 0 the brand), as shelves count them."""
    found: dict[int, list[tuple[int, int]]] = {}
    for product_id, question, answer in statements.rows(
        "SELECT id, question, answer FROM catalog_held(NULL) WHERE id = ANY(%s)", [list(product_ids)]
    ):
        found.setdefault(product_id, []).append((question, answer))
    return found


def facets(
    found: Mapping[tuple[int, int], int], narrowing: Narrowing, known: Sequence[Attribute], brands_: Sequence[Brand], brand: Bilingual
) -> tuple[Facet, ...]:
    """Return the questions worth asking on a shelf, those to which its goods hold more than one answer, and those that were asked."""
    wanted = dict(narrowing.wanted)

    def choices(code: str, question: int, answers: Sequence[tuple[int, str, Bilingual, str]]) -> tuple[FacetChoice, ...]:
        return tuple(
            FacetChoice(
                code=each, name=name, swatch=swatch, products=found.get((question, number), 0), is_wanted=each in wanted.get(code, ())
            )
            for number, each, name, swatch in answers
            if (question, number) in found or each in wanted.get(code, ())
        )

    makers = sorted(brands_, key=lambda each: (-found.get((0, each.id), 0), each.slug))
    every = [Facet(code=BRAND, name=brand, choices=choices(BRAND, 0, [(each.id, each.slug, each.name, "") for each in makers]))]
    every += [
        Facet(code=each.code, name=each.name, choices=choices(each.code, each.id, [(c.id, c.code, c.name, c.swatch) for c in each.choices]))
        for each in known
        if each.is_filter
    ]
    return tuple(each for each in every if len(each.choices) > 1 or each.is_wanted)


# ── by the thousand ───────────────────────────────────────────────────────────────────────────────────────────────────

_PUT_ATTRIBUTES = """
    INSERT INTO catalog_attribute (code, name_en, name_zh, kind, unit, is_filter, position)
    SELECT attribute, min(attribute_en), min(attribute_zh), 'choice', '', true, min(row)
    FROM intake_attribute GROUP BY attribute ORDER BY min(row)
    ON CONFLICT (code) DO NOTHING
"""
_PUT_CHOICES = """
    INSERT INTO catalog_attributechoice (attribute_id, code, name_en, name_zh, swatch, position)
    SELECT a.id, s.choice, s.choice_en, s.choice_zh, s.swatch, s.row
    FROM intake_attribute s JOIN catalog_attribute a ON a.code = s.attribute AND a.kind = 'choice' ORDER BY s.row
    ON CONFLICT (attribute_id, code) DO NOTHING
"""
_PUT = """
    INSERT INTO catalog_attributevalue (product_id, attribute_id, choice_id, text_en, text_zh, is_derived)
    SELECT DISTINCT s.product_id, a.id, c.id, '', '', true
    FROM intake_trait s JOIN catalog_attribute a ON a.code = s.attribute
    JOIN catalog_attributechoice c ON c.attribute_id = a.id AND c.code = s.choice
    WHERE NOT EXISTS (SELECT FROM catalog_attributevalue v WHERE v.product_id = s.product_id AND v.attribute_id = a.id)
"""


def put_attributes(cursor: Any) -> int:
    """Add the attributes and answers that are not known yet, from the staged table intake_attribute; return how many answers."""
    cursor.execute(_PUT_ATTRIBUTES)
    cursor.execute(_PUT_CHOICES)
    return int(cursor.rowcount)


def put_derived(cursor: Any) -> int:
    """Add what rules read from names, from the staged table intake_trait; goods described by an attribute stay as they are."""
    cursor.execute(_PUT)
    return int(cursor.rowcount)
