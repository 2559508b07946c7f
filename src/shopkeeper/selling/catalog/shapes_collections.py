"""Collections, the rules that fill them, and edits of many products at once, as they cross the catalogue's face."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shopkeeper.kit.ids import AttributeId, CollectionId, ProductId, UserId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog.shapes import Sort


class CollectionKind(StrEnum):
    """Who chooses the goods: somebody, one by one and in an order of their own, or a rule."""

    HAND = "hand"
    RULE = "rule"


class Part(StrEnum):
    """How a product is named in a collection: chosen by hand, put before what the rule finds, or left out of it."""

    IN = "in"
    FIRST = "first"
    OUT = "out"


class Match(StrEnum):
    """Whether goods must meet every condition of a rule, or one is enough."""

    ALL = "all"
    ANY = "any"


MOST_CONDITIONS = 12
"""How many conditions a rule has at most."""

MOST_IDS = 50
"""How many shelves, brands or answers one condition names at most."""

MOST_NAMED = 5_000
"""Products that one collection names: chosen by hand, or put first and left out together."""


class ConditionKind(StrEnum):
    """What a condition looks at."""

    CATEGORY = "category"
    BRAND = "brand"
    ANSWER = "answer"
    NAME = "name"
    NEW = "new"
    PRICE = "price"
    REDUCED = "reduced"
    IN_STOCK = "in_stock"


OUTSIDE = frozenset({ConditionKind.PRICE, ConditionKind.REDUCED, ConditionKind.IN_STOCK})
"""Kinds that prices and stock decide, of which the catalogue knows nothing: `flows.collections` finds the products they hold for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition; which fields speak depends on the kind.

    `ids`: any of these categories (with the shelves below them), brands, or answers of the attribute `attribute_id`. `least_minor` and
    `most_minor`, both included, either may be open: the product's least price. `days`: put into the catalogue within so many days, today
    included. `text`: stands in the name in either language.
    """

    kind: ConditionKind
    ids: tuple[int, ...] = ()
    attribute_id: AttributeId | None = None
    least_minor: int | None = None
    most_minor: int | None = None
    days: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What goods a collection shows by itself."""

    match: Match = Match.ALL
    conditions: tuple[Condition, ...] = ()

    @property
    def outside(self) -> tuple[Condition, ...]:
        """The conditions the catalogue cannot decide."""
        return tuple(each for each in self.conditions if each.kind in OUTSIDE)

    @property
    def follows_stock(self) -> bool:
        """Whether what it finds changes with every piece sold."""
        return any(each.kind is ConditionKind.IN_STOCK for each in self.conditions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Goods shown together. `sort` is its own order; `position` orders the menu; without `starts_at` or `ends_at` that end is open."""

    id: CollectionId
    slug: str
    name: Bilingual
    intro: Bilingual
    drawing: str
    tint: str
    kind: CollectionKind
    rule: Rule
    sort: Sort
    is_published: bool
    is_in_menu: bool
    position: int
    starts_at: datetime | None
    ends_at: datetime | None

    def is_shown(self, now: datetime) -> bool:
        """Return whether shoppers see it at this moment."""
        has_begun = self.starts_at is None or self.starts_at <= now
        return self.is_published and has_begun and (self.ends_at is None or now < self.ends_at)

    def turns_at(self, now: datetime) -> datetime | None:
        """Return the next moment at which it appears or goes by itself; None where it does not."""
        if not self.is_published:
            return None
        return min((each for each in (self.starts_at, self.ends_at) if each is not None and each > now), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A product named in a collection."""

    product_id: ProductId
    part: Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The published goods of a collection in its own order; the first `pinned` of them were put there by hand."""

    ids: Sequence[int]
    pinned: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionDraft:
    """A collection as staff write it. `rule` is only read where the kind is by rule."""

    slug: str
    name: Bilingual
    kind: CollectionKind
    intro: Bilingual = field(default_factory=Bilingual)
    drawing: str = ""
    tint: str = ""
    rule: Rule = field(default_factory=Rule)
    sort: Sort = Sort.FEATURED
    is_published: bool = False
    is_in_menu: bool = False
    position: int = 0
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class RuleIsEmpty(Refusal):
    """A rule without a condition would show the whole shop."""

    code = "rule_is_empty"

    def __init__(self) -> None:
        super().__init__("A rule needs one condition at least", field="rule", value="")


class RuleContradicts(Refusal):
    """No product can ever meet these conditions together; `about` is what they are about (a condition's kind)."""

    code = "rule_contradicts"

    def __init__(self, about: ConditionKind) -> None:
        super().__init__(f"No product can meet all conditions about {about}", field="rule", value=str(about))
        self.about = about


class FilledByRule(Refusal):
    """The collection is filled by its rule: nothing can be put into it one by one."""

    code = "filled_by_rule"

    def __init__(self, slug: str) -> None:
        super().__init__(f"The collection {slug!r} is filled by its rule", field="collection_id", value=slug)


class CollectionIsFull(Refusal):
    """A collection names no more products than that."""

    code = "collection_is_full"

    def __init__(self, wanted: int, most: int) -> None:
        super().__init__(f"{wanted} products, but a collection names at most {most}", field="products", value=wanted)
        self.most = most


# ── many products at once ─────────────────────────────────────────────────────────────────────────────────────────────


class EditKind(StrEnum):
    """What can be done to many products at once."""

    PUBLISH = "publish"
    UNPUBLISH = "unpublish"
    CATEGORY = "category"
    BRAND = "brand"
    ANSWER = "answer"
    NO_ANSWER = "no_answer"
    COLLECT = "collect"
    DROP = "drop"
    WEIGHT = "weight"
    PRICE = "price"


class PriceHow(StrEnum):
    """How prices are changed: to one amount, by a share of what they are, or by an amount."""

    SET = "set"
    PERCENT = "percent"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceStep:
    """What is done to the prices of a list. `value` is minor units, or ten-thousandths for a share; below 0 it lowers.

    What comes out is rounded to the nearest multiple of `step_minor`, halves up; an amount that is set is taken as it is.
    """

    how: PriceHow
    value: int
    step_minor: int = 1
    price_list_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One thing to do to many products: `target` is the category, brand, attribute or collection it is about (None: none of them).

    `choice_ids` are the answers that are said of the attribute from now on, `weight_g` the weight of every variant. `price` is kept here
    and carried out by `flows.change_many`: the catalogue knows no prices.
    """

    kind: EditKind
    target: int | None = None
    choice_ids: tuple[int, ...] = ()
    weight_g: int = 0
    price: PriceStep | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an edit makes of one product: before and after, by field."""

    product_id: ProductId
    name: Bilingual
    before: Mapping[str, object]
    after: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an edit would come to: how many products it changes, how many are so already, and the first of those it changes.

    `refused` pairs products that it cannot be done to with the refusal's code.
    """

    changed: int
    same: int
    first: tuple[Change, ...]
    refused: tuple[tuple[ProductId, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What undoing an edit came to: products set back, and those left alone because somebody changed them since."""

    set_back: int
    left: int


class RunState(StrEnum):
    """running → done, or stopped by somebody; done and stopped → undoing → undone."""

    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


UNDER_WAY = frozenset({RunState.RUNNING, RunState.UNDOING})


class RowState(StrEnum):
    """What became of one product of an edit; the last two: of its undoing."""

    DUE = "due"
    DONE = "done"
    SAME = "same"
    WAITS = "waits"
    REFUSED = "refused"
    BACK = "back"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRun:
    """An edit and how far it is: `worked` of `wanted` products; of its undoing, `worked` of the `changed` ones.

    `breaks` is how often the work under way broke off, the last time with `broken`.
    """

    id: int
    edit: Edit
    state: RunState
    reason: str
    actor: UserId | None
    at: datetime
    wanted: int
    worked: int
    changed: int
    breaks: int = 0
    broken: str = ""
    undone_by: UserId | None = None
    undone_at: datetime | None = None
    set_back: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RowOutcome:
    """What became of one product; `refusal` is the code of why it, or one of its prices, was left."""

    product_id: ProductId
    state: RowState
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)
    refusal: str = ""


class EditUnderWay(Refusal):
    """The edit is still being worked off, or its undoing is."""

    code = "edit_under_way"

    def __init__(self, edit_id: int) -> None:
        super().__init__(f"Edit {edit_id} is under way", field="edit", value=edit_id)


class TooManyAtOnce(Refusal):
    """More products than one edit takes."""

    code = "too_many_at_once"

    def __init__(self, wanted: int, most: int) -> None:
        super().__init__(f"{wanted} products at once, at most {most}", field="products", value=wanted)
        self.most = most


class EditTooOld(Refusal):
    """The edit is not the last one, was undone already, or is older than a day."""

    code = "edit_too_old"

    def __init__(self, edit_id: int) -> None:
        super().__init__(f"Edit {edit_id} cannot be undone any more", field="edit", value=edit_id)
