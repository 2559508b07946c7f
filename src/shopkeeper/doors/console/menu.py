"""The menu: what a role may open, under captions, with counts of what waits."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy
from wagtail.admin.menu import MenuItem

from shopkeeper.doors.console import frame, waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the menu. `waits` names the count of `waiting.Waiting` it shows, `is_urgent` puts it on the seal."""

    name: str
    label: Any
    url: str
    icon: str
    act: str
    group: Any = None
    waits: Callable[[waiting.Waiting], int] | None = None
    is_urgent: bool = False


SELL, GOODS, PEOPLE = _("Sell"), pgettext_lazy("menu", "Goods"), pgettext_lazy("menu", "People")
UNDERSTAND, SUPPLY, TRUST, UPKEEP = _("Understand"), _("Supply"), _("Trust"), _("Upkeep")

ENTRIES = (
    Entry(name="today", label=_("Today"), url="wagtailadmin_home", icon="sk-today", act="metrics.view"),
    Entry(
        name="orders", label=_("Orders"), url="console_orders:index", icon="sk-order", act="orders.view", group=SELL,
        waits=lambda found: found.to_ship, is_urgent=True,
    ),
    Entry(
        name="buyer-requests", label=_("Buyers’ requests"), url="console_buyer_requests:index", icon="sk-order", act="orders.view",
        group=SELL, waits=lambda found: found.requests, is_urgent=True,
    ),
    Entry(
        name="invoices-asked", label=_("Invoices asked for"), url="console_invoices_asked:index", icon="sk-page", act="orders.view",
        group=SELL,
    ),
    Entry(
        name="payments", label=_("Payments"), url="console_payments:index", icon="sk-card", act="payments.view", group=SELL,
        waits=lambda found: found.payments_pending,
    ),
    Entry(
        name="strays", label=_("Money without an order"), url="console_strays:index", icon="sk-card", act="payments.view", group=SELL,
        waits=lambda found: found.strays + found.mismatched, is_urgent=True,
    ),
    Entry(name="statements", label=_("Statements"), url="console_statements:index", icon="sk-ledger", act="payments.view", group=SELL),
    Entry(name="products", label=_("Products"), url="console_products:index", icon="sk-product", act="catalog.view", group=GOODS),
    Entry(name="categories", label=_("Categories"), url="console_categories:index", icon="sk-shelf", act="catalog.view", group=GOODS),
    Entry(
        name="goods-collections", label=_("Collections"), url="console_goods_collections:index", icon="sk-shelf", act="catalog.view",
        group=GOODS,
    ),
    Entry(name="brands", label=_("Brands"), url="console_brands:index", icon="sk-product", act="catalog.view", group=GOODS),
    Entry(name="attributes", label=_("Attributes"), url="console_attributes:index", icon="sk-percent", act="catalog.view", group=GOODS),
    Entry(name="size-tables", label=_("Size tables"), url="console_size_tables:index", icon="sk-product", act="catalog.view", group=GOODS),
    Entry(name="prices", label=_("Prices"), url="console_prices:index", icon="sk-price", act="pricing.view", group=GOODS),
    Entry(
        name="engine-pages", label=_("Search optimisation"), url="console_engine_pages:index", icon="sk-eye",
        act="content.view", group=GOODS,
    ),
    Entry(name="searches", label=_("Searches"), url="console_searches:index", icon="sk-search", act="search.view", group=GOODS),
    Entry(name="edits", label=_("Changes of many"), url="console_edits:index", icon="sk-ledger", act="catalog.view", group=GOODS),
    Entry(name="files", label=_("Import and export"), url="console_files", icon="sk-page", act="sheets.view", group=GOODS),
    Entry(name="customers", label=_("Customers"), url="console_customers:index", icon="sk-person", act="customers.view", group=PEOPLE),
    Entry(
        name="customer-groups", label=_("Customer groups"), url="console_customer_groups:index", icon="sk-people", act="customers.view",
        group=PEOPLE,
    ),
    Entry(
        name="duplicates", label=_("Likely duplicates"), url="console_duplicates:index", icon="sk-people", act="customers.merge",
        group=PEOPLE,
    ),
    Entry(
        name="reviews", label=_("Reviews"), url="console_reviews:index", icon="sk-star", act="reviews.view", group=PEOPLE,
        waits=lambda found: found.reviews,
    ),
    Entry(
        name="questions", label=_("Questions"), url="console_questions:index", icon="sk-star", act="reviews.view", group=PEOPLE,
        waits=lambda found: found.questions + found.replies,
    ),
    Entry(
        name="tracked-links", label=_("Tracked links"), url="console_tracked_links:index", icon="sk-chart", act="links.view",
        group=UNDERSTAND,
    ),
    Entry(name="metrics", label=_("Figures explained"), url="console_metrics", icon="sk-chart", act="metrics.view", group=UNDERSTAND),
    Entry(name="stock", label=_("Stock"), url="console_stock:index", icon="sk-box", act="inventory.view", group=SUPPLY),
    Entry(
        name="wanted", label=pgettext_lazy("goods", "Wanted"), url="console_wanted:index", icon="sk-box", act="inventory.view",
        group=SUPPLY,
    ),
    Entry(name="movements", label=_("Stock ledger"), url="console_movements:index", icon="sk-ledger", act="inventory.view", group=SUPPLY),
    Entry(name="warehouses", label=_("Warehouses"), url="console_warehouses:index", icon="sk-house", act="inventory.view", group=SUPPLY),
    Entry(name="delivery", label=_("Ways of delivery"), url="console_delivery:index", icon="sk-van", act="pricing.view", group=SUPPLY),
    Entry(name="carriers", label=_("Carriers’ pages"), url="console_carriers:index", icon="sk-van", act="orders.view", group=SUPPLY),
    Entry(name="audit", label=_("Audit trail"), url="console_audit:index", icon="sk-eye", act="audit.view", group=TRUST),
    Entry(
        name="books", label=_("Books"), url="console_books", icon="sk-ledger", act="audit.view", group=TRUST,
        waits=lambda found: found.books_differ, is_urgent=True,
    ),
    Entry(name="staff", label=_("Staff"), url="console_staff", icon="sk-people", act="staff.view", group=TRUST),
    Entry(
        name="approvals", label=_("Second person"), url="console_approvals:index", icon="sk-people", act="approvals.view", group=TRUST,
        waits=lambda found: found.approvals, is_urgent=True,
    ),
    Entry(name="texts", label=_("Shop texts"), url="console_texts:index", icon="sk-page", act="content.view", group=TRUST),
    Entry(name="tax", label=_("Taxes"), url="console_taxes:index", icon="sk-percent", act="pricing.view", group=TRUST),
    Entry(
        name="outbox", label=_("Facts"), url="console_facts:index", icon="sk-news", act="events.view", group=UPKEEP,
        waits=lambda found: found.facts_parked, is_urgent=True,
    ),
    Entry(
        name="mails", label=_("Mails"), url="console_messages:index", icon="sk-mail", act="messages.view", group=UPKEEP,
        waits=lambda found: found.mails_stuck,
    ),
    Entry(name="letters", label=_("Texts of mails"), url="console_letters", icon="sk-page", act="messages.view", group=UPKEEP),
    Entry(name="bounces", label=_("Returned mails"), url="console_bounces:index", icon="sk-mail", act="messages.view", group=UPKEEP),
    Entry(name="health", label=_("Health"), url="console_health", icon="sk-pulse", act="health.view", group=UPKEEP),
    Entry(name="backups", label=_("Backups"), url="console_backups", icon="sk-safe", act="backup.view", group=UPKEEP),
    Entry(name="settings", label=_("Shop settings"), url="console_settings", icon="sk-gear", act="shop.view", group=UPKEEP),
)  # fmt: skip


def construct(request: HttpRequest, items: list[MenuItem]) -> None:
    """Put our menu in the place of Wagtail's: what this role may open, captions at the first item of each group, counts of what waits."""
    found = waiting.waiting(request)
    items.clear()
    caption = None
    for order, entry in enumerate(ENTRIES):
        if not frame.may(request, entry.act):
            continue
        attrs: dict[str, str] = {}
        if entry.group is not None and entry.group is not caption:
            attrs["data-group"] = str(entry.group)
        caption = entry.group
        attrs |= _count(entry, found)
        url = reverse(entry.url)
        items.append(MenuItem(entry.label, url, name=f"console-{entry.name}", icon_name=entry.icon, attrs=attrs, order=order))


def _count(entry: Entry, found: waiting.Waiting) -> dict[str, str]:
    number = entry.waits(found) if entry.waits else 0
    if not number:
        return {}
    words = ngettext_lazy("%(number)d waits", "%(number)d wait", "number") % {"number": number}
    shown = str(number) if number < 1000 else "999+"
    return {"data-count": shown, "data-count-words": str(words), **({"data-urgent": "1"} if entry.is_urgent else {})}
