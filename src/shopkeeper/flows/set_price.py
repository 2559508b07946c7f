"""A price set by a person: at once, or after a second person where it falls far or goes below cost."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from shopkeeper.flows import second_person
from shopkeeper.kit import checks
from shopkeeper.kit.ids import PriceListId, UserId, VariantId
from shopkeeper.kit.money import MOST_MINOR
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.approvals import public as approvals
from shopkeeper.ops.requests import public as requests
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import PriceMoved, PriceTag

ACT = "pricing.set_price"
FALLS_COUNT_FOR = timedelta(days=30)
"""How long the highest price counts against which a fall is measured, so that many small falls are no way around a second person."""


def set_price(
    *, variant_id: VariantId, amount_minor: int, price_list_id: PriceListId | None = None, reason: str, actor: UserId, now: datetime
) -> PriceTag:
    """Set a variant's price from now on and return its tag, as `pricing.set_price` does.

    Raises WaitingForApproval where the price lies so far below the last one, or without tax below what a piece costs or cost within the
    last month, that a second person is asked first; `why` tells which for what waits.
    """
    checks.whole(amount_minor, field="amount", least=1, most=MOST_MINOR)
    # By its id, whichever is the default: what is agreed to must not move to another list with the mark.
    listed = pricing.default_price_list().id if price_list_id is None else price_list_id
    wish = {"variant_id": variant_id, "price_list_id": listed, "amount_minor": amount_minor, "reason": reason}
    asked = frozen(wish, now)
    if why(asked):
        asked["reason"] = checks.line(reason, field="reason", most=200)
        second_person.ask(act=ACT, subject=f"variant:{variant_id}", values=asked, actor=actor, key=None, now=now)
    return pricing.set_price(variant_id=variant_id, amount_minor=amount_minor, price_list_id=listed, reason=reason, actor=actor, now=now)


def why(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return why a price, as it was frozen, needs a second person (`below_cost`, `far_lower`); empty where it does not."""
    return approvals.price_needs_two(
        # What waited when only the last price was kept is still held against that.
        held_minor=values.get("held_minor", values["present_minor"]),
        wanted_minor=values["amount_minor"],
        drop_percent=second_person.limits().price_drop_percent,
        cost_minor=values.get("cost_minor"),
        net_minor=values.get("net_minor"),
    )


def frozen(wish: Mapping[str, Any], now: datetime) -> dict[str, object]:
    """Return all that decides a price that waits: the wish, the last price there was, and the cost where one is known.

    A price withdrawn, many small falls and a cost lowered or emptied are no way around the second person: the last price counts also
    withdrawn, and the highest price and cost of the last month.
    """
    if wish["variant_id"] not in catalog.goods([wish["variant_id"]]):
        raise NotFound("variant", wish["variant_id"])
    left = pricing.margin(variant_id=wish["variant_id"], price_minor=wish["amount_minor"], price_list_id=wish["price_list_id"], now=now)
    known = {} if left is None else {"cost_minor": left.cost_minor, "net_minor": left.net_minor}
    present = pricing.last_price(wish["variant_id"], price_list_id=wish["price_list_id"])
    return {
        "variant_id": wish["variant_id"],
        "price_list_id": wish["price_list_id"],
        "amount_minor": wish["amount_minor"],
        "reason": wish["reason"],
        "present_minor": present,
        "held_minor": _held_against(wish, present, now),
        **known,
    }


def _held_against(wish: Mapping[str, Any], present_minor: int | None, now: datetime) -> int | None:
    """Return the price that a fall is measured from: the highest of the last month, from the last one on that a second person approved.

    Of a price that is the first in its list, the highest in any list: a list of one's own is no way around it either.
    """
    variant_id, since = wish["variant_id"], now - FALLS_COUNT_FOR
    if present_minor is None:
        return pricing.highest_price(variant_id, price_list_id=None, since=since)
    if wish["amount_minor"] >= present_minor:
        return present_minor
    agreed = [
        int(str(found.outcome["version"]))
        for found in approvals.approved(act=ACT, subject=f"variant:{variant_id}")
        if found.outcome and found.values["price_list_id"] == wish["price_list_id"]
    ]
    highest = pricing.highest_price(variant_id, price_list_id=wish["price_list_id"], since=since, version=max(agreed, default=0))
    return highest or present_minor


@transaction.atomic
def set_approved(*, wish: Mapping[str, Any], key: str, actor: UserId | None, now: datetime) -> dict[str, object]:
    """Set the price a second person approved, once under this key, and return its version.

    Raises PriceMoved where another price was set since: whoever comes late must not set it back. Else what `pricing.set_price` raises.
    """

    def work() -> dict[str, Any]:
        pricing.lock_price(wish["variant_id"], price_list_id=wish["price_list_id"], now=now)
        present = pricing.last_price(wish["variant_id"], price_list_id=wish["price_list_id"])
        if present != wish["present_minor"]:
            raise PriceMoved(wish["present_minor"], present)
        tag = pricing.set_price(
            variant_id=wish["variant_id"], amount_minor=wish["amount_minor"], price_list_id=wish["price_list_id"], reason=wish["reason"],
            actor=actor, now=now,
        )  # fmt: skip
        return {"version": tag.version}

    return dict(requests.once(key=key, asker=requests.STAFF, act=ACT, asked=dict(wish), work=work, now=now))
