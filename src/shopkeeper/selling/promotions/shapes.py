"""Promotions as they cross the face of their room. Money in minor units of the book currency, as the price list shows it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shopkeeper.kit.ids import BrandId, CategoryId, CollectionId, CustomerId, ProductId, PromotionId, UserId, VariantId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual


class Lane(StrEnum):
    """Where a promotion takes part; one lane works on what the one before it left."""

    ITEM = "item"
    THRESHOLD = "threshold"
    COUPON = "coupon"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Percent:
    """So many ten-thousandths off."""

    basis_points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """So much off each piece."""

    off_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """Each piece costs so much."""

    unit_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyGet:
    """Of every `buy` + `get` pieces the cheapest `get` are so much cheaper: 3 for 2 is 2 + 1 at 10,000."""

    buy: int
    get: int
    basis_points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """Every `units` pieces together cost so much."""

    units: int
    price_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """These pieces bought together cost so much."""

    parts: tuple[tuple[VariantId, int], ...]
    price_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """So much off for every so much spent (每满), at most so many times (0: without end)."""

    step_minor: int
    off_minor: int
    most_times: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """From so much spent (`from_minor`) or so many pieces (`from_units`): an amount off, or a share."""

    from_minor: int = 0
    from_units: int = 0
    off_minor: int = 0
    basis_points: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiers:
    """The highest step that is reached (阶梯), lowest first."""

    steps: tuple[Tier, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """Goods that come beside, for nothing."""

    variant_id: VariantId
    units: int


@dataclass(frozen=True, slots=True)
class FreeDelivery:
    """Delivery for nothing."""


Rule = Percent | Amount | Fixed | BuyGet | Several | Together | Every | Tiers | Gift | FreeDelivery

LANES: Mapping[type[Rule], Lane] = {
    Percent: Lane.ITEM, Amount: Lane.ITEM, Fixed: Lane.ITEM, BuyGet: Lane.ITEM, Several: Lane.ITEM, Together: Lane.ITEM,
    Every: Lane.THRESHOLD, Tiers: Lane.THRESHOLD, Gift: Lane.THRESHOLD, FreeDelivery: Lane.DELIVERY,
}  # fmt: skip
"""Where each rule takes part, where it asks for no code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which goods a promotion is about: whatever one of these names, or everything where none is named, but for what is taken out."""

    variants: frozenset[VariantId] = frozenset()
    products: frozenset[ProductId] = frozenset()
    categories: frozenset[CategoryId] = frozenset()
    brands: frozenset[BrandId] = frozenset()
    collections: frozenset[CollectionId] = frozenset()
    but_products: frozenset[ProductId] = frozenset()
    but_categories: frozenset[CategoryId] = frozenset()

    @property
    def is_everything(self) -> bool:
        return not (self.variants or self.products or self.categories or self.brands or self.collections)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a basket has to be for a promotion to apply."""

    least_minor: int = 0
    least_units: int = 0
    channels: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    first_order: bool = False
    full_price_only: bool = False
    """Only goods no other promotion has made cheaper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """One promotion as quotes read it. `most_minor`: what it takes off an order at most, 0 for no such limit."""

    id: PromotionId
    version: int
    code: str
    name: Bilingual
    rule: Rule
    scope: Scope = field(default_factory=Scope)
    terms: Terms = field(default_factory=Terms)
    starts_at: datetime
    ends_at: datetime | None = None
    needs_code: bool = False
    most_minor: int = 0
    excludes: frozenset[PromotionId] = frozenset()

    @property
    def lane(self) -> Lane:
        own = LANES[type(self.rule)]
        return Lane.COUPON if self.needs_code and own is not Lane.DELIVERY else own


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line of a basket as promotions see it. `categories` are its shelf and those above it."""

    variant_id: VariantId
    product_id: ProductId
    categories: frozenset[CategoryId]
    brand_id: BrandId | None
    collections: frozenset[CollectionId]
    unit_minor: int
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What is left of a promotion's limits; None where there is no such limit."""

    uses: int | None = None
    buyer_uses: int | None = None
    budget_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftGoods:
    """A gift as quotes see it: what a piece costs and how many there are."""

    unit_minor: int
    available: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Everything besides goods that promotions may look at, and nothing else: where, when, who, what they hold, what is left."""

    channel: str
    at: datetime
    tier: str = ""
    is_first_order: bool = False
    codes: Mapping[str, PromotionId] = field(default_factory=dict)
    left: Mapping[PromotionId, Left] = field(default_factory=dict)
    gifts: Mapping[VariantId, GiftGoods] = field(default_factory=dict)


class Why(StrEnum):
    """Why a promotion does not apply."""

    NOT_YET = "not_yet"
    OVER = "over"
    CHANNEL = "channel"
    TIER = "tier"
    FIRST_ORDER = "first_order"
    NO_CODE = "no_code"
    USED_UP = "used_up"
    BUYER_USED_UP = "buyer_used_up"
    BUDGET = "budget"
    NO_GOODS = "no_goods"
    MORE_MINOR = "more_minor"
    MORE_UNITS = "more_units"
    GIFT_GONE = "gift_gone"
    BETTER = "better"
    EXCLUDED = "excluded"
    NO_GAIN = "no_gain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A promotion that does not apply, or would give more: why, how much is missing, what it would then take off (0: not known)."""

    promotion_id: PromotionId
    why: Why
    missing: int = 0
    off_minor: int = 0
    other_id: PromotionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A promotion that applies: what it takes off, line by line, adding up to `amount_minor`; times: how often a step was reached."""

    promotion_id: PromotionId
    version: int
    name: Bilingual
    lane: Lane
    amount_minor: int
    shares: tuple[int, ...]
    times: int = 1
    gift: Gift | None = None
    gift_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What promotions make of a basket: what applies in the order it was worked out, what is left of each line, and what was missed."""

    applied: tuple[Applied, ...]
    left_minor: tuple[int, ...]
    is_delivery_free: bool
    missed: tuple[Missed, ...]


