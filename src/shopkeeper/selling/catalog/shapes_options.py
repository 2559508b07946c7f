"""Options, size tables and related goods as they cross the catalogue's face. Beside the room's other shapes (`shapes`)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from shopkeeper.kit.ids import AttributeId, ChoiceId, OptionId, OptionValueId, ProductId, SizeTableId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual

MOST_OPTIONS = 3
MOST_VALUES = 60
MOST_COMBINATIONS = 200
MOST_RELATED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionValue:
    """One answer to an option. `code` is that of the attribute's choice it stands for, or empty; `swatch` a colour (“#b93a2b”) or empty."""

    id: OptionValueId
    name: Bilingual
    swatch: str = ""
    choice_id: ChoiceId | None = None
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A question a product asks before it can be bought, its answers in order. `slot`, 1 to 3, stays its own whatever the order."""

    id: OptionId
    slot: int
    name: Bilingual
    attribute_id: AttributeId | None
    values: tuple[OptionValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionValueDraft:
    """An answer as staff write it: without `id` it is new; with `choice_id` its names and colour are those of the attribute's choice."""

    id: OptionValueId | None = None
    name: Bilingual = field(default_factory=Bilingual)
    swatch: str = ""
    choice_id: ChoiceId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionDraft:
    """An option as staff write it: without `id` it is new. Without a name it is called as its attribute is."""

    id: OptionId | None = None
    name: Bilingual = field(default_factory=Bilingual)
    attribute_id: AttributeId | None = None
    values: tuple[OptionValueDraft, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVariant:
    """A combination that no variant stands for yet, with the SKU proposed for it, or as staff ask for it."""

    value_ids: tuple[OptionValueId, ...]
    sku: str
    option: Bilingual = field(default_factory=Bilingual)
    weight_g: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeColumn:
    """A measure. Under a `unit` stand numbers or spans of two; “cm” is also told in inches."""

    name: Bilingual
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeRow:
    """A size and one cell for each column; an empty cell says nothing."""

    size: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeTable:
    """Measures by size, with the shelves it holds for; goods may have one of their own."""

    id: SizeTableId
    name: Bilingual
    note: Bilingual
    columns: tuple[SizeColumn, ...]
    rows: tuple[SizeRow, ...]


class LinkKind(StrEnum):
    """Whether goods go with others or can stand in their place."""

    WITH = "with"
    INSTEAD = "instead"


@dataclass(frozen=True, slots=True)
class Link:
    """A product that staff put beside another one."""

    product_id: ProductId
    kind: LinkKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What a product's page says beside its goods: options, the size table that holds (its own, else its shelf's), links in their order."""

    options: tuple[Option, ...] = ()
    size_table: SizeTable | None = None
    links: tuple[Link, ...] = ()


class NameTwice(Refusal):
    """Two options of a product, or two values of an option, have the same name."""

    code = "name_twice"

    def __init__(self, name: str, *, field: str) -> None:
        super().__init__(f"{name!r} stands there twice", field=field, value=name)


class OptionIsUsed(Refusal):
    """Without the option, variants on sale could not be told apart."""

    code = "option_is_used"

    def __init__(self, option: str, skus: Sequence[str]) -> None:
        super().__init__(f"Without {option!r} these are the same: {', '.join(skus)}", field="options", value=option)
        self.skus = tuple(skus)


class ValueIsUsed(Refusal):
    """Variants on sale stand for the value that was left out."""

    code = "value_is_used"

    def __init__(self, value: str, variants: int) -> None:
        super().__init__(f"{variants} variants on sale stand for {value!r}: take them off sale first", field="values", value=value)
        self.variants = variants


class CombinationMissing(Refusal):
    """A variant on sale needs one value of each option of its product."""

    code = "combination_missing"

    def __init__(self, sku: str) -> None:
        super().__init__(f"{sku!r} does not name one value of each option", field="variants", value=sku)


class CombinationTaken(Refusal):
    """Another variant of the product stands for these values already, on sale or off."""

    code = "combination_taken"

    def __init__(self, sku: str, holder: str) -> None:
        super().__init__(f"{sku!r} would stand for the same values as {holder!r}", field="variants", value=sku)
        self.holder = holder


class CombinationUnclear(Refusal):
    """Nobody can tell for which of the new values a variant on sale stands."""

    code = "combination_unclear"

    def __init__(self, sku: str, text: str) -> None:
        super().__init__(f"{sku!r} ({text!r}) fits none of the values, or more than one", field="values", value=sku)
        self.text = text


class TooManyCombinations(Refusal):
    """The options have more combinations than a product may have variants."""

    code = "too_many_combinations"

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} combinations are more than {MOST_COMBINATIONS}", field="values", value=count)
        self.most = MOST_COMBINATIONS


class BadSizeLine(Refusal):
    """A line of a size table cannot be read: it has not one cell for each column, or no number where one belongs."""

    code = "bad_size_line"

    def __init__(self, line: int, text: str, *, field: str, wants: str, cells: int = 0) -> None:
        super().__init__(f"Line {line}, {text!r}: {wants} {cells}", field=field, value=text)
        self.line, self.wants, self.cells = line, wants, cells


class SizeTableIsUsed(Refusal):
    """Shelves or goods show the table that was to be taken away."""

    code = "size_table_is_used"

    def __init__(self, name: str, uses: int) -> None:
        super().__init__(f"{uses} shelves and products show {name!r}", field="size_table", value=name)
        self.uses = uses


class NotMade(Refusal):
    """No variant on sale stands for the values a shopper chose."""

    code = "not_made"


class RelatedToItself(Refusal):
    """A product does not go with itself."""

    code = "related_to_itself"
