"""The face of the wishes room: wish lists of customers and browsers, and who waits to be told that goods are back."""

import re
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks
from shopkeeper.kit.ids import CustomerId, VariantId, WaitId, new_token
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.wishes import models, store
from shopkeeper.selling.wishes.rules.turns import Waiting, room, turns
from shopkeeper.selling.wishes.shapes import (
    BROWSER_KEPT_FOR,
    FORGOTTEN_AFTER,
    HEAD_START,
    MOST_WAITS,
    MOST_WISHES,
    MOST_WORDING,
    UNCONFIRMED_FOR,
    WAITS_FOR,
    Demand,
    Owner,
    Pieces,
    Tidied,
    TooManyWaits,
    Wait,
    WaitAsked,
    WaitEnded,
    WaitState,
    Wish,
    WishList,
    WishListFull,
)

__all__ = [
    "add", "ask", "confirm", "demand", "demand_of", "drop", "due_waits", "mark_told", "merge", "open_addresses", "share", "shared",
    "tidy", "unshare", "wait", "waited_for", "waits", "waits_held", "waits_of", "wish_list", "withdraw", "withdraw_all", "withdraw_own",
]  # fmt: skip

MOST_AT_ONCE = 500
MOST_ON_A_PAGE = 200
MOST_PAGE = 100_000
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,60}")


# ── wish lists ────────────────────────────────────────────────────────────────────────────────────────────────────────


def wish_list(owner: Owner) -> WishList:
    """Return what somebody wishes for, the last wish first; empty where they never wished. One statement."""
    return store.wish_list(owner)


def shared(token: str) -> WishList:
    """Return the list behind a shared link. Raises NotFound where there is none, or sharing was switched off."""
    found = store.shared(token) if _TOKEN.fullmatch(token) else None
    if found is None:
        raise NotFound("wish_list", "")
    return found


@transaction.atomic
def add(*, owner: Owner, variant_id: VariantId, now: datetime) -> WishList:
    """Put a variant onto a list and return the list; what stands there already stays as it is. Raises WishListFull, OutOfRange."""
    checks.whole(variant_id, field="variant", least=1, most=2**63 - 1)
    row = store.lock_list(owner, now)
    present = store.wishes_of(row)
    if variant_id not in {wish.variant_id for wish in present}:
        if len(present) >= MOST_WISHES:
            raise WishListFull
        store.add_wishes(row, [Wish(variant_id, now)])
        events.record(facts.WishMade(subject=owner.subject, variant_id=variant_id), at=now)
    return store.wish_list(owner)


@transaction.atomic
def drop(*, owner: Owner, variant_id: VariantId, now: datetime) -> WishList:
    """Take a variant off a list and return the list; what is not there is no fault."""
    row = store.find_list(owner)
    if row is not None and store.drop_wish(row, variant_id):
        events.record(facts.WishDropped(subject=owner.subject, variant_id=variant_id), at=now)
    return store.wish_list(owner)


@transaction.atomic
def merge(*, source: Owner, into: Owner, now: datetime) -> WishList:
    """Move a browser's list into a customer's and return that: nothing twice, each since it was first wished for.

    What does not fit is left out, the oldest first; the browser's list is gone afterwards, and its shared link with it.
    """
    former = store.find_list(source)
    if former is None or source == into:
        return store.wish_list(into)
    row = store.lock_list(into, now)
    present = {wish.variant_id: wish for wish in store.wishes_of(row)}
    moving = store.wishes_of(former)
    fresh = [wish for wish in moving if wish.variant_id not in present][: max(MOST_WISHES - len(present), 0)]
    for wish in moving:
        known = present.get(wish.variant_id)
        if known is not None and wish.made_at < known.made_at:
            store.set_made(row, wish)
    store.add_wishes(row, fresh)
    for wish in fresh:
        events.record(facts.WishMade(subject=into.subject, variant_id=wish.variant_id), at=now)
    store.drop_list(former)
    return store.wish_list(into)


@transaction.atomic
def share(*, owner: Owner, now: datetime) -> str:
    """Let a list be read by whoever has its link, and return the secret of the link; one that is shared keeps its link."""
    row = store.lock_list(owner, now)
    if not row.share:
        store.set_share(row, new_token())
    return row.share or ""


@transaction.atomic
def unshare(*, owner: Owner) -> None:
    """Switch a list's link off for good: sharing it again makes another one."""
    row = store.find_list(owner)
    if row is not None:
        store.set_share(row, None)


