"""Every route for staff, tried by everybody: whether it opens is what the table of permissions says, and nothing else."""

from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from ninja.operation import Operation

from shopkeeper.doors.api.routes import api
from shopkeeper.doors.api.staff import StaffSession
from shopkeeper.doors.api.tests.builders import Caller, Staff
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role

OPEN_TO_ALL = {
    "list_attributes", "list_brands", "suggest", "list_pictures", "list_collections", "read_collection", "list_collection_products",
    "read_shop", "list_categories", "list_products", "read_product", "search_products", "read_stock", "list_delivery_options",
    "list_payment_methods", "open_basket", "read_basket", "set_line", "remove_line", "quote_basket", "place_order", "read_order",
    "cancel_order_of_buyer", "pay_order_again", "hear_webhook", "hear_mail_news", "hear_text_news", "list_reviews", "write_review_of_line",
    "list_reviews_of_order",
    "save_particulars", "list_requests", "ask_about_order",
    "list_questions", "ask_about_product", "answer_as_buyer", "read_own_consents", "save_own_consents",
}  # fmt: skip


def every_route() -> Iterator[tuple[str, str, Operation]]:
    """Yield method, address and operation of every route there is."""
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield method, "/".join(part for part in ("/api/v1", router.prefix.strip("/"), path.strip("/")) if part), operation


STAFF_ROUTES = [(method, path, op) for method, path, op in every_route() if op.view_func.__name__ not in OPEN_TO_ALL]


def tried(caller: Caller, method: str, path: str) -> tuple[int, str]:
    """Return status and code of an empty request: one that is let in fails on what it lacks, or reads a list."""
    address = path.replace("{path:sku}", "NOPE").replace("{number}", "SK-0").replace("{metric}", "nope")
    address = address.replace("{review}", "0").replace("{reply}", "0").replace("{link}", "nope").replace("{asked}", "0")
    address = address.replace("{sheet}", "7").replace("{picture}", "7").replace("{slug}", "nope").replace("{kind}", "nope")
    address = address.replace("{version}", "7").replace("{question}", "0").replace("{edit}", "7").replace("{collection}", "7")
    address = address.replace("{table}", "7").replace("{brand}", "7").replace("{attribute}", "7").replace("{category}", "7")
    answer = caller.call(method, address, {} if method != "GET" else None)
    return answer.status, answer.code if answer.status >= 400 else ""


def test_every_route_that_is_not_open_to_all_asks_for_a_role() -> None:
    for method, path, operation in STAFF_ROUTES:
        assert path.startswith("/api/v1/staff/"), path
        assert [type(each) for each in operation.auth_callbacks] == [StaffSession], (method, path)
    open_routes = {op.view_func.__name__ for _, path, op in every_route() if "/staff" not in path}
    assert open_routes == OPEN_TO_ALL
    assert len(STAFF_ROUTES) == 117


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.CLERK, None])
def test_a_route_opens_for_the_roles_the_table_names(shop: SmallShop, role: Role | None) -> None:
    staff = Staff(role)

    for method, path, operation in STAFF_ROUTES:
        status, code = tried(staff, method, path)
        (session,) = operation.auth_callbacks
        assert isinstance(session, StaffSession)
        if access.may(staff.user_id, session.act):
            assert status in (200, 404, 422), (role, method, path, status)
        else:
            assert (status, code) == (403, "not_allowed"), (role, method, path, status)


def test_the_table_tells_roles_apart(shop: SmallShop) -> None:
    acts = {op.auth_callbacks[0].act for _, _, op in STAFF_ROUTES}
    clerk, owner = Staff(Role.CLERK), Staff(Role.OWNER)

    assert {act for act in acts if not access.may(clerk.user_id, act)} == {
        "orders.refund", "inventory.adjust", "pricing.set_price", "reviews.decide", "messages.publish", "sheets.view",
        "media.save_pictures", "links.save_link", "customers.merge",
        "catalog.save_options", "catalog.publish_draft", "catalog.add_variants", "catalog.save_bundle", "catalog.save_product",
        "catalog.save_collection", "catalog.name_products", "catalog.relate", "catalog.save_size_table", "catalog.choose_size_table",
        "catalog.edit_products", "catalog.undo_edit", "catalog.save_brand", "catalog.save_attribute", "catalog.describe",
        "catalog.save_category",
        "content.look_at_pages", "content.save_engine_words", "customers.save_sign_in", "customers.save_provider",
    }  # fmt: skip
    assert all(access.may(owner.user_id, act) for act in acts)


def test_nobody_is_let_in_without_signing_in(shop: SmallShop, caller: Caller) -> None:
    for method, path, _ in STAFF_ROUTES:
        assert tried(caller, method, path) == (401, "not_signed_in"), (method, path)


def test_changes_need_the_token_against_forgery(shop: SmallShop) -> None:
    owner = Staff(Role.OWNER)

    for token in ("", "x" * 32):
        owner.token = token
        for method, path, _ in STAFF_ROUTES:
            if method != "GET":
                assert tried(owner, method, path) == (403, "csrf"), (method, path)


def test_a_deactivated_member_of_staff_is_out_at_once(shop: SmallShop) -> None:
    clerk, _owner = Staff(Role.CLERK), Staff(Role.OWNER)
    access.deactivate(user_id=clerk.user_id)

    assert clerk.get("staff/orders").status == 401


def test_a_one_time_password_must_be_replaced_first(shop: SmallShop) -> None:
    owner = Staff(Role.OWNER)
    get_user_model().objects.filter(pk=owner.user_id).update(must_change_password=True)

    answer = owner.get("staff/orders")

    assert (answer.status, answer.code) == (403, "password_due")
