"""What this door answers when it cannot do what was asked: problem details (RFC 9457) in the reader's language, never a page."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from ninja import Schema

from shopkeeper.doors.api import words
from shopkeeper.kit.refusals import Refusal
from shopkeeper.ops.limits.shapes import TooOften

MEDIA_TYPE = "application/problem+json"


class InvalidValue(Schema):
    __doc__ = gettext_noop(
        "One value that cannot be used: where it stands in the request, what it is, what is wrong with it and what to do."
    )

    field: str
    value: str
    code: str
    detail: str
    remedy: str


class ShortItem(Schema):
    __doc__ = gettext_noop("A thing of which there is not enough.")

    sku: str
    wanted: int
    available: int


class ProblemDetails(Schema):
    __doc__ = gettext_noop(
        "A refusal: `type` leads to its description, `code` is for programs, `title`, `detail` and `remedy` are for "
        "people. `errors` lists every value at fault (422), `short` what is not in stock (409), `quote` the quote as it "
        "is now (409), `approval` the number of what waits for a second person (409)."
    )

    type: str
    title: str
    status: int
    detail: str
    code: str
    field: str = ""
    value: str = ""
    remedy: str
    errors: list[InvalidValue] | None = None
    short: list[ShortItem] | None = None
    quote: dict[str, Any] | None = None
    approval: int | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: the status it is answered with, and its title."""

    status: int
    title: str | Promise


