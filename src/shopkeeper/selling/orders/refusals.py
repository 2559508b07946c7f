"""The refusals of this room's database function as typed exceptions: own SQLSTATE, details as JSON."""

import json

from shopkeeper.kit.ids import OrderId
from shopkeeper.kit.refusals import KeyReused, Refusal
from shopkeeper.selling.orders.shapes import BasketOrdered, TooMuchUnpaid


def refusal_of(error: BaseException) -> Refusal | None:
    """Return the refusal a database error stands for, None where the error is not one of this room's."""
    cause = error.__cause__ if error.__cause__ is not None else error
    match getattr(cause, "sqlstate", None):
        case "SK021":
            return KeyReused("This idempotency key was used for another request", field="idempotency_key")
        case "SK022":
            return BasketOrdered(OrderId(json.loads(cause.diag.message_detail)["order_id"]))  # type: ignore[attr-defined]
        case "SK023":
            return TooMuchUnpaid(**json.loads(cause.diag.message_detail))  # type: ignore[attr-defined]
        case _:
            return None
