"""Every address for shoppers that names something with an owner, found by walking them, and how each is tried with names not one's own.

An order, a basket and a link from a mail belong to whoever holds their secret; an address book and an account to whoever is signed in. An
address whose values name nobody's property is in `NOBODYS`; any other must be tried in `NAMING`. One that is in neither fails.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.urls import get_resolver

from shopkeeper.doors.api.routes import api
from tests.access.doors import UnknownDoor, walked

NOBODYS = frozenset(
    {
        "storefront:home", "storefront:shelves", "storefront:category", "storefront:goods", "storefront:product", "storefront:search",
        "storefront:sign_in", "storefront:sign_out", "storefront:register", "storefront:password_forgotten", "storefront:text",
        "storefront:consent", "storefront:ask", "storefront:helpful", "storefront:collections", "storefront:collection",
        "storefront:suggest", "storefront:search_opened", "storefront:compare", "storefront:seen", "storefront:wait_ask", "list_wanted",
        "list_attributes", "list_brands", "suggest", "list_pictures", "add_picture", "change_picture", "remove_picture",
        "list_collections", "read_collection", "list_collection_products",
        "read_shop", "list_categories", "list_products", "read_product", "search_products", "read_stock", "list_delivery_options",
        "list_payment_methods", "open_basket", "hear_webhook", "hear_mail_news", "hear_text_news",
        "read_sign_in", "save_sign_in", "save_provider", "list_letters", "publish_letter", "use_own_letter",
        "list_bounces", "list_links", "read_link", "put_link",
        "list_customers", "read_customer", "list_groups", "make_group", "change_group", "change_members", "add_note", "strike_note",
        "merge_customers", "part_customers", "read_options", "save_options", "make_variants", "read_first_day",
        "read_bundle", "save_bundle", "read_on_sale", "set_on_sale",
        "list_staff_collections", "make_collection", "preview_rule", "read_staff_collection", "change_collection", "arrange_collection",
        "read_related", "relate_products", "list_size_tables", "make_size_table", "read_size_table", "change_size_table",
        "remove_size_table", "read_own_size_table", "choose_size_table",
        "list_staff_brands", "make_brand", "change_brand", "list_staff_attributes", "make_attribute", "change_attribute",
        "make_product", "read_staff_product", "change_product", "list_staff_categories", "make_category", "change_category",
        "read_description", "describe_product", "list_edits", "look_at_edit", "edit_products", "read_edit", "stop_edit",
        "undo_edit",
        "read_draft", "keep_draft", "discard_draft", "publish_draft", "plan_draft", "unplan_draft", "list_versions", "compare_versions",
        "draft_again",
        "list_looks", "look_at_page", "read_engine_words", "put_engine_words",
        "bring_sheet", "list_sheets", "read_sheet", "try_sheet", "confirm_sheet", "undo_sheet", "read_refused_rows", "export_sheet",
        "list_questions", "ask_about_product", "list_all_questions", "read_question", "answer_question", "decide_question", "decide_reply",
        "read_consents", "save_consents", "list_texts", "list_text_versions",
        "list_businesses", "read_business", "save_business", "remove_business",
        "list_reviews", "list_all_reviews", "decide_review", "answer_review", "decide_request",
        "storefront:going_to", "storefront:find_order", "storefront:code_by_mail", "storefront:code_by_phone", "storefront:code_given",
        "storefront:sign_in_with", "storefront:register_with",
        "list_orders", "read_shelves", "adjust_stock", "set_price", "list_metrics", "read_figures", "read_series", "read_top",
    }
)  # fmt: skip
"""What shows the same to everybody, or is asked of staff by act alone."""

NAMING = frozenset(
    {
        "storefront:basket", "storefront:basket_add", "storefront:basket_change", "storefront:basket_fix", "storefront:checkout",
        "storefront:order", "storefront:invoice", "storefront:order_pay", "storefront:order_cancel", "storefront:join",
        "storefront:password_new", "storefront:account", "storefront:account_details", "storefront:address_remove",
        "read_basket", "set_line", "remove_line", "quote_basket", "place_order", "read_order", "cancel_order_of_buyer",
        "storefront:order_consents", "storefront:consents_by_mail", "storefront:consents", "storefront:business", "storefront:my_data",
        "pay_order_again", "storefront:review", "storefront:questions", "storefront:unsubscribe", "write_review_of_line",
        "list_reviews_of_order", "answer_as_buyer", "read_own_consents", "save_own_consents",
        "storefront:wishes", "storefront:wish_put", "storefront:wish_share", "storefront:wishes_shared", "storefront:wait",
        "storefront:preview",
        "storefront:wait_withdraw", "storefront:order_ask", "storefront:order_ask_withdraw", "storefront:news", "storefront:news_read",
        "storefront:ways_in", "storefront:number_ask", "storefront:number_prove", "storefront:number_remove", "storefront:way_unlink",
        "storefront:place_end", "storefront:places_end",
        "storefront:address_new", "storefront:address_edit", "save_particulars", "list_requests", "ask_about_order",
        "read_order_by_number", "ship_lines", "refund_lines", "cancel_order_by_staff",
    }
)  # fmt: skip
"""What names an order, a basket, an account, an address or a link."""

PUBLIC_VALUES = frozenset(
    {
        "slug",
        "kind",
        "sku",
        "provider",
        "letter",
        "language",
        "metric",
        "metric_id",
        "review",
        "asked",
        "picture",
        "sheet",
        "version",
        "link",
        "subject",
        "customer",
        "group",
        "note",
        "merge",
        "question",
        "reply",
        "collection",
        "table",
        "brand",
        "category",
        "attribute",
        "edit",
    }
)
"""Values in an address that name what everybody may see, or what is asked of staff by act alone."""

Answer = tuple[int, str]
_REPEATED = 20


def storefront_addresses() -> list[tuple[str, str]]:
    """Return route and name of every page of the shop."""
    return [(route, name) for route, name in walked(get_resolver().url_patterns) if name.startswith("storefront:")]


def api_addresses() -> list[tuple[str, str]]:
    """Return method with path and name of every operation of the API."""
    paths = api.get_openapi_schema()["paths"]
    return [(f"{method.upper()} {path}", each["operationId"]) for path, item in paths.items() for method, each in item.items()]


def check_all_are_tried(addresses: Iterable[tuple[str, str]]) -> None:
    """Return quietly where every address is known to name nobody's property or is tried. Raises UnknownDoor."""
    for route, name in addresses:
        values = set(re.findall(r"[<{](?:\w+:)?(\w+)[>}]", route))
        if name in NAMING or (name in NOBODYS and values <= PUBLIC_VALUES):
            continue
        raise UnknownDoor(f"{route} ({name}) names {sorted(values) or 'something unknown'}: try it in tests/access/shoppers.py")