# ── waits: asked, confirmed, withdrawn ────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def ask(*, asked: WaitAsked, customer_id: CustomerId | None = None, is_confirmed: bool, now: datetime) -> Wait | None:
    """Write that somebody wants to be told when a variant is back, and return the wait.

    `is_confirmed`: the address is known to be theirs (a member's own); otherwise its owner has two days to follow a link. Who asks again
    while a wait is open gets the same one; a member's then lasts as long as a new one, in its old place. An address of a stranger that
    waits for too much already gets none (None): nobody may learn that from outside.

    Raises TooManyWaits for a member, Malformed, OutOfRange.
    """
    tidy = _checked(asked)
    store.lock_address(tidy.email)
    row = store.open_wait(tidy.variant_id, tidy.email)
    if row is not None and row.expires_at <= now:
        # Its time was up, and the nightly round has not come by yet.
        _end(row, WaitState.EXPIRED, now)
        row = None
    if row is None:
        if store.count_open(tidy.email, now) >= MOST_WAITS:
            if is_confirmed:
                raise TooManyWaits
            return None
        row = store.add_wait(tidy, customer_id=customer_id, expires_at=now + UNCONFIRMED_FOR, now=now)
    elif row.state == WaitState.ASKED:
        row.expires_at = now + UNCONFIRMED_FOR
    if is_confirmed:
        row.customer_id = customer_id
        _begin(row, now)
        row.expires_at = now + WAITS_FOR
    row.save()
    return store.shape_of(row)


def _checked(asked: WaitAsked) -> WaitAsked:
    return WaitAsked(
        variant_id=VariantId(checks.whole(asked.variant_id, field="variant", least=1, most=2**63 - 1)),
        email=checks.email(asked.email),
        language=checks.language(asked.language),
        wording=checks.line(asked.wording, field="wording", least=1, most=MOST_WORDING),
    )


def _begin(row: models.Wait, now: datetime) -> None:
    if row.state != WaitState.ASKED:
        return
    row.state, row.confirmed_at, row.expires_at = WaitState.WAITING.value, now, now + WAITS_FOR
    events.record(facts.StockWaitAsked(wait_id=row.pk, variant_id=row.variant_id), at=now)


def wait(token: str) -> Wait:
    """Return the wait behind a link. Raises NotFound."""
    return store.by_token(_token(token))


@transaction.atomic
def confirm(*, token: str, now: datetime) -> Wait:
    """Confirm the address of a wait and return it: from now on it waits. Once is enough. Raises NotFound, WaitEnded."""
    row = store.lock_wait(_token(token))
    if row.state not in store.OPEN or row.expires_at <= now:
        raise WaitEnded(WaitState(row.state) if row.state not in store.OPEN else WaitState.EXPIRED)
    _begin(row, now)
    row.save()
    return store.shape_of(row)


@transaction.atomic
def withdraw(*, token: str, now: datetime) -> Wait:
    """End a wait by its link and return it; its address is forgotten. One that has ended stays as it ended. Raises NotFound."""
    row = store.lock_wait(_token(token))
    _end(row, WaitState.WITHDRAWN, now)
    return store.shape_of(row)


@transaction.atomic
def withdraw_own(*, wait_id: WaitId, customer_id: CustomerId, now: datetime) -> Wait:
    """End a customer's own wait and return it; its address is forgotten. Raises NotFound for another's."""
    row = store.lock_own(wait_id, customer_id)
    _end(row, WaitState.WITHDRAWN, now)
    return store.shape_of(row)


@transaction.atomic
def withdraw_all(*, emails: Collection[str], now: datetime) -> int:
    """End every open wait of these addresses, which are forgotten; return how many."""
    rows = store.lock_open(emails)
    for row in rows:
        _end(row, WaitState.WITHDRAWN, now)
    return len(rows)


def open_addresses() -> frozenset[str]:
    """Return the addresses of all open waits. One statement."""
    return store.open_addresses()


def _end(row: models.Wait, state: WaitState, now: datetime) -> None:
    """End an open wait. Facts tell of those only whose address was confirmed: the others never began."""
    if row.state not in store.OPEN:
        return
    was_waiting = row.state == WaitState.WAITING
    row.state, row.ended_at = state.value, now
    if state is not WaitState.TOLD:
        row.email = ""
    row.save()
    if was_waiting:
        events.record(facts.StockWaitEnded(wait_id=row.pk, variant_id=row.variant_id, reason=state.value), at=now)