# ── as staff write them ───────────────────────────────────────────────────────────────────────────────────────────────


class State(StrEnum):
    """Where a promotion stands. It runs while it is approved, between its start and its end."""

    DRAFT = "draft"
    WAITING = "waiting"
    APPROVED = "approved"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far a promotion goes; None where it goes without end. The budget is in minor units, of what it takes off."""

    uses: int | None = None
    uses_a_buyer: int | None = None
    uses_a_day: int | None = None
    budget_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What staff say of a promotion."""

    code: str
    name: Bilingual
    rule: Rule
    scope: Scope = field(default_factory=Scope)
    terms: Terms = field(default_factory=Terms)
    starts_at: datetime
    ends_at: datetime | None = None
    needs_code: bool = False
    most_minor: int = 0
    excludes: frozenset[PromotionId] = frozenset()
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A promotion as it is kept: what staff said, where it stands, who said and approved it, and what was used of it."""

    id: PromotionId
    version: int
    state: State
    draft: Draft
    changed_by: UserId | None
    changed_at: datetime
    approved_by: UserId | None
    uses: int
    spent_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """One promotion an order uses: in which version, what it takes off, by which coupon."""

    promotion_id: PromotionId
    version: int
    amount_minor: int
    coupon_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon:
    """A code that brings a promotion: everybody's, or one customer's own (`customer_id`)."""

    id: int
    promotion_id: PromotionId
    code: str
    customer_id: CustomerId | None
    source: str
    starts_at: datetime | None
    ends_at: datetime | None
    most_uses: int | None
    uses: int


class CodeTaken(Refusal):
    """Another promotion or coupon has this code."""

    code = "code_taken"

    def __init__(self, value: str) -> None:
        super().__init__(f"The code {value!r} is taken; choose another", field="code", value=value)


class NotInThisState(Refusal):
    """A promotion stands elsewhere than an act needs it to: it runs, waits, or is over."""

    code = "promotion_state"

    def __init__(self, state: State, needed: Collection[State]) -> None:
        super().__init__(f"The promotion is {state}; needed: {', '.join(sorted(needed))}", field="state", value=str(state))
        self.needed = frozenset(needed)


class PromotionMoved(Refusal):
    """Somebody changed the promotion since it was looked at."""

    code = "promotion_moved"

    def __init__(self, seen: int, now: int) -> None:
        super().__init__(f"Version {seen} was looked at, it is version {now} now", field="seen", value=seen)


class OwnPromotion(Refusal):
    """Whoever wrote a promotion does not approve it."""

    code = "own_promotion"

    def __init__(self, promotion_id: PromotionId) -> None:
        super().__init__("A second person approves a promotion", field="actor", value=promotion_id)


class CannotUse(Refusal):
    """A promotion of an order cannot be used any more: used up, changed or over since the price was shown."""

    code = "promotion_gone"

    def __init__(self, promotion_id: PromotionId, why: str) -> None:
        super().__init__(f"Promotion {promotion_id} cannot be used: {why}", field="promotion", value=promotion_id)
        self.promotion_id = promotion_id
        self.why = why


class UnknownCode(Refusal):
    """No coupon has this code, or it is somebody else's."""

    code = "unknown_code"

    def __init__(self, value: str) -> None:
        super().__init__(f"No coupon has the code {value!r}", field="code", value=value)
