"""What the audit of this room looks at; `flows/tests/test_audit_books.py` and `test_bundles.py` plant a violation of each."""

from shopkeeper.selling.orders.books import CHECKS


def test_every_check_is_known_to_the_tests_that_plant():
    assert {check.name for check in CHECKS} == {
        "order_total_is_lines_and_delivery",
        "order_units_are_line_units",
        "order_refunded_is_refunds",
        "order_refunded_at_most_paid",
        "refund_is_its_lines",
        "line_refunded_is_refund_lines",
        "line_shipped_is_parcels",
        "line_refunded_units_are_refund_lines",
        "line_refunded_at_most_its_price",
        "line_sent_or_dropped_at_most_ordered",
        "line_pieces_are_its_parts",
        "bundle_price_is_its_parts",
        "bundle_tax_is_its_parts",
        "bundles_leave_whole",
    }