def _token(token: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise NotFound("wait", "")
    return token


def waits(wait_ids: Collection[WaitId]) -> dict[WaitId, Wait]:
    """Return waits by id; unknown ids are left out. One statement."""
    return store.waits(wait_ids)


def waits_of(customer_id: CustomerId) -> tuple[Wait, ...]:
    """Return what a customer waits for, the last first. One statement."""
    return store.open_of_customer(customer_id)


def waits_held(*, customer_ids: Collection[CustomerId], emails: Collection[str]) -> tuple[Wait, ...]:
    """Return every wait known by one of these customers or addresses, also those that ended, the last first. One statement."""
    return store.held(customer_ids, emails)


# ── waits: whose turn it is ───────────────────────────────────────────────────────────────────────────────────────────


def waited_for() -> tuple[VariantId, ...]:
    """Return the variants somebody waits for. One statement."""
    return store.waited_for()


def due_waits(pieces: Pieces, *, passing: Collection[WaitId] = (), now: datetime) -> tuple[Wait, ...]:
    """Return who may be told now, those who wait longest first, at most MOST_AT_ONCE.

    Of each variant as many as it has pieces, less those who were told within HEAD_START: they have the pieces to themselves that long.
    Those in `passing` are passed over, and as many more as they are looked at: `mark_told` holds to the pieces all the same.
    """
    free = room(pieces, store.told_since(pieces.keys(), now - HEAD_START))
    return store.next_waiting(free, passing=passing, limit=MOST_AT_ONCE, now=now)


@transaction.atomic
def mark_told(*, wait_ids: Collection[WaitId], pieces: Pieces, now: datetime) -> tuple[Wait, ...]:
    """Mark waits as told and return those that were marked by this call: exactly these are written to, in the same transaction.

    Nobody is marked twice, and of no variant more than it has pieces, less those told within HEAD_START; a lock for each variant holds
    that, whoever else tells at the same time.
    """
    variants = {each.variant_id for each in store.waits(wait_ids).values()}
    store.lock_queues(variants)
    rows = store.lock_waiting(wait_ids, now)
    free = room(pieces, store.told_since(variants, now - HEAD_START))
    chosen = set(turns([Waiting(WaitId(row.pk), VariantId(row.variant_id)) for row in rows], free))
    marked = [row for row in rows if row.pk in chosen]
    for row in marked:
        _end(row, WaitState.TOLD, now)
    return tuple(store.shape_of(row) for row in marked)


def tidy(*, now: datetime, limit: int = 1_000) -> Tidied:
    """End waits whose time is up, forget addresses of waits that ended, drop lists of browsers that never came back; return how many.

    All there are, `limit` of each in one transaction, so that nobody waits for long: what a busy day leaves is gone by its night.
    """
    told = Tidied(expired=0, forgotten=0, dropped=0)
    while True:
        some = _tidied(now, limit)
        told = Tidied(expired=told.expired + some.expired, forgotten=told.forgotten + some.forgotten, dropped=told.dropped + some.dropped)
        if max(some.expired, some.forgotten, some.dropped) < limit:
            return told


@transaction.atomic
def _tidied(now: datetime, limit: int) -> Tidied:
    overdue = store.lock_overdue(now, limit)
    for row in overdue:
        _end(row, WaitState.EXPIRED, now)
    return Tidied(
        expired=len(overdue),
        forgotten=store.forget_addresses(now - FORGOTTEN_AFTER, limit),
        dropped=store.drop_browsers(now - BROWSER_KEPT_FOR, limit),
    )


# ── demand ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def demand(*, number: int = 1, size: int = 50) -> Page[Demand]:
    """Return one page of what is waited and wished for, the most waited for first. Raises OutOfRange."""
    checks.whole(number, field="page", least=1, most=MOST_PAGE)
    checks.whole(size, field="size", least=1, most=MOST_ON_A_PAGE)
    items, total = store.demand((number - 1) * size, size)
    return Page(items=items, total=total, number=number, size=size)


def demand_of(variant_ids: Collection[VariantId]) -> dict[VariantId, Demand]:
    """Return what is waited and wished for of these variants; those nobody wants are left out. One statement."""
    return store.demand_of(variant_ids)
