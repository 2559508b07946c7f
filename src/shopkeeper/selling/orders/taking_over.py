"""Trade of the past at the face: frames are loaded only when somebody takes trade over, never by a web process."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


def import_history(*, orders: "pl.DataFrame", lines: "pl.DataFrame") -> "pl.DataFrame":
    """Take over orders of the past: paid in full and shipped. Returns one row per line with `number, position, order_id, line_id`.

    `orders`, one row per order: ORDER_COLUMNS. `lines`, one row per line, `position` from 1 within its order: LINE_COLUMNS
    (`category_id` may be null). Orders whose number is known stay as they are and are returned too. Tells OrderPlaced.
    """
    from shopkeeper.selling.orders import history

    return history.import_history(orders=orders, lines=lines)


def import_refunds(*, refunds: "pl.DataFrame", lines: "pl.DataFrame") -> "pl.DataFrame":
    """Take over refunds of known orders, settled when they were made. Returns one row per refund: `external_code, refund_id`.

    `refunds`: external_code, order_id, reason, made_at, delivery_minor. `lines`: external_code, line_id, units, gross_minor, tax_minor.
    A refund already known is skipped. More than was bought is refused by the tables' own checks, and nothing is taken. Tells OrderRefunded.
    """
    from shopkeeper.selling.orders import history

    return history.import_refunds(refunds=refunds, lines=lines)


def import_credit_notes(*, notes: "pl.DataFrame", lines: "pl.DataFrame") -> int:
    """Take over goods that came back to orders nobody knows; return how many notes were new. Tells CreditNoteIssued.

    `notes`: number, buyer_id, country, issued_at. `lines`: number, variant_id, product_id, category_id, sku, units, gross_minor, tax_minor.
    """
    from shopkeeper.selling.orders import history

    return history.import_credit_notes(notes=notes, lines=lines)


def import_adjustments(*, adjustments: "pl.DataFrame") -> int:
    """Take over money booked beside the goods; return how many rows were new. Tells AdjustmentBooked.

    `adjustments`: external_code, order_id (may be null), buyer_id (may be null), country, kind, amount_minor (may be negative), booked_at.
    """
    from shopkeeper.selling.orders import history

    return history.import_adjustments(adjustments=adjustments)
