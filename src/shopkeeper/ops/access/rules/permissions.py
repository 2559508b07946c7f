"""Which role may do what: one table, read from top to bottom. An act reads `room.verb`.

The built-in roles stand here and nowhere else, so that no form can break them. A role the shop made for itself is a set of these acts.
"""

from collections.abc import Collection

from shopkeeper.ops.access.shapes import ActNotForRoles, Role

OWNER, ABOVE_CLERK, ALL = frozenset({Role.OWNER}), frozenset({Role.OWNER, Role.MANAGER}), frozenset(Role)

ALLOWED: dict[str, frozenset[Role]] = {
    # every day: see the trade and send the parcels
    "metrics.view": ALL,
    "metrics.export": ABOVE_CLERK,
    "orders.view": ALL,
    "orders.export": ABOVE_CLERK,
    "orders.ship": ALL,
    "orders.cancel": ALL,
    "orders.refund": ABOVE_CLERK,
    "orders.decide_request": ALL,
    "orders.arrange": ABOVE_CLERK,
    "payments.view": ABOVE_CLERK,
    "payments.reconcile": ABOVE_CLERK,
    "payments.give_back": ABOVE_CLERK,
    "payments.settle_elsewhere": ABOVE_CLERK,
    "customers.view": ALL,
    "customers.save": ALL,
    "customers.export": OWNER,
    "customers.save_group": ALL,
    "customers.note": ALL,
    "customers.save_business": ALL,
    "customers.consent": ALL,
    "customers.merge": ABOVE_CLERK,
    "customers.copy": ABOVE_CLERK,
    "customers.remove_number": ABOVE_CLERK,
    # goods and stock
    "catalog.view": ALL,
    "catalog.save_product": ABOVE_CLERK,
    "catalog.save_category": ABOVE_CLERK,
    "catalog.save_brand": ABOVE_CLERK,
    "catalog.save_attribute": ABOVE_CLERK,
    "catalog.describe": ABOVE_CLERK,
    "catalog.save_options": ABOVE_CLERK,
    "catalog.add_variants": ABOVE_CLERK,
    "catalog.relate": ABOVE_CLERK,
    "catalog.save_bundle": ABOVE_CLERK,
    "catalog.save_size_table": ABOVE_CLERK,
    "catalog.choose_size_table": ABOVE_CLERK,
    "catalog.publish": ABOVE_CLERK,
    "catalog.keep_draft": ALL,
    "catalog.publish_draft": ABOVE_CLERK,
    "media.save_pictures": ABOVE_CLERK,
    "media.save_videos": ABOVE_CLERK,
    "catalog.save_collection": ABOVE_CLERK,
    "catalog.name_products": ABOVE_CLERK,
    "catalog.edit_products": ABOVE_CLERK,
    "catalog.undo_edit": ABOVE_CLERK,
    "reviews.view": ALL,
    "reviews.decide": ABOVE_CLERK,
    "reviews.answer": ALL,
    "search.view": ALL,
    "search.save_synonyms": ABOVE_CLERK,
    "search.save_redirect": ABOVE_CLERK,
    "search.save_pin": ABOVE_CLERK,
    "inventory.view": ALL,
    "inventory.receive": ALL,
    "inventory.count": ALL,
    "inventory.transfer": ALL,
    "inventory.adjust": ABOVE_CLERK,
    "inventory.save_warehouse": ABOVE_CLERK,
    # prices
    "pricing.view": ALL,
    "pricing.set_price": ABOVE_CLERK,
    "pricing.view_costs": ABOVE_CLERK,
    "pricing.set_cost": ABOVE_CLERK,
    "pricing.save_price_list": ABOVE_CLERK,
    "pricing.save_delivery_option": ABOVE_CLERK,
    "pricing.save_tax_rate": OWNER,
    # whole files of them, in and out
    "sheets.view": ABOVE_CLERK,
    "sheets.products": ABOVE_CLERK,
    "sheets.customers": OWNER,
    "sheets.stock": ABOVE_CLERK,
    "sheets.prices": ABOVE_CLERK,
    # the shop itself
    "content.view": ALL,
    "content.publish": ABOVE_CLERK,
    "content.save_engine_words": ABOVE_CLERK,
    "content.look_at_pages": ABOVE_CLERK,
    "shop.view": ALL,
    "shop.save": OWNER,
    "shop.set_logo": OWNER,
    "shop.confirm": ABOVE_CLERK,
    "customers.save_sign_in": OWNER,
    "customers.save_provider": OWNER,
    "shop.welcome": OWNER,
    "staff.view": ABOVE_CLERK,
    "staff.invite": OWNER,
    "staff.change_role": OWNER,
    "staff.deactivate": OWNER,
    "staff.save_role": OWNER,
    "staff.end_sessions": OWNER,
    "staff.reset_second_factor": OWNER,
    "links.view": ALL,
    "links.save_link": ABOVE_CLERK,
    # what needs a second person
    "approvals.view": ALL,
    "approvals.decide": ABOVE_CLERK,
    "approvals.save_limits": OWNER,
    "backup.restore": OWNER,
    "backup.view": ABOVE_CLERK,
    "backup.take": OWNER,
    # upkeep
    "audit.view": ABOVE_CLERK,
    "health.view": ABOVE_CLERK,
    "events.view": ABOVE_CLERK,
    "events.replay": ABOVE_CLERK,
    "messages.view": ALL,
    "messages.resend": ABOVE_CLERK,
    "messages.publish": ABOVE_CLERK,
    "messages.save_settings": ABOVE_CLERK,
    "messages.write_again": ABOVE_CLERK,
}


