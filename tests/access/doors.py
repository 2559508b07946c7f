"""Every address of the console and every route of the API, found by walking them, and what the table of permissions says of each.

An address nobody has named the act of fails here; so does one that answers otherwise than its act says. Nothing is copied from behaviour:
the acts of lists, pages and commands stand in their declarations, those of single pages in `PAGES` below, those of routes at the route.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from ninja import NinjaAPI

from shopkeeper.doors.api.routes import api
from shopkeeper.doors.api.staff import StaffSession
from shopkeeper.doors.console.desk import Desk
from shopkeeper.doors.console.rooms import DESKS

OPEN = "open to all"
SIGNED_IN = "any member of staff"
SHUT = "shut for everybody"

PAGES: dict[str, str] = {
    "console_join": OPEN,
    "console_language": OPEN,
    "console_forgotten": OPEN,
    "console_password": "whoever is signed in",
    "console_today": "metrics.view",
    "console_account": SIGNED_IN,
    "console_sessions_end": SIGNED_IN,
    "console_session_end": SIGNED_IN,
    "console_second_factor": SIGNED_IN,
    "console_second_factor_set_up": SIGNED_IN,
    "console_second_factor_codes": SIGNED_IN,
    "console_second_factor_take_away": SIGNED_IN,
    "console_health": "health.view",
    "console_backups": "backup.view",
    "console_backups_take": "backup.take",
    "console_books": "audit.view",
    "console_files": "sheets.view",
    "console_files_export": "sheets.view",
    "console_files_bring": "sheets.view",
    "console_file": "sheets.view",
    "console_file_columns": "sheets.view",
    "console_file_confirm": "sheets.view",
    "console_file_refused": "sheets.view",
    "console_file_undo": "sheets.view",
    "console_metrics": "metrics.view",
    "console_letters": "messages.view",
    "console_letters_settings": "messages.save_settings",
    "console_letter": "messages.view",
    "console_letter_edit": "messages.publish",
    "console_letter_own": "messages.publish",
    "console_first_day": "shop.view",
    "console_first_day_name": "shop.save",
    "console_first_day_place": "shop.save",
    "console_first_day_licence": "shop.save",
    "console_first_day_logo": "shop.set_logo",
    "console_first_day_seal": "shop.set_logo",
    "console_first_day_taxes": "pricing.save_tax_rate",
    "console_first_day_delivery": "pricing.save_delivery_option",
    "console_first_day_texts": "shop.confirm",
    "console_first_day_product": "catalog.save_product",
    "console_first_day_mail": "messages.publish",
    "console_first_day_invite": "staff.invite",
    "console_first_day_alone": "shop.confirm",
    "console_first_day_backup": "backup.take",
    "console_first_day_doors": "shop.welcome",
    "console_first_day_away": "shop.confirm",
    "console_settings": "shop.view",
    "console_settings_change": "shop.save",
    "console_settings_currency": "shop.save",
    "console_settings_limits": "approvals.save_limits",
    "console_settings_sign_in": "customers.save_sign_in",
    "console_staff": "staff.view",
    "console_roles": "staff.view",
    "console_role_new": "staff.save_role",
    "console_role_edit": "staff.save_role",
    "console_role_remove": "staff.save_role",
    "console_staff_invite": "staff.invite",
    "console_staff_role": "staff.change_role",
    "console_staff_deactivate": "staff.deactivate",
    "console_staff_reactivate": "staff.deactivate",
    "console_staff_withdraw": "staff.invite",
    "console_staff_sessions": "staff.end_sessions",
    "console_staff_second_factor": "staff.reset_second_factor",
}
"""The act of every page that belongs to no list, by the name of its address."""

DETAILS = {
    "orders": "orders.view", "products": "catalog.view", "prices": "pricing.view", "stock": "inventory.view", "customers": "customers.view",
    "payments": "payments.view", "strays": "payments.view", "facts": "events.view", "audit": "audit.view",
    "messages": "messages.view", "approvals": "approvals.view", "reviews": "reviews.view", "questions": "reviews.view",
    "edits": "catalog.view",
    "tracked-links": "links.view", "tracked-links:code": "links.view",
    "products:versions": "catalog.view", "products:preview": "catalog.view",
    "customers:copy": "customers.copy", "engine-pages": "content.view",
    "orders:invoice": "orders.view", "orders:slip": "orders.view", "buyer-requests": "orders.view", "orders:picking": "orders.ship",
}  # fmt: skip
"""The act of the page of a row, and of the pages that stand beside a list."""

WAGTAILS_OWN = frozenset({"wagtailadmin_login", "wagtailadmin_logout", "wagtailadmin_sprite", "wagtailadmin_javascript_catalog"})
"""What of Wagtail stays open to all; the rest of its own addresses is shut."""

OPEN_ROUTES = frozenset(
    {
        "list_attributes", "list_brands", "suggest", "list_pictures", "list_collections", "read_collection", "list_collection_products",
        "read_shop", "list_categories", "list_products", "read_product", "search_products", "read_stock", "list_delivery_options",
        "list_payment_methods", "open_basket", "read_basket", "set_line", "remove_line", "quote_basket", "place_order", "read_order",
        "cancel_order_of_buyer", "pay_order_again", "hear_webhook", "hear_mail_news", "hear_text_news", "list_reviews",
        "write_review_of_line",
        "list_questions", "ask_about_product", "answer_as_buyer", "read_own_consents", "save_own_consents",
        "list_reviews_of_order", "save_particulars", "list_requests", "ask_about_order",
    }
)  # fmt: skip
"""What of the API is for shoppers: a basket and an order are named by secrets of their own."""


class UnknownDoor(AssertionError):
    """An address whose act stands nowhere."""


@dataclass(frozen=True)
class Door:
    """One address: how it is written, its name, and the act it needs, or one of OPEN, SIGNED_IN, SHUT."""

    route: str
    name: str
    act: str

    def address(self, **values: Any) -> str:
        """Return the address with something in the place of every parameter."""
        found = self.route
        for part in ("<int:pk>", "<int:page_id>"):
            found = found.replace(part, str(values.get("pk", 1)))
        return found


def walked(patterns: Iterable[Any], prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """Yield route and full name of every address below."""
    for each in patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from walked(each.url_patterns, route, f"{space}{each.namespace}:" if each.namespace else space)
        elif isinstance(each, URLPattern):
            yield route, f"{space}{each.name or ''}"


def console_addresses() -> list[tuple[str, str]]:
    """Return route and name of every address of the console, each once: Django takes the first that fits."""
    found: dict[str, str] = {}
    for route, name in walked(get_resolver().url_patterns):
        if route.startswith("console/"):
            found.setdefault(route, name)
    return list(found.items())


def console_doors(addresses: Iterable[tuple[str, str]] | None = None) -> list[Door]:
    """Return every address of the console with its act. Raises UnknownDoor for one nobody has named the act of."""
    desks = {desk.url_namespace: desk for desk in DESKS}
    return [Door(route, name, _act_of(route, name, desks)) for route, name in (addresses or console_addresses())]


def _act_of(route: str, name: str, desks: dict[str, Desk]) -> str:
    space, _colon, verb = name.rpartition(":")
    if space in desks:
        return _act_of_desk(desks[space], verb, route)
    if name in PAGES:
        return PAGES[name]
    if name in WAGTAILS_OWN:
        return OPEN
    if not name.startswith("console_"):
        return SHUT
    raise UnknownDoor(f"{route} ({name}) has no act: name it in tests/access/doors.py")


def _act_of_desk(desk: Desk, verb: str, route: str) -> str:
    name = desk.listing.name
    if verb == "index":
        return desk.listing.see
    if verb == "page" and name in DETAILS:
        return DETAILS[name]
    if f"{name}:{verb}" in DETAILS:
        return DETAILS[f"{name}:{verb}"]
    command = desk.makes.get(verb) or desk.about.get(verb)
    if command is not None:
        return command.act
    raise UnknownDoor(f"{route} ({name}:{verb}) has no act: name it in tests/access/doors.py")


def exports() -> list[tuple[str, str]]:
    """Return every list that can be taken away as a file, by its address, and the act that needs."""
    return [(f"console/{desk.listing.name}/", desk.listing.export or desk.listing.see) for desk in DESKS]


def bulk_acts() -> list[tuple[str, str, str]]:
    """Return every act on many rows: the list's address, its name, and the act it needs."""
    return [(f"console/{desk.listing.name}/", bulk.name, bulk.act) for desk in DESKS for bulk in desk.listing.bulk]


def api_doors(of: NinjaAPI = api) -> list[tuple[str, Door]]:
    """Return method and door of every operation the description of the API names. Raises UnknownDoor for one without an act."""
    acts: dict[str, str] = {}
    for router in of._get_bound_routers():
        for view in router.path_operations.values():
            for operation in view.operations:
                guards = [each.act for each in operation.auth_callbacks if isinstance(each, StaffSession)]
                acts[operation.view_func.__name__] = guards[0] if len(guards) == 1 else ""
    found = []
    for path, methods in of.get_openapi_schema()["paths"].items():
        for method, operation in methods.items():
            name = operation["operationId"]
            act = OPEN if name in OPEN_ROUTES else acts.get(name, "")
            if not act:
                raise UnknownDoor(f"{method.upper()} {path} ({name}) asks nobody for a role, and is not named as open to all")
            found.append((method.upper(), Door(path, name, act)))
    return found
