"""Everything that can happen, on one page.

A fact is past tense, frozen, and carries ids and plain values, never personal data. Money is in minor units of the book
currency. `entity` names whose order of facts must be kept; dispatch never overtakes within one entity.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """The root of every fact. `ENTITY` is the field that names the entity whose facts stay in order."""

    ENTITY: ClassVar[str]


# ── selling: orders ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedLine:
    """One line of an order as placed: `gross_minor` is what the buyer pays for the line, tax included, discounts taken off."""

    line_id: int
    variant_id: int
    product_id: int
    category_id: int | None
    sku: str
    units: int
    gross_minor: int
    discount_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced(Fact):
    ENTITY = "order_id"
    order_id: int
    number: str
    channel: str
    buyer_id: int
    is_guest: bool
    country: str
    currency: str
    lines: tuple[OrderedLine, ...]
    delivery_minor: int
    delivery_tax_minor: int
    total_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid(Fact):
    ENTITY = "order_id"
    order_id: int
    payment_id: int
    buyer_id: int
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled(Fact):
    ENTITY = "order_id"
    order_id: int
    reason: str
    was_paid: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedLine:
    line_id: int
    variant_id: int
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShipped(Fact):
    ENTITY = "order_id"
    order_id: int
    shipment_id: int
    warehouse_id: int
    carrier: str
    lines: tuple[ShippedLine, ...]
    is_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundedLine:
    line_id: int
    variant_id: int
    product_id: int
    category_id: int | None
    sku: str
    units: int
    gross_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefunded(Fact):
    """Money went back for lines of an order. `delivery_minor` is the part of the delivery price given back, tax included."""

    ENTITY = "order_id"
    order_id: int
    refund_id: int
    buyer_id: int
    country: str
    reason: str
    lines: tuple[RefundedLine, ...]
    delivery_minor: int
    total_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNoteIssued(Fact):
    """Goods came back whose order is not known (history taken over from another system)."""

    ENTITY = "credit_note_id"
    credit_note_id: int
    buyer_id: int
    country: str
    lines: tuple[RefundedLine, ...]
    total_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentBooked(Fact):
    """Money booked beside the goods: `kind` is postage, fee, manual, discount or bad_debt; `amount_minor` may be negative."""

    ENTITY = "adjustment_id"
    adjustment_id: int
    order_id: int | None
    buyer_id: int | None
    country: str
    kind: str
    amount_minor: int


# ── selling: payments ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEventHeard(Fact):
    """The provider's word on a payment: `kind` is authorized, captured, declined, voided, refunded or failed; confirmation_needed (the
    buyer must do something first), mismatched (money that cannot be this payment's), disputed (withdrawn by the buyer's bank),
    dispute_won or dispute_lost.
    """

    ENTITY = "order_id"
    order_id: int
    payment_id: int
    provider: str
    kind: str
    amount_minor: int


# ── selling: stock, prices, catalogue, customers, content ─────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class StockHeld(Fact):
    ENTITY = "order_id"
    order_id: int
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StockReleased(Fact):
    """A hold ended without a sale: `reason` is expired, cancelled or refused."""

    ENTITY = "order_id"
    order_id: int
    units: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StockMoved(Fact):
    """Units came (+) or went (−) on one shelf: `reason` is received, sold, returned, adjusted, counted, sent or arrived."""

    ENTITY = "variant_id"
    variant_id: int
    warehouse_id: int
    units: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseSaved(Fact):
    ENTITY = "warehouse_id"
    warehouse_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceSet(Fact):
    """A price was set; `after_minor` None: it was withdrawn, and the variant has no price in that list."""

    ENTITY = "variant_id"
    variant_id: int
    price_list_id: int
    before_minor: int | None
    after_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceListSaved(Fact):
    ENTITY = "price_list_id"
    price_list_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionChanged(Fact):
    """A promotion was written, asked for, approved, paused, resumed or ended: `state` is where it stands now."""

    ENTITY = "promotion_id"
    promotion_id: int
    state: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponsMade(Fact):
    """So many codes that bring a promotion were made."""

    ENTITY = "promotion_id"
    promotion_id: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRateSaved(Fact):
    ENTITY = "tax_rate_id"
    tax_rate_id: int
    country: str
    basis_points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOptionSaved(Fact):
    ENTITY = "delivery_option_id"
    delivery_option_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductSaved(Fact):
    ENTITY = "product_id"
    product_id: int
    is_published: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDrafted(Fact):
    """A draft of a product was kept; what shoppers see has not changed."""

    ENTITY = "product_id"
    product_id: int
    revision_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CategorySaved(Fact):
    ENTITY = "category_id"
    category_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandSaved(Fact):
    ENTITY = "brand_id"
    brand_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeSaved(Fact):
    ENTITY = "attribute_id"
    attribute_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRegistered(Fact):
    ENTITY = "customer_id"
    customer_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSaved(Fact):
    ENTITY = "customer_id"
    customer_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecorded(Fact):
    """`subject` is an opaque visitor or customer key; `given` lists the purposes agreed to."""

    ENTITY = "subject"
    subject: str
    given: tuple[str, ...]
    text_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopTextPublished(Fact):
    ENTITY = "text_id"
    text_id: int
    kind: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewWritten(Fact):
    """A buyer spoke of goods bought with this order; `stars` 1 to 5. It is seen once it has been decided."""

    ENTITY = "review_id"
    review_id: int
    product_id: int
    order_id: int
    stars: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDecided(Fact):
    """Where a review stands from now on, and for which of the reasons that are shown."""

    ENTITY = "review_id"
    review_id: int
    product_id: int
    state: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAnswered(Fact):
    ENTITY = "review_id"
    review_id: int
    product_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked(Fact):
    ENTITY = "question_id"
    question_id: int
    product_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered(Fact):
    ENTITY = "question_id"
    question_id: int
    product_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionSaved(Fact):
    ENTITY = "collection_id"
    collection_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturesChanged(Fact):
    """Which pictures and videos a product shows, or their order."""

    ENTITY = "product_id"
    product_id: int
    pictures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetTakenOver(Fact):
    """A file of `kind` (products, customers, stock, prices) was taken over: `rows` written, `rejected` refused."""

    ENTITY = "run_id"
    run_id: int
    kind: str
    rows: int
    rejected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetUndone(Fact):
    """What a file had brought was set back where nobody had changed it since."""

    ENTITY = "run_id"
    run_id: int
    kind: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerGroupSaved(Fact):
    ENTITY = "group_id"
    group_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomersMerged(Fact):
    """Two records of one person became one: `merged_id` stands for `customer_id` from now on."""

    ENTITY = "customer_id"
    customer_id: int
    merged_id: int
    merge_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomersParted(Fact):
    """A merge was undone."""

    ENTITY = "customer_id"
    customer_id: int
    merged_id: int
    merge_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WishMade(Fact):
    """`subject` is an opaque visitor or customer key."""

    ENTITY = "subject"
    subject: str
    variant_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WishDropped(Fact):
    ENTITY = "subject"
    subject: str
    variant_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StockWaitAsked(Fact):
    """Somebody wants to be told when these goods are back."""

    ENTITY = "wait_id"
    wait_id: int
    variant_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StockWaitEnded(Fact):
    """`reason`: told, withdrawn, expired."""

    ENTITY = "wait_id"
    wait_id: int
    variant_id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequestMade(Fact):
    """A buyer asks to cancel or to send back; `kind` is one of the two."""

    ENTITY = "request_id"
    request_id: int
    order_id: int
    kind: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequestDecided(Fact):
    """`state`: accepted or refused, with a reason the buyer reads."""

    ENTITY = "request_id"
    request_id: int
    order_id: int
    kind: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterTextPublished(Fact):
    """A mail says something else from now on."""

    ENTITY = "text_id"
    text_id: int
    letter: str
    language: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterBounced(Fact):
    """A mail came back: `kind` is permanent, temporary or complaint."""

    ENTITY = "message_id"
    message_id: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedLinkFollowed(Fact):
    """Somebody came by a link of ours; `subject` is an opaque visitor key, empty without consent."""

    ENTITY = "link_id"
    link_id: int
    subject: str


# ── ops ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopSaved(Fact):
    ENTITY = "shop_id"
    shop_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffInvited(Fact):
    ENTITY = "invitation_id"
    invitation_id: int
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffJoined(Fact):
    ENTITY = "user_id"
    user_id: int
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRoleChanged(Fact):
    ENTITY = "user_id"
    user_id: int
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAsked(Fact):
    """An act waits for a second person; `act` is a word of the table of permissions."""

    ENTITY = "approval_id"
    approval_id: int
    act: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalDecided(Fact):
    """A second person approved the act (`is_given`) or refused it."""

    ENTITY = "approval_id"
    approval_id: int
    act: str
    is_given: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FactReplayed(Fact):
    ENTITY = "fact_id"
    fact_id: int
    hearer: str