def told_apart(ask: Callable[[str], Answer], *, foreign: Iterable[str], missing: str, statuses: Iterable[int] = (403, 404)) -> list[str]:
    """Return what is wrong where a stranger names what is not theirs: each name must be answered as one behind which there is nothing."""
    status, body = ask(missing)
    wrong = [] if status in set(statuses) else [f"nothing there is answered {status}"]
    for name in foreign:
        answer = ask(name)
        if answer[0] != status or _without(answer[1], name, missing) != _without(body, name, missing):
            wrong.append(
                f"{name[:12]}… is answered {answer[0]} and nothing there {status}" + (", with another page" * (answer[0] == status))
            )
    return wrong


def _without(text: str, *names: str) -> str:
    """Return a page without the names that were tried. Both are taken from both pages: a short one stands in many for something else."""
    # A refusal repeats a long secret only in part.
    for name in (part for each in names for part in (each, each[:_REPEATED])):
        for before, after in (("/", "/"), ("“", "”"), ('"', '"'), ("=", '"'), ("-", '"'), (".", '"')):
            text = text.replace(f"{before}{name}{after}", f"{before}…{after}")
    return text


def plain(response: Any) -> Answer:
    """Return status and body of an answer, and where it leads, without what is drawn anew for every page."""
    text = response.content.decode(errors="replace")
    text = re.sub(r'name="(csrfmiddlewaretoken|idempotency_key|variant)" value="[^"]*"', "", text)
    return response.status_code, text + response.get("Location", "")


def near(secret: str, others: Mapping[str, Any]) -> list[str]:
    """Return names somebody may try who knows all of a thing but its secret, and secrets of another kind."""
    # A secret may itself begin with the letter put in its place.
    other = ("-" if secret[0] != "-" else "_") + secret[1:]
    return [*(str(each) for each in others.values()), secret[:-1], secret + "A", secret.swapcase(), other, "_" * len(secret)]
