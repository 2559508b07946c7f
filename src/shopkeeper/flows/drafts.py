"""From a draft to what shoppers see: at once, after a second person where the shop wants one, or at a moment of the schedule."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shopkeeper.flows import second_person
from shopkeeper.kit.ids import ProductId, RevisionId, UserId
from shopkeeper.ops.access import public as access
from shopkeeper.ops.audit import public as audit
from shopkeeper.ops.requests import public as requests
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes_drafts import NoDraft, ProductMoved, SecondPersonNeeded, Version

ACT = "catalog.publish_draft"


def publish(*, product_id: ProductId, revision_id: RevisionId, seen: str | None, actor: UserId, now: datetime) -> None:
    """Let shoppers see a product's draft now; one that is live already stays, and nobody is asked again.

    Raises as `catalog.publish_draft` does; WaitingForApproval where a second person is asked.
    """
    desk = catalog.desks([product_id]).get(product_id)
    if desk is not None and desk.draft_id is None and desk.live_id == revision_id:
        return
    _ask_first(_wish(product_id, revision_id, None, None, seen), actor, now)
    catalog.publish_draft(product_id=product_id, revision_id=revision_id, actor=actor, now=now, seen=seen)


def schedule(
    *,
    product_id: ProductId,
    revision_id: RevisionId | None,
    go_live_at: datetime | None,
    expire_at: datetime | None,
    seen: str | None,
    actor: UserId,
    now: datetime,
) -> None:
    """Let a draft go live at a moment, or the product go off at one. Raises as `catalog.schedule_draft` does, and WaitingForApproval.

    Going off needs no second person: shoppers see less, not something else.
    """
    if go_live_at is not None and revision_id is not None and catalog.products_need_two():
        with transaction.atomic():
            # What could not be done anyway is refused before anybody is asked.
            catalog.schedule_draft(
                product_id=product_id, revision_id=revision_id, go_live_at=go_live_at, expire_at=expire_at, actor=actor, now=now, seen=seen
            )
            transaction.set_rollback(True)
        _ask_first(_wish(product_id, revision_id, go_live_at, expire_at, seen), actor, now)
    catalog.schedule_draft(
        product_id=product_id, revision_id=revision_id, go_live_at=go_live_at, expire_at=expire_at, actor=actor, now=now, seen=seen
    )


def save_or_ask(*, product_id: ProductId, save: Callable[[], object], version: Version, actor: UserId, now: datetime) -> None:
    """Save a product straight into the shop; where a second person is needed, keep it as a draft and ask them. Raises as both do."""
    try:
        save()
    except SecondPersonNeeded:
        keep_and_publish(product_id=product_id, version=version, began_with=None, actor=actor, now=now)


def keep_and_publish(
    *, product_id: ProductId, version: Version, began_with: RevisionId | None, actor: UserId, now: datetime, seen: str | None = None
) -> None:
    """Keep a draft and let it go live, both or neither. Raises as both do; WaitingForApproval, the draft kept, where a person is asked.

    `seen` is the fingerprint of what was live when whoever writes looked; None: it does not matter.
    """
    needs_two = catalog.products_need_two()
    with transaction.atomic():
        if needs_two and seen is not None and catalog.working(product_id).mark != seen:
            raise ProductMoved(product_id)
        kept = catalog.keep_draft(product_id=product_id, version=version, actor=actor, now=now, began_with=began_with)
        problem = catalog.draft_problem(product_id=product_id, revision_id=kept, now=now) if needs_two else None
        if problem is not None:
            raise problem
        if not needs_two:
            catalog.publish_draft(product_id=product_id, revision_id=kept, actor=actor, now=now, seen=seen)
    if needs_two:
        publish(product_id=product_id, revision_id=kept, seen=seen, actor=actor, now=now)


def _ask_first(wish: Mapping[str, Any], actor: UserId, now: datetime) -> None:
    if not catalog.products_need_two():
        return
    asked = frozen(wish, now)
    if wish["seen"] is not None and wish["seen"] != asked["live"]:
        raise ProductMoved(ProductId(wish["product_id"]))
    problem = catalog.draft_problem(product_id=ProductId(wish["product_id"]), revision_id=RevisionId(wish["revision_id"]), now=now)
    if problem is not None:
        raise problem
    second_person.ask(act=ACT, subject=f"product:{wish['product_id']}", values=asked, actor=actor, key=None, now=now)


def _wish(
    product_id: ProductId, revision_id: RevisionId, go_live_at: datetime | None, expire_at: datetime | None, seen: str | None
) -> dict[str, Any]:
    return {
        "product_id": product_id,
        "revision_id": revision_id,
        "go_live_at": go_live_at.isoformat() if go_live_at else None,
        "expire_at": expire_at.isoformat() if expire_at else None,
        "seen": seen,
    }


def frozen(wish: Mapping[str, Any], _now: datetime) -> dict[str, object]:
    """Return all that decides a draft that waits: which, when, what it says, what is live below it and whether that is shown.

    What a bundle holds is in no version and stands beside it. Raises NotFound, NoDraft.
    """
    product_id, revision_id = ProductId(wish["product_id"]), RevisionId(wish["revision_id"])
    found = catalog.working(product_id)
    if found.desk.draft_id != revision_id:
        raise NoDraft(product_id)
    return {
        "product_id": product_id,
        "revision_id": revision_id,
        "go_live_at": wish["go_live_at"],
        "expire_at": wish["expire_at"],
        "draft": catalog.version_mark(found.version),
        "live": found.mark,
        "is_shown": found.is_published,
        "parts": _parts(found.live),
    }


def _parts(version: Version) -> list[str]:
    held = catalog.parts([each.id for each in version.variants if each.id is not None])
    return [f"{part.units} × {part.goods.sku}" for parts in held.values() for part in parts]


def publish_approved(*, wish: Mapping[str, Any], key: str, actor: UserId | None, now: datetime) -> dict[str, object]:
    """Do with a draft what a second person approved, once under this key: now, or at its moment where that is still to come."""
    product_id, revision_id = ProductId(wish["product_id"]), RevisionId(wish["revision_id"])
    go_live_at, expire_at = _moment(wish["go_live_at"]), _moment(wish["expire_at"])

    def work() -> dict[str, Any]:
        if go_live_at is not None and go_live_at > now:
            catalog.schedule_draft(
                product_id=product_id, revision_id=revision_id, go_live_at=go_live_at, expire_at=expire_at, actor=actor, now=now,
                seen=wish["live"],
            )  # fmt: skip
        else:
            catalog.publish_draft(product_id=product_id, revision_id=revision_id, actor=actor, now=now, seen=wish["live"])
            if expire_at is not None and expire_at > now:
                catalog.schedule_draft(product_id=product_id, revision_id=None, go_live_at=None, expire_at=expire_at, actor=actor, now=now)
        return {"revision_id": revision_id}

    return dict(requests.once(key=key, asker=requests.STAFF, act=ACT, asked=dict(wish), work=work, now=now))


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def carry_out_due(now: datetime) -> int:
    """Let everything that is due go live, or off, each in a transaction of its own, and return how many were done.

    Safe to run twice and to be killed anywhere. One that breaks does not keep the others from their moment: it is raised at the end.
    """
    done, broken = 0, []
    for product_id in catalog.drafts_due(now):
        try:
            done += catalog.carry_out_due(product_id=product_id, now=now)
        except Exception as error:  # noqa: BLE001 - told at the end, when the others had their turn
            broken.append(error)
    if broken:
        raise ExceptionGroup("Not everything that was due could be done", broken)
    return done


def make_or_ask(*, save: Callable[[bool], ProductId], shown: bool, actor: UserId, now: datetime) -> ProductId:
    """Make a product, shown or not, and return its id; where showing it needs a second person, it is made hidden and they are asked.

    `save` makes it, told whether it is shown. Raises as it does, and WaitingForApproval.
    """
    try:
        return save(shown)
    except SecondPersonNeeded:
        made = keep_new(save=lambda: save(False), actor=actor, now=now)
        kept = catalog.working(made).desk.draft_id
        assert kept is not None
        publish(product_id=made, revision_id=kept, seen=None, actor=actor, now=now)
        return made


@transaction.atomic
def keep_new(*, save: Callable[[], ProductId], actor: UserId, now: datetime) -> ProductId:
    """Make a product that is not shown, with a draft that says the same, and return its id. Raises as `save` does."""
    made = save()
    catalog.keep_draft(product_id=made, version=catalog.working(made).version, actor=actor, now=now)
    return made


@transaction.atomic
def save_rule(*, is_needed: bool, actor: UserId, now: datetime) -> None:
    """Say whether changes to products need a second person. Raises NotAllowed."""
    access.require(actor, "approvals.save_limits")
    before = catalog.products_need_two()
    if before == is_needed:
        return
    catalog.save_products_need_two(is_needed=is_needed)
    states = {"before": {"products_need_two": before}, "after": {"products_need_two": is_needed}}
    audit.record(actor=actor, act="approvals.save_limits", subject="limits:1", at=now, **states)