KINDS: Mapping[str, Kind] = {
    "unreadable": Kind(400, gettext_lazy("The request cannot be read")),
    "not_signed_in": Kind(401, gettext_lazy("Sign in first")),
    "payment_refused": Kind(402, gettext_lazy("The payment was refused")),
    "not_allowed": Kind(403, gettext_lazy("Not allowed")),
    "csrf": Kind(403, gettext_lazy("The token against forgery is missing")),
    "password_due": Kind(403, gettext_lazy("The one-time password must be replaced")),
    "second_factor_due": Kind(403, gettext_lazy("The second factor is missing")),
    "bad_signature": Kind(403, gettext_lazy("The signature does not match")),
    "forged_news": Kind(403, gettext_lazy("The signature does not match")),
    "forged_report": Kind(403, gettext_lazy("The signature does not match")),
    "provider_code_taken": Kind(409, gettext_lazy("Another provider is called so")),
    "issuer_fixed": Kind(409, gettext_lazy("Customers are linked through the present address")),
    "provider_unusable": Kind(422, gettext_lazy("The provider cannot be used")),
    "not_found": Kind(404, gettext_lazy("Not found")),
    "unknown_provider": Kind(404, gettext_lazy("Not found")),
    "unknown_metric": Kind(404, gettext_lazy("Not found")),
    "no_such_method": Kind(405, gettext_lazy("This address does not take that method")),
    "quote_stale": Kind(409, gettext_lazy("The total has changed")),
    "out_of_stock": Kind(409, gettext_lazy("Not enough in stock")),
    "key_reused": Kind(409, gettext_lazy("The idempotency key was used before")),
    "basket_ordered": Kind(409, gettext_lazy("The basket was ordered already")),
    "wrong_state": Kind(409, gettext_lazy("The order has moved on")),
    "hold_gone": Kind(409, gettext_lazy("The goods are no longer set aside")),
    "waiting_for_approval": Kind(409, gettext_lazy("It waits for a second person")),
    "approval_over": Kind(409, gettext_lazy("It does not wait for a second person any more")),
    "below_held": Kind(409, gettext_lazy("The pieces are promised to orders")),
    "not_sent_yet": Kind(409, gettext_lazy("The goods have not been sent")),
    "goods_went_back": Kind(409, gettext_lazy("The goods went back")),
    "reviewed_already": Kind(409, gettext_lazy("The line has its review")),
    "basket_closed": Kind(409, gettext_lazy("The basket was ordered already")),
    "cancel_asked": Kind(409, gettext_lazy("The buyer asks to cancel")),
    "asked_already": Kind(409, gettext_lazy("One request to cancel waits already")),
    "request_decided": Kind(409, gettext_lazy("The request has moved on")),
    "sent_meanwhile": Kind(409, gettext_lazy("The pieces have left")),
    "not_to_be_asked": Kind(409, gettext_lazy("There is nothing of that kind to ask for")),
    "needs_defect": Kind(422, gettext_lazy("The days without a reason are over")),
    "group_name_taken": Kind(409, gettext_lazy("Another group is called so")),
    "note_struck": Kind(409, gettext_lazy("The note was struck out already")),
    "both_sign_in": Kind(409, gettext_lazy("Both of them sign in")),
    "must_stay": Kind(409, gettext_lazy("The record that signs in stays")),
    "merged_already": Kind(409, gettext_lazy("The record was merged already")),
    "merge_over": Kind(409, gettext_lazy("The merge was undone already")),
    "option_is_used": Kind(409, gettext_lazy("Variants on sale stand for it")),
    "value_is_used": Kind(409, gettext_lazy("Variants on sale stand for it")),
    "combination_taken": Kind(409, gettext_lazy("Another variant stands for it")),
    "combination_missing": Kind(422, gettext_lazy("A value of an option is missing")),
    "slug_taken": Kind(409, gettext_lazy("The web name is taken")),
    "sku_taken": Kind(409, gettext_lazy("The SKU is taken")),
    "category_too_deep": Kind(422, gettext_lazy("There are two levels of categories")),
    "code_taken": Kind(409, gettext_lazy("The code is taken")),
    "kind_is_used": Kind(409, gettext_lazy("Goods are described by it")),
    "choice_is_used": Kind(409, gettext_lazy("Goods are described by it")),
    "name_twice": Kind(422, gettext_lazy("One of them is named twice")),
    "related_to_itself": Kind(422, gettext_lazy("A product does not stand beside itself")),
    "bad_size_line": Kind(422, gettext_lazy("A line of the table cannot be read")),
    "size_table_is_used": Kind(409, gettext_lazy("The size table is in use")),
    "rule_is_empty": Kind(422, gettext_lazy("The rule has no condition")),
    "rule_contradicts": Kind(422, gettext_lazy("No product can meet the rule")),
    "filled_by_rule": Kind(409, gettext_lazy("The collection is filled by its rule")),
    "collection_is_full": Kind(409, gettext_lazy("The collection is full")),
    "too_many_at_once": Kind(422, gettext_lazy("These are too many products at once")),
    "edit_under_way": Kind(409, gettext_lazy("The change is still under way")),
    "edit_too_old": Kind(409, gettext_lazy("The change cannot be taken back any more")),
    "no_draft": Kind(409, gettext_lazy("It is not the draft any more")),
    "draft_moved": Kind(409, gettext_lazy("Another draft was kept meanwhile")),
    "product_moved": Kind(409, gettext_lazy("The product was changed meanwhile")),
    "second_person_needed": Kind(409, gettext_lazy("A second person approves changes to products")),
    "moment_past": Kind(422, gettext_lazy("The moment is past")),
    "ends_before_it_begins": Kind(422, gettext_lazy("It would go off before it goes live")),
    "replied_already": Kind(409, gettext_lazy("The question was answered for this line")),
    "review_changed": Kind(409, gettext_lazy("The review was changed meanwhile")),
    "letter_text_changed": Kind(409, gettext_lazy("The words were changed meanwhile")),
    "sheet_moved": Kind(409, gettext_lazy("The shop changed since the dry run")),
    "sheet_not_ready": Kind(409, gettext_lazy("The file does not stand where this can be done")),
    "sheet_gone": Kind(409, gettext_lazy("The rows of the file are no longer kept")),
    "not_a_picture": Kind(422, gettext_lazy("The file is no picture that is taken")),
    "broken_picture": Kind(422, gettext_lazy("The picture cannot be read to its end")),
    "file_too_large": Kind(422, gettext_lazy("The file is too large")),
    "wrong_measure": Kind(422, gettext_lazy("The picture has too few or too many pixels")),
    "picture_is_there": Kind(409, gettext_lazy("It is shown there already")),
    "too_many_pictures": Kind(422, gettext_lazy("There are too many of them")),
    "too_many_photos": Kind(422, gettext_lazy("There are too many of them")),
    "not_a_video": Kind(422, gettext_lazy("The file is no video that is taken")),
    "not_a_track": Kind(422, gettext_lazy("The text is no WebVTT")),
    "sheet_too_large": Kind(422, gettext_lazy("The file is too large")),
    "sheet_empty": Kind(422, gettext_lazy("The file is empty")),
    "sheet_unreadable": Kind(422, gettext_lazy("The file cannot be read")),
    "sheet_bomb": Kind(422, gettext_lazy("The file unpacks to too much")),
    "sheet_encoding": Kind(422, gettext_lazy("The file’s letters cannot be read")),
    "sheet_header_missing": Kind(422, gettext_lazy("A column is missing")),
    "sheet_column_twice": Kind(422, gettext_lazy("A column was chosen twice")),
    "too_large": Kind(413, gettext_lazy("The request is too large")),
    "wrong_media_type": Kind(415, gettext_lazy("The content type is not taken")),
    "too_often": Kind(429, gettext_lazy("Tried too often")),
    "invalid": Kind(422, gettext_lazy("Some values cannot be used")),
    "malformed": Kind(422, gettext_lazy("A value cannot be used")),
    "out_of_range": Kind(422, gettext_lazy("A value is out of range")),
    "wrong_currency": Kind(422, gettext_lazy("Another currency is used here")),
    "empty_basket": Kind(422, gettext_lazy("The basket is empty")),
    "not_sellable": Kind(422, gettext_lazy("Not on sale")),
    "no_price": Kind(422, gettext_lazy("No price")),
    "delivery_unavailable": Kind(422, gettext_lazy("That delivery is not offered")),
    "too_many_units": Kind(422, gettext_lazy("More than there is left")),
    "too_much": Kind(422, gettext_lazy("More than there is left")),
    "unknown_placeholder": Kind(422, gettext_lazy("No such placeholder")),
    "broken_placeholder": Kind(422, gettext_lazy("A brace stands alone")),
    "misplaced_placeholder": Kind(422, gettext_lazy("A placeholder stands in the wrong place")),
    "missing_placeholder": Kind(422, gettext_lazy("A placeholder is missing")),
    "unsafe_address": Kind(422, gettext_lazy("Not an address for a mail")),
    "wrong_tax_number": Kind(422, gettext_lazy("Not a tax number of that country")),
    "needs_reason": Kind(422, gettext_lazy("Hiding needs a reason, showing needs none")),
    "nothing_to_do": Kind(422, gettext_lazy("Nothing was chosen")),
    "dimension_not_allowed": Kind(422, gettext_lazy("The metric is not shown that way")),
    "unusable_period": Kind(422, gettext_lazy("The period cannot be used")),
    "broken": Kind(500, gettext_lazy("Something broke on our side")),
    "provider_busy": Kind(503, gettext_lazy("The payment provider does not answer")),
    "opens_soon": Kind(503, gettext_lazy("The shop opens soon")),
    "shop_not_open": Kind(503, gettext_lazy("The shop is not open yet")),
}
"""Every kind of problem this door answers with, by its code. A refusal whose code is not here is answered as `refused` (422)."""

