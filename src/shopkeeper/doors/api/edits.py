"""Routes for staff: one thing done to many products, looked at before, followed while it is under way, stopped, taken back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema

from shopkeeper.doors.api.baskets import refuse_other_currency
from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.fields import called
from shopkeeper.doors.api.lookups import Known, choice_of, known_now, products_of, refuse_unneeded
from shopkeeper.doors.api.orders import RepeatKey
from shopkeeper.doors.api.staff import StaffSession, actor, under_key
from shopkeeper.doors.api.values import (
    Both,
    Money,
    Name,
    Number,
    Paged,
    PageNumber,
    PageSize,
    Sent,
    Text,
    Whole,
    both,
    money_or_none,
    paged,
)
from shopkeeper.flows import change_many, change_prices, goods_once
from shopkeeper.kit import checks, together
from shopkeeper.kit.ids import ProductId
from shopkeeper.kit.money import MOST_MINOR
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Product
from shopkeeper.selling.catalog.shapes_collections import (
    UNDER_WAY,
    Change,
    Edit,
    EditKind,
    EditRun,
    PriceHow,
    PriceStep,
    RowState,
    RunState,
    TooManyAtOnce,
)
from shopkeeper.selling.pricing import public as pricing

staff_router = Router(tags=["staff"])

MOST, MOST_CHOICES = 10_000, 200
MOST_PERCENT, MOST_PERCENT_DOWN = change_prices.MOST_SHARE // 100, -change_prices.LEAST_SHARE // 100

NEEDED: Mapping[EditKind, tuple[str, ...]] = {
    EditKind.CATEGORY: ("category",),
    EditKind.BRAND: ("brand",),
    EditKind.ANSWER: ("attribute", "choices"),
    EditKind.NO_ANSWER: ("attribute",),
    EditKind.COLLECT: ("collection",),
    EditKind.DROP: ("collection",),
    EditKind.WEIGHT: ("weight_g",),
    EditKind.PRICE: ("price",),
}
"""What an edit says besides its kind and its products."""

OF_AN_EDIT = {"product": "products", "choice": "choices", "collection_id": "collection"}
"""What a request calls that which a room names one of."""


class PriceChange(Sent):
    __doc__ = gettext_noop(
        "What becomes of the prices of a list (`price_list` is its code, null: the one that applies). `how`: `set` to an amount, `up` or "
        "`down` by an amount, `up_percent` or `down_percent` by per cent like “12.5”. What comes out is rounded to the nearest multiple of "
        "`rounding` (1, 5, 10, 50, 100 or 1000 minor units), halves up; an amount that is set stays."
    )

    how: Literal["set", "up", "down", "up_percent", "down_percent"]
    amount_minor: Annotated[Whole, Field(ge=1, le=MOST_MINOR)] | None = None
    currency: Text | None = None
    percent: Annotated[str, Field(pattern=r"^[0-9]{1,4}(\.[0-9]{1,2})?$")] | None = None
    rounding: Whole = 1
    price_list: Name | None = None


class EditLookIn(Sent):
    __doc__ = gettext_noop(
        "One thing to do to many products, named by their slugs, at most 10,000. `kind` says what, and which field it needs: `category` or "
        "`brand` a slug, or null for none any more; `answer` an `attribute` with `choices`, `no_answer` an `attribute`; `collect` or "
        "`drop` the slug of a `collection`; `weight` a `weight_g` for every variant; `price` a `price`; `publish` or `unpublish` none."
    )

    products: list[Name]
    kind: EditKind
    category: Name | None = None
    brand: Name | None = None
    attribute: Name | None = None
    choices: Annotated[list[Name], Field(max_length=MOST_CHOICES)] = []
    collection: Name | None = None
    weight_g: Whole | None = None
    price: PriceChange | None = None


class EditIn(EditLookIn):
    __doc__ = gettext_noop("A change of many products, and why; the fields are those of its dry run.")

    reason: Text


class EditWeight(Schema):
    sku: str
    weight_g: int


class EditPrice(Schema):
    __doc__ = gettext_noop("The price of a SKU; null: none.")

    sku: str
    price: Money | None


class EditedState(Schema):
    __doc__ = gettext_noop(
        "What a product says of what is changed; the other fields are null. `answers` by their codes; `category` and `brand` may be null "
        "themselves."
    )

    is_published: bool | None = None
    category: str | None = None
    brand: str | None = None
    answers: list[str] | None = None
    is_collected: bool | None = None
    weights: list[EditWeight] | None = None
    prices: list[EditPrice] | None = None


class EditChange(Schema):
    product: str
    name: Both
    before: EditedState
    after: EditedState


class EditLookOut(Schema):
    __doc__ = gettext_noop(
        "What a change of many would come to: how many products it changes, how many are so already, and the first twelve it changes. "
        "Whether a price waits for a second person shows when it is done."
    )

    changed: int
    same: int
    first: list[EditChange]


class EditHead(Schema):
    __doc__ = gettext_noop(
        "A change of many and how far it is: `running`, `stopped`, `done`, `undoing` or `undone`; `worked` of `wanted` products are gone "
        "through (while it is undone: of the `changed` ones)."
    )

    id: int
    kind: EditKind
    state: RunState
    is_under_way: bool
    reason: str
    wanted: int
    worked: int
    changed: int
    set_back: int
    by: int | None
    at: datetime
    undone_by: int | None
    undone_at: datetime | None


class EditOut(EditHead):
    __doc__ = gettext_noop(
        "A change of many with what became of its products: `outcomes` counts them by `done`, `same`, `waits` (for a second person), "
        "`refused`, `due`, `back`, `left`; `refusals` counts those that were left by code. Both are kept for a day and null once they are "
        "forgotten."
    )

    outcomes: dict[str, int] | None
    refusals: dict[str, int] | None


@staff_router.get(
    "/edits",
    auth=StaffSession("catalog.view"),
    response=Paged[EditHead],
    summary=gettext_noop("Changes of many products, the latest first"),
)
def list_edits(request: HttpRequest, page: PageNumber = 1, size: PageSize = 50) -> Paged[EditHead]:
    found = catalog.edit_runs(number=page, size=size)
    return paged(found, (EditHead(**_head(each)) for each in found))


@staff_router.post(
    "/edits/dry-run",
    auth=StaffSession("catalog.edit_products"),
    response=EditLookOut,
    openapi_extra=also(404, 409),
    summary=gettext_noop("What a change of many products would come to; nothing is changed"),
)
def look_at_edit(request: HttpRequest, data: EditLookIn) -> EditLookOut:
    known = known_now()
    with called(**OF_AN_EDIT):
        edit = _edit(data, known)
        found = change_many.preview(product_ids=_wanted(data), edit=edit, actor=actor(request))
    tell = _Teller(known, catalog.products([each.product_id for each in found.first]))
    return EditLookOut(changed=found.changed, same=found.same, first=[tell.change(each) for each in found.first])


@staff_router.post(
    "/edits",
    auth=StaffSession("catalog.edit_products"),
    response={201: EditOut, 202: EditOut},
    openapi_extra=also(404, 409),
    summary=gettext_noop(
        "Do one thing to many products: at once (201), or more than 200 (for prices, variants) by a job to be followed (202)"
    ),
)
def edit_products(request: HttpRequest, data: EditIn, idempotency_key: RepeatKey = None) -> tuple[int, EditOut]:
    with called(**OF_AN_EDIT):
        edit = _edit(data, known_now())
        run = goods_once.change(product_ids=_wanted(data), edit=edit, reason=data.reason, **under_key(request, idempotency_key))
    return (202 if run.state in UNDER_WAY else 201), _told(run.id)


@staff_router.get(
    "/edits/{edit}",
    auth=StaffSession("catalog.view"),
    response=EditOut,
    openapi_extra=also(404),
    summary=gettext_noop("How far a change of many is, and what became of its products"),
)
def read_edit(request: HttpRequest, edit: Number) -> EditOut:
    return _told(edit)


@staff_router.post(
    "/edits/{edit}/stop",
    auth=StaffSession("catalog.edit_products"),
    response=EditOut,
    openapi_extra=also(404, 409),
    summary=gettext_noop("Stop a change under way: what it has done stays and can be undone"),
)
def stop_edit(request: HttpRequest, edit: Number, idempotency_key: RepeatKey = None) -> EditOut:
    return _told(goods_once.stop(edit_id=edit, **under_key(request, idempotency_key)).id)


@staff_router.post(
    "/edits/{edit}/undo",
    auth=StaffSession("catalog.undo_edit"),
    response={200: EditOut, 202: EditOut},
    openapi_extra=also(404, 409),
    summary=gettext_noop("Set back the last change of many within a day, where nobody changed it since"),
)
def undo_edit(request: HttpRequest, edit: Number, idempotency_key: RepeatKey = None) -> tuple[int, EditOut]:
    run = goods_once.undo(edit_id=edit, **under_key(request, idempotency_key))
    return (202 if run.state in UNDER_WAY else 200), _told(run.id)


# ── as it is sent ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _wanted(data: EditLookIn) -> list[ProductId]:
    slugs = list(dict.fromkeys(data.products))
    if len(slugs) > MOST:
        raise TooManyAtOnce(len(slugs), MOST)
    return products_of(slugs)


def _edit(data: EditLookIn, known: Known) -> Edit:
    needed = NEEDED.get(data.kind, ())
    refuse_unneeded(data, {"products", "kind", "reason", *needed})
    for each in needed:
        # Null takes a shelf or a brand away, where it is said; of all others it is no answer.
        is_answer = each in data.model_fields_set if each in ("category", "brand") else getattr(data, each) not in (None, [])
        if not is_answer:
            raise Malformed(each, "", expected="answer")
    if data.kind is EditKind.PRICE and data.price is not None:
        return Edit(kind=data.kind, price=_step(data.price, known))
    return Edit(kind=data.kind, target=_target(data, known), choice_ids=_choices(data, known), weight_g=data.weight_g or 0)


def _target(data: EditLookIn, known: Known) -> int | None:
    if data.category is not None:
        return known.shelf(data.category)
    if data.brand is not None:
        return known.brand(data.brand)
    if data.attribute is not None:
        return known.attribute(data.attribute).id
    return None if data.collection is None else _collection(data.collection)


def _collection(slug: str) -> int:
    for each in catalog.collections():
        if each.slug == slug:
            return each.id
    raise NotFound("collection", checks.shown(slug))


def _choices(data: EditLookIn, known: Known) -> tuple[int, ...]:
    return tuple(choice_of(known.attribute(data.attribute or ""), each) for each in data.choices)


def _step(data: PriceChange, known: Known) -> PriceStep:
    by_share = data.how in ("up_percent", "down_percent")
    refuse_unneeded(data, {"how", "rounding", "price_list", *(("percent",) if by_share else ("amount_minor", "currency"))})
    value = _share(data) if by_share else _amount(data, known)
    how = PriceHow.PERCENT if by_share else PriceHow.SET if data.how == "set" else PriceHow.AMOUNT
    return PriceStep(
        how=how,
        value=-value if data.how.startswith("down") else value,
        step_minor=data.rounding,
        price_list_id=_price_list(data.price_list),
    )


def _share(data: PriceChange) -> int:
    if data.percent is None:
        raise Malformed("percent", "", expected="answer")
    percent, most = Decimal(data.percent), MOST_PERCENT_DOWN if data.how == "down_percent" else MOST_PERCENT
    if not 0 < percent <= most:
        raise OutOfRange("percent", percent, least=Decimal("0.01"), most=most)
    return int(percent * 100)


def _amount(data: PriceChange, known: Known) -> int:
    if data.amount_minor is None:
        raise Malformed("amount_minor", "", expected="answer")
    if data.currency is None:
        raise Malformed("currency", "", expected="answer")
    refuse_other_currency(data.currency, ours=known.currency)
    return data.amount_minor


def _price_list(code: str | None) -> int:
    if code is None:
        return pricing.default_price_list().id
    for each in pricing.price_lists():
        if each.code == code:
            return each.id
    raise NotFound("price_list", checks.shown(code))


# ── as it is told ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _told(edit_id: int) -> EditOut:
    run: EditRun
    run, outcomes, refusals = together.read(
        lambda: catalog.edit_run(edit_id), lambda: catalog.run_counts(edit_id), lambda: catalog.run_refusals(edit_id)
    )
    told = {each.value: outcomes[each.value] for each in RowState if outcomes.get(each.value)}
    # Forgotten is not nothing: whatever it went through had a state once.
    is_known = bool(told) or not run.wanted
    return EditOut(**_head(run), outcomes=told if is_known else None, refusals=dict(refusals) if is_known else None)


def _head(run: EditRun) -> dict[str, Any]:
    return {
        "id": run.id, "kind": run.edit.kind, "state": run.state, "is_under_way": run.state in UNDER_WAY, "reason": run.reason,
        "wanted": run.wanted, "worked": run.worked, "changed": run.changed, "set_back": run.set_back, "by": run.actor, "at": run.at,
        "undone_by": run.undone_by, "undone_at": run.undone_at,
    }  # fmt: skip


class _Teller:
    """Tells the first changes of a dry run by what callers name things by."""

    def __init__(self, known: Known, products: Mapping[ProductId, Product]) -> None:
        self.known, self.products = known, products
        _attributes, self.choices = known.codes()

    def change(self, found: Change) -> EditChange:
        """Return what one product says before and after."""
        product = self.products[found.product_id]
        self.skus = {str(each.id): each.sku for each in product.variants}
        return EditChange(product=product.slug, name=both(found.name), before=self._state(found.before), after=self._state(found.after))

    def _state(self, state: Mapping[str, Any]) -> EditedState:
        tellers: Mapping[str, tuple[str, Callable[[Any], object]]] = {
            "is_published": ("is_published", bool),
            "category_id": ("category", self.known.shelf_slug),
            "brand_id": ("brand", self.known.brand_slug),
            "said": ("answers", self._answers),
            "position": ("is_collected", lambda place: place is not None),
            "weights": ("weights", self._weights),
            "prices": ("prices", self._prices),
        }
        return EditedState(**{name: tell(state[key]) for key, (name, tell) in tellers.items() if key in state})  # type: ignore[arg-type]

    def _answers(self, rows: Sequence[Sequence[Any]]) -> list[str]:
        return [self.choices.get(choice, "") or number or english or chinese for choice, number, english, chinese, _derived in rows]

    def _weights(self, weights: Mapping[str, int]) -> list[EditWeight]:
        return [EditWeight(sku=self.skus[each], weight_g=weight) for each, weight in weights.items() if each in self.skus]

    def _prices(self, prices: Mapping[str, int | None]) -> list[EditPrice]:
        return [
            EditPrice(sku=self.skus[each], price=money_or_none(amount, self.known.currency))
            for each, amount in prices.items()
            if each in self.skus
        ]
