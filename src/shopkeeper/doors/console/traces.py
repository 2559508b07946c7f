"""An entry of the trail for its reader: what each field is called, and its value before and after in words."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from shopkeeper.doors.console import cells, frame, reading, subjects, words
from shopkeeper.events.console import HEARERS_CALLED
from shopkeeper.growth.messages.console import STATES as MAIL_STATES
from shopkeeper.kit.console import States, word
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit.console import FIELDS_CALLED
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.console_bulk import EDITS_CALLED
from shopkeeper.selling.catalog.console_collections import KINDS as COLLECTION_KINDS
from shopkeeper.selling.catalog.console_traits import KINDS as ATTRIBUTE_KINDS
from shopkeeper.selling.inventory.console import warehouse_choices
from shopkeeper.selling.orders.console import CANCEL_REASONS, REFUND_REASONS
from shopkeeper.selling.orders.console import STATES as ORDER_STATES
from shopkeeper.selling.payments.console import PROVIDERS, STRAY_STATES
from shopkeeper.selling.pricing.console import TAX_MODES, list_choices

SETS_COST = "pricing.set_cost"
COSTS = frozenset({"cost_minor", "net_minor", "margin_minor"})
"""Fields that say, or give away, what goods cost the shop."""
LANGUAGES = {"en": "English", "zh-hans": "简体中文"}


def is_about_costs(row: Any) -> bool:
    """Return whether an entry holds what goods cost the shop, which not everybody may see who reads the trail."""
    return row.act == SETS_COST or not COSTS.isdisjoint({*(row.before or {}), *(row.after or {})})


def changes(row: Any, *, sees_costs: bool) -> list[tuple[str, str, str, str, bool]]:
    """Return the fields of an entry: what each is called, its program name, before, after, and whether they differ.

    What goods cost is left out for who may not see it; so is the note on a cost, which may name it.
    """
    before, after = row.before or {}, row.after or {}
    left_out = frozenset() if sees_costs else {*COSTS, "note"} if row.act == SETS_COST else COSTS
    names = [name for name in dict.fromkeys([*before, *after]) if name not in left_out]
    return [
        (
            word(FIELDS_CALLED, name),
            name,
            said(row.act, name, before.get(name)),
            said(row.act, name, after.get(name)),
            before.get(name) != after.get(name),
        )
        for name in names
    ]


def said(act: str, name: str, value: Any) -> str:
    """Return the value of a field in the reader's words; nothing is the empty text."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return cells.yes_or_no(value)
    if name == "lines":
        return ", ".join(_("line %(line)s × %(units)s") % {"line": line, "units": units} for line, units in value)
    if isinstance(value, list):
        return ", ".join(said(act, name, each) for each in value)
    if isinstance(value, Mapping):
        return reading.pick(Bilingual(value.get("en", ""), value.get("zh", ""))) if {*value} <= {"en", "zh"} else json.dumps(value)
    return _one(act, name, value)


def _one(act: str, name: str, value: Any) -> str:
    if name.endswith("_minor"):
        return reading.money(int(value), frame.setting().currency)
    teller = _TELLERS.get(name)
    return teller(value) if teller else word(_known(act, name), str(value))


_TELLERS: Mapping[str, Callable[[Any], str]] = {
    "basis_points": reading.percent,
    "country": reading.country,
    "countries": reading.country,
    "currency": reading.currency_name,
    "role": lambda value: words.role(str(value)),
    "act": lambda value: word(words.ACTS, str(value)),
    "acts": lambda value: word(words.ACTS, str(value)),
    "subject": lambda value: subjects.named([str(value)])[str(value)],
    "fields": lambda value: word(FIELDS_CALLED, value),
}
"""How the values of a field are told, where it is more than a word for a code."""


def _named(rows: Iterable[Any]) -> dict[str, str]:
    return {str(each.id): reading.pick(each.name) for each in rows}


_BY_ID: Mapping[str, Callable[[], Mapping[str, Any]]] = {
    "warehouse_id": lambda: dict(warehouse_choices()),
    "price_list_id": lambda: dict(list_choices()),
    "category_id": lambda: _named(catalog.categories()),
    "parent_id": lambda: _named(catalog.categories()),
    "brand_id": lambda: _named(catalog.brands()),
    "size_table": lambda: _named(catalog.size_tables()),
    "categories": lambda: _named(catalog.categories()),
}
"""What the ids in a field are called."""


def _known(act: str, name: str) -> Mapping[str, Any]:
    """Return the words for the codes that a field may hold."""
    if name in _BY_ID:
        return _BY_ID[name]()
    if name == "kind" and act == "catalog.save_attribute":
        return ATTRIBUTE_KINDS
    if name == "reason":
        return {"orders.cancel": CANCEL_REASONS, "orders.refund": REFUND_REASONS}.get(act, {})
    if name == "state":
        room = act.partition(".")[0]
        return _labels({"orders": ORDER_STATES, "payments": STRAY_STATES}.get(room, MAIL_STATES))
    known: dict[str, Mapping[str, Any]] = {
        "filled": COLLECTION_KINDS, "edit": EDITS_CALLED,
        "language": LANGUAGES, "tax_mode": dict(TAX_MODES), "hearer": HEARERS_CALLED, "provider": PROVIDERS,
    }  # fmt: skip
    return known.get(name, {})


def _labels(states: States) -> dict[str, Any]:
    return {code: label for code, (label, _tone) in states.items()}
