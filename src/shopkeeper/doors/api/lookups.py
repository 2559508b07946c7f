"""What callers name by slugs and codes, and rooms by ids: products, shelves, brands, attributes and collections."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ninja import Schema

from shopkeeper.doors.api.values import Sent
from shopkeeper.kit import checks, together
from shopkeeper.kit.ids import BrandId, CategoryId, ChoiceId, ProductId
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Attribute, Brand, Category
from shopkeeper.selling.shop import public as shops
from shopkeeper.selling.shop.shapes import Shop


def product_of(slug: str) -> ProductId:
    """Return the product of a slug, published or not. Raises NotFound."""
    return products_of([slug])[0]


def products_of(slugs: Sequence[str]) -> list[ProductId]:
    """Return the products of these slugs, published or not, each once. Raises NotFound for the first that is not there."""
    known = catalog.ids_by_slug(slugs)
    for each in slugs:
        if each not in known:
            raise NotFound("product", checks.shown(each))
    return [known[each] for each in dict.fromkeys(slugs)]


def slugs_of(product_ids: Iterable[ProductId]) -> list[str]:
    """Return what these products are named by, in their order; those that are gone are left out."""
    wanted = list(product_ids)
    known = catalog.slugs(wanted)
    return [known[each] for each in wanted if each in known]


@dataclass(frozen=True, slots=True)
class Known:
    """Shelves, brands and attributes, by id and by what callers name them by."""

    shelves: tuple[Category, ...]
    brands: tuple[Brand, ...]
    attributes: tuple[Attribute, ...]
    shop: Shop

    @property
    def currency(self) -> str:
        return self.shop.currency

    def shelf(self, slug: str) -> CategoryId:
        """Return the shelf of a slug. Raises NotFound."""
        for each in self.shelves:
            if each.slug == slug:
                return each.id
        raise NotFound("category", checks.shown(slug))

    def brand(self, slug: str) -> BrandId:
        """Return the brand of a slug. Raises NotFound."""
        for each in self.brands:
            if each.slug == slug:
                return each.id
        raise NotFound("brand", checks.shown(slug))

    def attribute(self, code: str) -> Attribute:
        """Return the attribute of a code. Raises NotFound."""
        for each in self.attributes:
            if each.code == code:
                return each
        raise NotFound("attribute", checks.shown(code))

    def shelf_slug(self, number: int | None) -> str | None:
        """Return what a shelf is named by; None for none."""
        return next((each.slug for each in self.shelves if each.id == number), None)

    def brand_slug(self, number: int | None) -> str | None:
        """Return what a brand is named by; None for none."""
        return next((each.slug for each in self.brands if each.id == number), None)

    def codes(self) -> tuple[Mapping[int, str], Mapping[int, str]]:
        """Return the codes of attributes and of their choices by id."""
        return {each.id: each.code for each in self.attributes}, {x.id: x.code for each in self.attributes for x in each.choices}


def known_now() -> Known:
    """Return what there is to be named, read together."""
    return Known(*together.read(catalog.categories, catalog.brands, catalog.attributes, shops.shop))


def choice_of(attribute: Attribute, code: str) -> ChoiceId:
    """Return the answer of a code among an attribute's. Raises NotFound."""
    for each in attribute.choices:
        if each.code == code:
            return each.id
    raise NotFound("choice", checks.shown(code))


def refuse_unneeded(sent: Sent, needed: Collection[str]) -> None:
    """Refuse what was sent and is not needed, so that nothing is passed over in silence. Raises Malformed."""
    for name, field in type(sent).model_fields.items():
        value = getattr(sent, name)
        if name not in needed and value != field.get_default(call_default_factory=True):
            raise Malformed(name, checks.shown(_written(value)), expected="left_out")


def _written(value: object) -> str:
    if isinstance(value, Schema):
        return value.model_dump_json()
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