REFUSED = Kind(422, gettext_lazy("The request was refused"))


@dataclass(kw_only=True, eq=False)
class Problem(Exception):
    """A refusal that only this door knows, already in the reader's language."""

    code: str
    detail: str
    remedy: str
    field: str = ""
    value: str = ""
    more: Mapping[str, object] = dataclasses.field(default_factory=dict)
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code}: {self.detail} {self.remedy}"


def response(problem: Problem) -> HttpResponse:
    """Return a problem as the answer to a request."""
    kind = KINDS.get(problem.code, REFUSED)
    body = {
        "type": type_of(problem.code),
        "title": str(kind.title),
        "status": kind.status,
        "detail": problem.detail,
        "code": problem.code,
        "field": problem.field,
        "value": problem.value,
        "remedy": problem.remedy,
        **problem.more,
    }
    answer = JsonResponse(
        body, status=kind.status, content_type=MEDIA_TYPE, headers=dict(problem.headers), json_dumps_params={"ensure_ascii": False}
    )
    # Django would log the address, and the address of a basket or an order is a secret.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def type_of(code: str) -> str:
    """Return the address under which a kind of problem is described."""
    return f"{settings.PUBLIC_URL}/api/v1/docs#{code}"


def of_refusal(refusal: Refusal, **more: object) -> Problem:
    """Return a room's refusal as a problem, in the reader's language."""
    said = words.explained(refusal)
    headers = {"Retry-After": str(refusal.wait_s)} if isinstance(refusal, TooOften) else {}
    return Problem(
        code=refusal.code, detail=said.problem, remedy=said.remedy, field=said.field, value=said.value, more=more, headers=headers
    )  # fmt: skip


def invalid(errors: Sequence[InvalidValue]) -> Problem:
    """Return the values that cannot be used as one problem, which repeats the first of them."""
    first = errors[0]
    listed = [error.model_dump() for error in errors]
    return Problem(code="invalid", detail=first.detail, remedy=first.remedy, field=first.field, value=first.value, more={"errors": listed})


def not_found() -> Problem:
    """Return the problem of an address behind which nothing stands."""
    return Problem(code="not_found", detail=_("There is nothing at this address."), remedy=_("Every address is listed at /api/v1/docs."))


def no_such_method(method: str, allowed: str) -> Problem:
    """Return the problem of a method the address does not take; `allowed` lists those it does."""
    return Problem(
        code="no_such_method", detail=_("This address does not take %(method)s.") % {"method": words.shown(method)},
        remedy=_("It takes: %(allowed)s.") % {"allowed": allowed}, field="method", value=words.shown(method), headers={"Allow": allowed},
    )  # fmt: skip


def too_large() -> Problem:
    """Return the problem of a body larger than the shop reads."""
    size = f"{(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) / 1_000_000:g}"
    return Problem(
        code="too_large", detail=_("The request is larger than %(size)s MB, so it was not read.") % {"size": size},
        remedy=_("Send less at once."), field="body",
    )  # fmt: skip


def wrong_media_type(given: str) -> Problem:
    """Return the problem of a body that is not announced as JSON."""
    return Problem(
        code="wrong_media_type", detail=_("“%(value)s” is not read here.") % {"value": words.shown(given)},
        remedy=_("Send JSON, with the header Content-Type: application/json."), field="Content-Type", value=words.shown(given),
        headers={"Accept": "application/json"},
    )  # fmt: skip


def unreadable() -> Problem:
    """Return the problem of a body that is not JSON."""
    return Problem(
        code="unreadable", detail=_("The body is not JSON in UTF-8."),
        remedy=_("Send one JSON object as the documentation describes it."), field="body",
    )  # fmt: skip


def broken() -> Problem:
    """Return the problem of a fault of our own; what it was stands in the log, not here."""
    return Problem(code="broken", detail=_("It is not your fault, and it was written to the log."), remedy=_("Try again in a moment."))
