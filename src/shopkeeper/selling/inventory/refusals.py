"""The refusals of this room's database functions as typed exceptions: own SQLSTATE, details as JSON."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import Error

from shopkeeper.kit.ids import OrderId, VariantId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.selling.inventory.shapes import BundleHasNoShelf, BundleWasStocked, HoldGone, OutOfStock, ShortLine, WouldGoBelowHeld


def refusal_of(error: BaseException) -> Refusal | None:
    """Return the refusal a database error stands for, None where the error is not one of this room's."""
    cause = error.__cause__ if error.__cause__ is not None else error
    build = _BUILD.get(getattr(cause, "sqlstate", None) or "")
    diagnosis = getattr(cause, "diag", None)
    if build is None or diagnosis is None:
        return None
    return build(json.loads(diagnosis.message_detail))


@contextmanager
def translated() -> Iterator[None]:
    """Turn this room's database refusals into typed exceptions. Stands outside `atomic()`: a refusal ends the transaction inside."""
    try:
        yield
    except Error as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error


def _out_of_stock(lines: Any) -> Refusal:
    return OutOfStock(
        [
            ShortLine(variant_id=VariantId(line["variant_id"]), sku=line["sku"], wanted=line["wanted"], available=line["available"])
            for line in lines
        ]
    )


def _hold_gone(detail: Any) -> Refusal:
    variant = detail.get("variant_id")
    return HoldGone(
        OrderId(detail["order_id"]),
        variant_id=None if variant is None else VariantId(variant),
        units=detail.get("units", 0),
        held=detail.get("held", 0),
    )


def _below_held(detail: Any) -> Refusal:
    return WouldGoBelowHeld(on_hand=detail["on_hand"], held=detail["held"], units=detail["units"])


def _no_shelf(detail: Any) -> Refusal:
    return BundleHasNoShelf(VariantId(detail["variant_id"]))


def _was_stocked(detail: Any) -> Refusal:
    return BundleWasStocked(VariantId(detail["variant_id"]))


_BUILD: Mapping[str, Callable[[Any], Refusal]] = {
    "SK001": _out_of_stock, "SK003": _hold_gone, "SK004": _below_held, "SK005": _no_shelf, "SK006": _was_stocked,
}  # fmt: skip
