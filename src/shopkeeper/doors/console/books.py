"""Do the books add up? The last look at them, what differs, and the same as a file."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shopkeeper.doors.console import frame, reading
from shopkeeper.flows import audit_books
from shopkeeper.flows.audit_books import Finding, Report
from shopkeeper.kit.console import word
from shopkeeper.kit.naming import thing

SHOWN = 200

CHECKS = {
    "bundle_price_is_its_parts": gettext_lazy("The shares of a bundle’s parts add up to its price"),
    "bundle_tax_is_its_parts": gettext_lazy("The taxes of a bundle’s parts add up to its tax"),
    "bundles_leave_whole": gettext_lazy("A bundle is sent when all its parts are in parcels"),
    "held_goods_are_those_to_be_sent": gettext_lazy("An order holds the very goods it still has to send, of a bundle its parts"),
    "line_pieces_are_its_parts": gettext_lazy("A line counts as many pieces as its bundles hold"),
    "captured_at_most_asked": gettext_lazy("A provider took no more than was asked"),
    "dispute_is_its_events": gettext_lazy("A payment is in dispute as its events say"),
    "held_is_what_is_to_be_sent": gettext_lazy("An order holds what is still to be sent, no less and no more"),
    "line_refunded_at_most_its_price": gettext_lazy("A line gave back no more than it cost"),
    "line_refunded_is_refund_lines": gettext_lazy("A line’s refunds are the lines of its refunds"),
    "line_refunded_units_are_refund_lines": gettext_lazy("A line’s refunded pieces are those of its refunds"),
    "line_sent_or_dropped_at_most_ordered": gettext_lazy("No more was sent or dropped than was ordered"),
    "line_shipped_is_parcels": gettext_lazy("What was shipped of a line is in its parcels"),
    "money_in_sum": gettext_lazy("All orders together kept what all providers keep"),
    "no_hold_beyond_its_time": gettext_lazy("No unpaid order keeps its pieces beyond its time"),
    "no_money_without_an_order": gettext_lazy("Every payment a provider tells of belongs to an order, or somebody settled it"),
    "no_money_reserved_for_a_dead_order": gettext_lazy("No money is reserved for an order that ended"),
    "order_refunded_at_most_paid": gettext_lazy("An order gave back no more than was paid"),
    "order_refunded_is_refunds": gettext_lazy("What an order gave back is the sum of its refunds"),
    "order_total_is_lines_and_delivery": gettext_lazy("An order’s total is its lines and its delivery"),
    "order_units_are_line_units": gettext_lazy("An order’s pieces are those of its lines"),
    "paid_less_refunds_is_what_providers_keep": gettext_lazy("What an order was paid less what it gave back is what the providers keep"),
    "paid_order_is_told_once": gettext_lazy("A paid order was told of, once"),
    "payment_state_is_its_events": gettext_lazy("A payment’s state is what its events say"),
    "refund_is_its_lines": gettext_lazy("A refund is the sum of its lines"),
    "refund_is_told_once": gettext_lazy("A settled refund was told of, once"),
    "refunded_at_most_captured": gettext_lazy("A provider gave back no more than it took"),
    "stray_state_is_its_events": gettext_lazy("Money without an order stands where its events say"),
    "stray_sums_are_its_events": gettext_lazy("Money without an order amounts to what its events say"),
    "stars_are_the_reviews": gettext_lazy("A product’s stars are those of its reviews that are shown"),
    "stock_balance": gettext_lazy("Each entry of the stock ledger follows from the one before"),
    "stock_held": gettext_lazy("What a shelf keeps for orders is what orders hold there"),
    "stock_on_hand": gettext_lazy("What lies on a shelf is the sum of its ledger"),
}
"""What must hold, in words; every check of the books has its sentence here."""

SUMS = {
    "paid": gettext_lazy("Paid"),
    "refunded": gettext_lazy("Given back"),
    "kept_by_orders": gettext_lazy("Kept by orders"),
    "kept_by_providers": gettext_lazy("Kept by providers"),
    "withdrawn_by_banks": gettext_lazy("Withdrawn by banks"),
    "under_way": gettext_lazy("Under way"),
}
PAGES = {"order": "console_orders:page", "payment": "console_payments:page", "stray": "console_strays:page"}


@never_cache
@require_http_methods(["GET", "POST"])
@frame.guarded("audit.view")
def page(request: HttpRequest) -> HttpResponse:
    """Show what the last look at the books found, or hand it out as a file; a POST looks at them anew."""
    if request.method == "POST":
        audit_books.run_and_keep(frame.now())
        answer = HttpResponse(status=302)
        answer["Location"] = reverse("console_books")
        return answer
    report = audit_books.last()
    if report is not None and request.GET.get("export") == "csv":
        return _file(report)
    context: dict[str, Any] = {"report": report}
    if report is not None:
        context |= {
            "rows": [_row(finding) for finding in report.findings[:SHOWN]],
            "left_out": max(0, len(report.findings) - SHOWN),
            "looked_at": report.looked_at.get("orders", 0),
            "sums": [(word(SUMS, name), reading.money(amount, frame.setting().currency)) for name, amount in report.sums.items()],
        }
    return TemplateResponse(request, "console/books.html", context)


def _row(finding: Finding) -> Mapping[str, Any]:
    kind, _colon, number = finding.subject.partition("/")[0].partition(":")
    url = reverse(PAGES[kind], args=[number]) if kind in PAGES and number.isdigit() else ""
    return {
        "rule": word(CHECKS, finding.check),
        "about": thing(f"{kind}:{number}") if number else _("The whole shop"),
        "where": finding.subject,
        "url": url,
        "expected": finding.expected,
        "found": finding.found,
    }


def _file(report: Report) -> HttpResponse:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["check", "rule", "about", "expected", "found"])
    for each in report.findings:
        rows.writerow([each.check, str(word(CHECKS, each.check)), each.subject, each.expected, each.found])
    # The mark makes spreadsheets read it as UTF-8.
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="books-{report.at:%Y-%m-%d-%H%M}.csv"'
    return answer