class UnknownAct(LookupError):
    """The act stands in no table: a spelling mistake in the code, never something a person did."""


OWNERS_ALONE = frozenset(
    {
        "staff.invite", "staff.change_role", "staff.deactivate", "staff.save_role", "staff.end_sessions", "staff.reset_second_factor",
        "approvals.save_limits", "backup.restore",
    }
)  # fmt: skip
"""What no role of the shop's own may include: whoever may do these could make an owner of themselves, or take the rules off."""

NEEDS_SECOND_FACTOR = ABOVE_CLERK
"""The built-in roles that sign in with a second factor. A role of the shop's own does with any act beyond a clerk's."""


def may(role: Role | None, act: str) -> bool:
    """Return whether the built-in role includes the act; nobody (`None`, a shopper) may do nothing. Raises UnknownAct."""
    known(act)
    return role in ALLOWED[act]


def known(act: str) -> str:
    """Return the act where the table names it. Raises UnknownAct."""
    if act not in ALLOWED:
        raise UnknownAct(f"No act {act!r}; the table in ops/access/rules/permissions.py names every act")
    return act


def acts_of(role: Role) -> tuple[str, ...]:
    """Return every act the built-in role includes, in alphabetical order."""
    return tuple(sorted(act for act, roles in ALLOWED.items() if role in roles))


def for_own_role(acts: Collection[str]) -> frozenset[str]:
    """Return the acts a role of the shop's own is made of. Raises ActNotForRoles for one that stays with owners or stands in no table."""
    for act in sorted(acts):
        if act not in ALLOWED or act in OWNERS_ALONE:
            raise ActNotForRoles(act)
    return frozenset(acts)


def given_acts(kept: Collection[str]) -> frozenset[str]:
    """Return what a stored role of the shop's own gives today: acts the table no longer names, or keeps for owners now, give nothing."""
    return frozenset(act for act in kept if act in ALLOWED and act not in OWNERS_ALONE)


def needs_second_factor(role: Role | None, acts: Collection[str]) -> bool:
    """Return whether whoever carries the role signs in with a second factor; `acts` are those of a role of the shop's own."""
    if role is not None:
        return role in NEEDS_SECOND_FACTOR
    return bool(set(acts) - set(acts_of(Role.CLERK)))


def offered() -> dict[str, tuple[str, ...]]:
    """Return every act a role of the shop's own may include, by room, both in the order of the table."""
    rooms: dict[str, list[str]] = {}
    for act in ALLOWED:
        if act not in OWNERS_ALONE:
            rooms.setdefault(act.partition(".")[0], []).append(act)
    return {room: tuple(acts) for room, acts in rooms.items()}
