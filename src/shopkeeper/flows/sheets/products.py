"""Products from a file: one row is one choice (SKU) with what its product is called, says and belongs to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields as fields_of
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.text import slugify

from shopkeeper.flows.sheets import values
from shopkeeper.flows.sheets.fields import PREFIX
from shopkeeper.flows.sheets.refusals import ChangedSince, LineContradicts, NamedByOptions, OtherProduct
from shopkeeper.flows.sheets.rows import Desk, Ids, Outcome, Wish, diff, parsed, refuse_changed, step
from shopkeeper.flows.sheets.stock import sku_of
from shopkeeper.kit import checks
from shopkeeper.kit.ids import BrandId, CategoryId, ProductId, VariantId
from shopkeeper.kit.refusals import Malformed, NotFound, Refusal
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.imports.shapes import Line, LineState
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Attribute, Product, Trait, TraitDraft, TraitKind, Variant, VariantDraft

AT_ONCE = 300
OF_VARIANT = ("option_en", "option_zh", "weight_g", "is_sellable")
TEXTS = ("name_en", "name_zh", "text_en", "text_zh")
BLANK = {
    "name_en": "", "name_zh": "", "text_en": "", "text_zh": "", "category": None, "brand": None, "is_published": False,
    "option_en": "", "option_zh": "", "weight_g": 0, "is_sellable": True,
}  # fmt: skip
"""What a new row says where its cells are empty; a product is new and not in the shop until somebody says so."""

Values = dict[str, Any]


def tidy_text(cell: str) -> str:
    """Return a text as the catalogue keeps it, so that it can be compared with what is there."""
    return cell.replace("\r\n", "\n").strip()


class Products:
    """Rows of one product share what is said of the product; a SKU nobody has yet is a new choice of it, or a new product."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.attributes = {each.code: each for each in catalog.attributes()}
        self.categories = {each.slug: each for each in catalog.categories()}
        self.brands = {each.slug: each for each in catalog.brands()}
        self.of_sku: dict[str, ProductId] = {}
        self.of_slug: dict[str, ProductId] = {}
        self.products: dict[ProductId, Product] = {}
        self.traits: dict[ProductId, tuple[Trait, ...]] = {}
        self.said_by: dict[tuple[str, str], tuple[int, int]] = {}
        self.gathered: dict[ProductId, Values] | None = None

    def key(self, wish: Wish) -> str:
        """Return the SKU, capital and small letters the same."""
        return wish.get("sku").upper()

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def begin(self, wishes: Sequence[Wish]) -> None:
        """Read products, choices and attributes of all rows."""
        goods = catalog.goods_by_sku([wish.get("sku") for wish in wishes if wish.get("sku")])
        self.of_sku = {sku.upper(): each.product_id for sku, each in goods.items()}
        self.of_slug = catalog.ids_by_slug([wish.get("product").lower() for wish in wishes if wish.get("product")])
        ids = sorted({*self.of_sku.values(), *self.of_slug.values()})
        self.products = catalog.products(ids)
        self.traits = catalog.traits(ids)

    def hold(self, wishes: Sequence[Wish]) -> None:
        """Let nobody else change the products of these rows: each is saved as a whole."""
        catalog.lock_products([*self.products])

    def hold_written(self, lines: Sequence[Line]) -> None:
        """Let nobody else change the products of these rows."""
        goods = catalog.goods([VariantId(line.subject or 0) for line in lines])
        catalog.lock_products([each.product_id for each in goods.values()])

    def _learn(self, product: Product) -> None:
        self.products[product.id], self.of_slug[product.slug] = product, product.id
        self.traits[product.id] = catalog.traits([product.id]).get(product.id, ())
        self.of_sku |= {each.sku.upper(): product.id for each in product.variants}

    def _found(self, wish: Wish) -> tuple[Product | None, Variant | None]:
        sku, slug = sku_of(wish), wish.get("product").lower()
        owner = self.of_sku.get(sku.upper())
        if owner is not None:
            product = self.products[owner]
            if slug and slug != product.slug:
                raise OtherProduct(field="product", value=checks.shown(slug), own=product.slug)
            return product, next(each for each in product.variants if each.sku.upper() == sku.upper())
        held = self.of_slug.get(slug) if slug else None
        return (self.products[held] if held is not None else None), None

    def _present(self, product: Product | None, variant: Variant | None) -> Values:
        found: Values = BLANK | {name: "" for code, each in self.attributes.items() for name in _trait_names(code, each.kind)}
        if product is not None:
            found |= _of_product(product, self.categories.values(), self.brands.values(), self.traits.get(product.id, ()))
        if variant is not None:
            found |= _of_variant(variant)
        return found

    def compare(self, wish: Wish) -> Outcome:
        """Return what the row says differently of its choice and of its product."""
        product, variant = self._found(wish)
        wanted = parsed(wish, self._parsers(wish), self._emptied())
        present = self._present(product, variant)
        changes = diff(present, wanted)
        if variant is not None and variant.value_ids and (named := [name for name in ("option_en", "option_zh") if name in changes]):
            raise NamedByOptions(field=named[0], value=checks.shown(wish.get(named[0])))
        self._refuse_contradiction(wish, product, {name: new for name, new in wanted.items() if name not in OF_VARIANT})
        if variant is not None:
            return Outcome(state=LineState.CHANGED if changes else LineState.UNCHANGED, subject=variant.id, changes=changes)
        changes |= {"sku": (None, sku_of(wish)), "product": (None if product is None else product.slug, self._slug(wish, product, wanted))}
        return Outcome(state=LineState.NEW, subject=None, changes=changes)

    def _refuse_contradiction(self, wish: Wish, product: Product | None, wanted: Values) -> None:
        """Refuse a row that says something else of a product than an earlier row of the file did."""
        slug = product.slug if product is not None else wish.get("product").lower()
        if not slug:
            return
        for name, value in wanted.items():
            line, said = self.said_by.get((slug, name), (wish.line, hash(value)))
            if said != hash(value):
                raise LineContradicts(field=name, value=checks.shown(str(wish.get(name))), line=line)
        for name, value in wanted.items():
            # A fingerprint: a hundred thousand long texts would not fit into memory.
            self.said_by.setdefault((slug, name), (wish.line, hash(value)))

    def _slug(self, wish: Wish, product: Product | None, wanted: Values) -> str:
        """Return the web name of the row's product: as it says, else made from its English name, else from its SKU."""
        if product is not None:
            return product.slug
        if wish.get("product"):
            return checks.slug(wish.get("product"), field="product")
        for words in (wanted.get("name_en", ""), f"{wanted.get('name_en', '')} {wish.get('sku')}"):
            slug = slugify(words)[:80].strip("-")
            if slug and slug not in self.of_slug and not catalog.ids_by_slug([slug]):
                return slug
        return checks.slug(slugify(wish.get("sku"))[:80].strip("-"), field="product")

    def _parsers(self, wish: Wish) -> Mapping[str, Callable[[str], Any]]:
        def one_of(known: Mapping[str, Any], name: str) -> Callable[[str], str]:
            def read(cell: str) -> str:
                slug = cell.strip().lower()
                if slug in known:
                    return slug
                same = [code for code, each in known.items() if cell.strip() in (each.name.en, each.name.zh)]
                if len(same) != 1:
                    raise NotFound(name, checks.shown(cell.strip()))
                return same[0]

            return read

        traits = {name: self._trait_parser(name) for name in wish.said if name.startswith(PREFIX)}
        return traits | {
            **dict.fromkeys((*TEXTS, "option_en", "option_zh"), tidy_text),
            "category": one_of(self.categories, "category"),
            "brand": one_of(self.brands, "brand"),
            "weight_g": lambda cell: values.whole(cell, field="weight_g"),
            "is_sellable": lambda cell: values.yes_no(cell, field="is_sellable"),
            "is_published": lambda cell: values.yes_no(cell, field="is_published"),
        }

    def _trait_parser(self, name: str) -> Callable[[str], Any]:
        attribute = self.attributes.get(name.split(":")[1])
        if attribute is None:
            raise NotFound("attribute", checks.shown(name.split(":")[1]))

        def read(cell: str) -> Any:
            if attribute.kind is TraitKind.NUMBER:
                return _number_text(values.decimal(cell, field="trait"))
            if attribute.kind is TraitKind.TEXT:
                return tidy_text(cell)
            return _choices(attribute, cell)

        return read

    def _emptied(self) -> Values:
        emptied: Values = {name: BLANK[name] for name in (*TEXTS, "category", "brand", "option_en", "option_zh", "weight_g")}
        for code, attribute in self.attributes.items():
            for name in _trait_names(code, attribute.kind):
                emptied[name] = ""
        return emptied

    # ── several rows of one product ───────────────────────────────────────────────────────────────────────────────────

    def product_of(self, wish: Wish) -> str:
        """Return the web name of a row's product, as far as it says or is known; rows with the same one may be written at once."""
        owner = self.of_sku.get(wish.get("sku").upper())
        return self.products[owner].slug if owner is not None else wish.get("product").lower()

    def products_of(self, lines: Sequence[Line]) -> list[str]:
        """Return what the products of written rows share, as `product_of` does; empty for what is not there any more."""
        goods = catalog.goods([VariantId(line.subject or 0) for line in lines])
        return [str(goods[VariantId(line.subject or 0)].product_id) if line.subject in goods else "" for line in lines]

    def is_known(self, wish: Wish) -> bool:
        """Return whether a row's product is there already."""
        return wish.get("sku").upper() in self.of_sku or wish.get("product").lower() in self.of_slug

    def id_of_sku(self, sku: str) -> int:
        """Return the id of a choice that was saved."""
        return next(each.id for each in self.products[self.of_sku[sku.upper()]].variants if each.sku.upper() == sku.upper())

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Let rows be written into what is remembered of their product only, then save it once, as it stands after the last of them.

        Raises what saving raises; what was remembered is then as before.
        """
        before = dict(self.products), dict(self.traits), dict(self.of_sku), dict(self.of_slug)
        self.gathered = {}
        try:
            yield
            gathered, self.gathered = self.gathered, None
            for product_id, said in gathered.items():
                self._save_gathered(self.products[product_id], said)
        except Refusal:
            self.gathered = None
            self.products, self.traits, self.of_sku, self.of_slug = before
            raise

    def _gather(self, product: Product, whole: Values, draft: VariantDraft, said: Values) -> None:
        """Remember a product as a row leaves it; a new choice gets a number below nothing until it is saved."""
        assert self.gathered is not None
        brand = self._brand(said["brand"]) if "brand" in said else product.brand_id
        variants = list(product.variants)
        made = Variant(
            id=draft.id or VariantId(-len(variants) - 1), product_id=product.id, sku=draft.sku, option=draft.option,
            weight_g=draft.weight_g, is_sellable=draft.is_sellable, value_ids=draft.value_ids or (),
        )  # fmt: skip
        place = next((place for place, each in enumerate(variants) if each.id == made.id), len(variants))
        variants[place : place + 1] = [made]
        self.products[product.id] = replace(
            product, name=Bilingual(whole["name_en"], whole["name_zh"]), text=Bilingual(whole["text_en"], whole["text_zh"]),
            category_id=self._category(whole["category"]), brand_id=brand, is_published=whole["is_published"], variants=tuple(variants),
        )  # fmt: skip
        self.of_sku[made.sku.upper()] = product.id
        described = {name: value for name, value in said.items() if name == "brand" or name.startswith(PREFIX)}
        self.traits[product.id] = self._traits_with(product.id, described)
        self.gathered[product.id] = self.gathered.get(product.id, {}) | described

    def _traits_with(self, product_id: ProductId, described: Values) -> tuple[Trait, ...]:
        """Return what is said of a product once this is said too."""
        present = self.traits.get(product_id, ())
        whole = _said_of(present) | described
        own = [each for each in self.attributes.values() if any(name in described for name in _trait_names(each.code, each.kind))]
        kept = [each for each in present if each.attribute_id not in {said.id for said in own}]
        return (*kept, *(_trait(each, draft) for each in own if (draft := _trait_draft(each, whole)) is not None))

    def _save_gathered(self, product: Product, said: Values) -> None:
        saved = catalog.save_product(
            product_id=product.id, slug=product.slug, name=product.name, text=product.text, category_id=product.category_id,
            variants=[_as_draft(each) for each in product.variants], is_published=product.is_published,
            actor=self.desk.actor, now=self.desk.now,
        )  # fmt: skip
        self._describe(saved, said)
        self._learn(catalog.product_by_id(saved.id))

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def ask(self, wish: Wish, outcome: Outcome) -> Refusal | None:
        """Products need nobody else."""
        return None

    def write(self, wish: Wish, outcome: Outcome) -> int | None:
        """Save the product with this choice as the forms do, and what is said of it where that changes."""
        product, variant = self._found(wish)
        wanted = {name: new for name, (_old, new) in outcome.changes.items()}
        whole = self._present(product, variant) | wanted
        draft = _draft(variant, whole, wish.get("sku"))
        if self.gathered is not None and product is not None:
            self._gather(product, whole, draft, wanted)
            return None if variant is None else variant.id
        saved = self._save(product, whole | {"slug": wanted.get("product") or (product.slug if product else "")}, variant, draft)
        self._describe(saved, wanted)
        self._learn(catalog.product_by_id(saved.id))
        return next(each.id for each in saved.variants if each.sku.upper() == draft.sku.upper())

    def _save(self, product: Product | None, whole: Values, variant: Variant | None, draft: VariantDraft) -> Product:
        others = [] if product is None else [_as_draft(each) for each in product.variants]
        drafts = [draft if each.id == draft.id else each for each in others] if variant is not None else [*others, draft]
        return catalog.save_product(
            product_id=None if product is None else product.id, slug=whole["slug"], name=Bilingual(whole["name_en"], whole["name_zh"]),
            text=Bilingual(whole["text_en"], whole["text_zh"]), category_id=self._category(whole["category"]), variants=drafts,
            is_published=whole["is_published"], actor=self.desk.actor, now=self.desk.now,
        )  # fmt: skip

    def _category(self, slug: str | None) -> CategoryId | None:
        # What a file set back to may be gone or called otherwise by now.
        if slug is not None and slug not in self.categories:
            raise NotFound("category", slug)
        return None if slug is None else self.categories[slug].id

    def _brand(self, slug: str | None) -> BrandId | None:
        if slug is not None and slug not in self.brands:
            raise NotFound("brand", slug)
        return None if slug is None else self.brands[slug].id

    def _describe(self, product: Product, wanted: Values) -> None:
        """Write brand and attributes, all of them as they were where the row says nothing of them."""
        if not any(name == "brand" or name.startswith(PREFIX) for name in wanted):
            return
        traits = catalog.traits([product.id]).get(product.id, ())
        present = _said_of(traits)
        brand = wanted["brand"] if "brand" in wanted else _slug_of(self.brands.values(), product.brand_id)
        said = present | {name: value for name, value in wanted.items() if name.startswith(PREFIX)}
        drafts = [draft for attribute in self.attributes.values() if (draft := _trait_draft(attribute, said)) is not None]
        catalog.describe(
            product_id=product.id, brand_id=self._brand(brand), traits=drafts, actor=self.desk.actor, now=self.desk.now
        )  # fmt: skip

    # ── taking back ───────────────────────────────────────────────────────────────────────────────────────────────────

    def ask_undo(self, line: Line) -> Refusal | None:
        """Products need nobody else."""
        return None

    def undo(self, line: Line) -> None:
        """Set back what the row changed; a new choice goes off sale, and its product, where the file brought that too, out of the shop."""
        sku = str(line.changes["sku"][1]) if line.state is LineState.NEW else ""
        product = self._product_of(line)
        variant = next(each for each in product.variants if each.id == line.subject)
        if self.gathered is None or product.id not in self.gathered:
            self._learn(product)
        if line.state is LineState.NEW:
            self._take_away(line, product, variant, sku)
            return
        present = self._present(product, variant)
        refuse_changed(line, present)
        before = {name: old for name, (old, _new) in line.changes.items()}
        whole = present | before | {"slug": product.slug}
        self._put_back(product, variant, whole, before)

    def _put_back(self, product: Product, variant: Variant, whole: Values, said: Values) -> None:
        draft = _draft(variant, whole, variant.sku)
        if self.gathered is not None:
            self._gather(product, whole, draft, said)
            return
        self._describe(self._save(product, whole, variant, draft), said)

    def _product_of(self, line: Line) -> Product:
        goods = catalog.goods([line.subject or 0])  # type: ignore[list-item]
        if line.subject not in goods:
            raise NotFound("variant", line.subject)
        product_id = goods[line.subject].product_id  # type: ignore[index]
        if self.gathered and product_id in self.gathered:
            return self.products[product_id]
        return catalog.product_by_id(product_id)

    def _take_away(self, line: Line, product: Product, variant: Variant, sku: str) -> None:
        present = self._present(product, variant)
        if variant.sku != sku:
            raise ChangedSince(field="sku", value=variant.sku)
        was_new = line.changes["product"][0] is None
        names = OF_VARIANT if not was_new else tuple(name for name in present if name != "is_published")
        for name in names:
            if name in line.changes and present.get(name) != line.changes[name][1]:
                raise ChangedSince(field=name, value=present.get(name))
        if was_new and self.gathered is not None:
            self._gather(product, present | {"is_published": False}, _as_draft(variant), {})
            return
        if was_new:
            catalog.unpublish(product_id=product.id, actor=self.desk.actor, now=self.desk.now)
            return
        whole = present | {"slug": product.slug, "is_sellable": False}
        # What the row said of the product itself goes back too.
        apart = (*OF_VARIANT, "sku", "product")
        own = {name: old for name, (old, new) in line.changes.items() if name not in apart and present.get(name) == new}
        self._put_back(product, variant, whole | own, own)

    # ── export ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def everything(self, ids: Ids | None) -> Iterator[tuple[Mapping[str, str], ...]]:
        """Yield a row for every choice of every product, with what is said of the product on each."""
        categories, brands = list(self.categories.values()), list(self.brands.values())
        for part in step(catalog.product_ids() if ids is None else [ProductId(each) for each in ids], AT_ONCE):
            known, traits = catalog.products(part), catalog.traits(part)
            yield tuple(
                {"sku": variant.sku, "product": product.slug}
                | _shown(_of_product(product, categories, brands, traits.get(product.id, ())) | _of_variant(variant))
                for each in part
                if (product := known.get(each)) is not None
                for variant in product.variants
            )


def _shown(found: Values) -> dict[str, str]:
    def text(value: Any) -> str:
        return "" if value is None else ("yes" if value else "no") if isinstance(value, bool) else str(value)

    return {name: text(value) for name, value in found.items()}


def _of_product(product: Product, categories: Any, brands: Any, traits: Sequence[Trait]) -> Values:
    return {
        "name_en": tidy_text(product.name.en), "name_zh": tidy_text(product.name.zh), "text_en": tidy_text(product.text.en),
        "text_zh": tidy_text(product.text.zh), "category": _slug_of(categories, product.category_id),
        "brand": _slug_of(brands, product.brand_id), "is_published": product.is_published,
    } | _said_of(traits)  # fmt: skip


def _of_variant(variant: Variant) -> Values:
    return {
        "option_en": tidy_text(variant.option.en), "option_zh": tidy_text(variant.option.zh), "weight_g": variant.weight_g,
        "is_sellable": variant.is_sellable,
    }  # fmt: skip


def _slug_of(known: Any, wanted: int | None) -> str | None:
    return next((each.slug for each in known if each.id == wanted), None) if wanted is not None else None


def _as_draft(variant: Variant) -> VariantDraft:
    # Every part a draft shares with what is there, so that what a file does not speak of stays.
    kept = {each.name: getattr(variant, each.name) for each in fields_of(VariantDraft) if hasattr(variant, each.name)}
    # One that was gathered and not saved yet is new.
    return VariantDraft(**(kept | ({"id": None, "value_ids": None} if variant.id < 0 else {})))


def _draft(variant: Variant | None, whole: Values, sku: str) -> VariantDraft:
    said = {"option": Bilingual(whole["option_en"], whole["option_zh"]), "weight_g": whole["weight_g"], "is_sellable": whole["is_sellable"]}
    if variant is None:
        return VariantDraft(sku=sku, **said)
    kept = {each.name: getattr(variant, each.name) for each in fields_of(VariantDraft) if hasattr(variant, each.name)}
    return VariantDraft(**(kept | said))


# ── attributes ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _trait_names(code: str, kind: TraitKind) -> tuple[str, ...]:
    return (f"{PREFIX}{code}:en", f"{PREFIX}{code}:zh") if kind is TraitKind.TEXT else (f"{PREFIX}{code}",)


def _said_of(traits: Sequence[Trait]) -> Values:
    found: Values = {}
    for each in traits:
        name = f"{PREFIX}{each.code}"
        if each.kind is TraitKind.CHOICE:
            found[name] = " | ".join(sorted(choice.code for choice in each.choices))
        elif each.kind is TraitKind.NUMBER:
            found[name] = _number_text(each.number or Decimal(0))
        else:
            found |= {f"{name}:en": tidy_text(each.text.en), f"{name}:zh": tidy_text(each.text.zh)}
    return found


def _number_text(number: Decimal) -> str:
    return format(number.normalize(), "f") if number else "0"


def _choices(attribute: Attribute, cell: str) -> str:
    """Return the codes of the answers a cell names, by code or by name in either language. Raises Malformed."""
    known = {word.lower(): each.code for each in attribute.choices for word in (each.name.zh, each.name.en, each.code) if word}
    found = set()
    for part in cell.replace("｜", "|").split("|"):
        word = part.strip().lower()
        if word and word not in known:
            raise Malformed("trait", checks.shown(part.strip()), expected="trait_choice")
        if word:
            found.add(known[word])
    return " | ".join(sorted(found))


def _trait(attribute: Attribute, draft: TraitDraft) -> Trait:
    return Trait(
        attribute_id=attribute.id, code=attribute.code, name=attribute.name, kind=attribute.kind, unit=attribute.unit,
        choices=tuple(each for each in attribute.choices if each.id in draft.choice_ids), number=draft.number, text=draft.text,
    )  # fmt: skip


def _trait_draft(attribute: Attribute, said: Values) -> TraitDraft | None:
    name = f"{PREFIX}{attribute.code}"
    if attribute.kind is TraitKind.TEXT:
        text = Bilingual(said.get(f"{name}:en") or "", said.get(f"{name}:zh") or "")
        return TraitDraft(attribute_id=attribute.id, text=text) if text.en or text.zh else None
    value = said.get(name) or ""
    if not value:
        return None
    if attribute.kind is TraitKind.NUMBER:
        return TraitDraft(attribute_id=attribute.id, number=Decimal(value))
    codes = set(value.split(" | "))
    return TraitDraft(attribute_id=attribute.id, choice_ids=tuple(each.id for each in attribute.choices if each.code in codes))
