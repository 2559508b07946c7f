"""Which role may do what: one table, read from top to bottom. An act reads `room.verb`."""

from shopkeeper.ops.access.shapes import Role

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
    "payments.view": ABOVE_CLERK,
    "customers.view": ALL,
    "customers.save": ALL,
    "customers.export": OWNER,
    # goods and stock
    "catalog.view": ALL,
    "catalog.save_product": ABOVE_CLERK,
    "catalog.save_category": ABOVE_CLERK,
    "catalog.publish": ABOVE_CLERK,
    "inventory.view": ALL,
    "inventory.receive": ALL,
    "inventory.count": ALL,
    "inventory.transfer": ALL,
    "inventory.adjust": ABOVE_CLERK,
    "inventory.save_warehouse": ABOVE_CLERK,
    # prices
    "pricing.view": ALL,
    "pricing.set_price": ABOVE_CLERK,
    "pricing.save_price_list": ABOVE_CLERK,
    "pricing.save_delivery_option": ABOVE_CLERK,
    "pricing.save_tax_rate": OWNER,
    # the shop itself
    "content.view": ALL,
    "content.publish": ABOVE_CLERK,
    "shop.view": ALL,
    "shop.save": OWNER,
    "staff.view": ABOVE_CLERK,
    "staff.invite": OWNER,
    "staff.change_role": OWNER,
    "staff.deactivate": OWNER,
    # upkeep
    "audit.view": ABOVE_CLERK,
    "events.view": ABOVE_CLERK,
    "events.replay": ABOVE_CLERK,
    "messages.view": ALL,
    "messages.resend": ABOVE_CLERK,
}


class UnknownAct(LookupError):
    """The act stands in no table: a spelling mistake in the code, never something a person did."""


def may(role: Role | None, act: str) -> bool:
    """Return whether the role's table includes the act; nobody (`None`, a shopper) may do nothing. Raises UnknownAct."""
    if act not in ALLOWED:
        raise UnknownAct(f"No act {act!r}; the table in ops/access/rules/permissions.py names every act")
    return role in ALLOWED[act]


def acts_of(role: Role) -> tuple[str, ...]:
    """Return every act the role includes, in alphabetical order."""
    return tuple(sorted(act for act, roles in ALLOWED.items() if role in roles))
