"""Every query of the wishes room: rows ↔ shapes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from shopkeeper.kit import statements
from shopkeeper.kit.ids import CustomerId, VariantId, WaitId, new_token
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.wishes import models
from shopkeeper.selling.wishes.shapes import Demand, Owner, Wait, WaitAsked, WaitState, Wish, WishList

OPEN = [WaitState.ASKED.value, WaitState.WAITING.value]
ENDED = [WaitState.TOLD.value, WaitState.WITHDRAWN.value, WaitState.EXPIRED.value]

_LIST = """
    SELECT l.share, w.variant_id, w.made_at FROM wishes_list l LEFT JOIN wishes_wish w ON w.list_id = l.id
    WHERE l.{column} = %s ORDER BY w.made_at DESC, w.id DESC
"""

_COLUMNS = "id, variant_id, customer_id, email, language, wording, state, token, asked_at, confirmed_at, expires_at, ended_at"

# The first of each queue, as many as there is room for; `confirmed_at` is the place in the queue.
_NEXT = f"""
    SELECT {", ".join("w." + name for name in _COLUMNS.split(", "))}
    FROM unnest(%s::bigint[], %s::integer[]) AS free (variant_id, units)
    CROSS JOIN LATERAL (
        SELECT * FROM wishes_wait WHERE variant_id = free.variant_id AND state = 'waiting' AND expires_at > %s AND id <> ALL (%s::bigint[])
        ORDER BY confirmed_at, id LIMIT free.units) w
    ORDER BY w.confirmed_at, w.id LIMIT %s
"""  # noqa: S608 - names of our own columns

_TOLD = """
    SELECT variant_id, count(*) FROM wishes_wait WHERE variant_id = ANY (%s::bigint[]) AND state = 'told' AND ended_at > %s GROUP BY 1
"""

_WAITED_FOR = "SELECT DISTINCT variant_id FROM wishes_wait WHERE state = 'waiting' ORDER BY variant_id"

_DEMAND = """
    SELECT variant_id, waiting, wished, since, count(*) OVER () FROM wishes_demand
    ORDER BY waiting DESC, wished DESC, variant_id LIMIT %s OFFSET %s
"""

_DEMAND_OF = "SELECT variant_id, waiting, wished, since FROM wishes_demand WHERE variant_id = ANY (%s::bigint[])"


# ── wish lists ────────────────────────────────────────────────────────────────────────────────────────────────────────


def wish_list(owner: Owner) -> WishList:
    """Return an owner's list, an empty one where there is none yet: one query."""
    return _listed(statements.rows(_LIST.format(column="subject"), [owner.subject]))


def shared(share: str) -> WishList | None:
    """Return the list behind a shared link, None where there is none: one query."""
    found = statements.rows(_LIST.format(column="share"), [share])
    return _listed(found) if found else None


def _listed(rows: Sequence[Any]) -> WishList:
    wishes = tuple(Wish(VariantId(variant), made_at) for _, variant, made_at in rows if variant is not None)
    return WishList(wishes=wishes, share=(rows[0][0] or "") if rows else "")


def lock_list(owner: Owner, now: datetime) -> models.List:
    """Return the row of an owner's list, made where there is none, locked until the transaction ends."""
    models.List.objects.bulk_create([models.List(subject=owner.subject, touched_at=now)], ignore_conflicts=True)
    row = models.List.objects.select_for_update().get(subject=owner.subject)
    row.touched_at = now
    row.save(update_fields=["touched_at"])
    return row


def find_list(owner: Owner) -> models.List | None:
    """Return the row of an owner's list, locked until the transaction ends, None where there is none."""
    return models.List.objects.select_for_update().filter(subject=owner.subject).first()


def wishes_of(row: models.List) -> tuple[Wish, ...]:
    """Return what stands on a list, the last wish first."""
    found = models.Wish.objects.filter(list=row).order_by("-made_at", "-id")
    return tuple(Wish(VariantId(each.variant_id), each.made_at) for each in found)


def add_wishes(row: models.List, wishes: Sequence[Wish]) -> None:
    """Put wishes onto a list."""
    models.Wish.objects.bulk_create([models.Wish(list=row, variant_id=each.variant_id, made_at=each.made_at) for each in wishes])


def set_made(row: models.List, wish: Wish) -> None:
    """Say since when a wish is on the list."""
    models.Wish.objects.filter(list=row, variant_id=wish.variant_id).update(made_at=wish.made_at)


def drop_wish(row: models.List, variant_id: VariantId) -> bool:
    """Take a wish off a list; return whether it was there."""
    return bool(models.Wish.objects.filter(list=row, variant_id=variant_id).delete()[0])


def set_share(row: models.List, share: str | None) -> None:
    """Set or take away the secret of a list's link."""
    row.share = share
    row.save(update_fields=["share"])


def drop_list(row: models.List) -> None:
    """Remove a list with its wishes."""
    row.delete()


def drop_browsers(before: datetime, limit: int) -> int:
    """Remove lists of browsers not touched since; return how many."""
    old = models.List.objects.filter(subject__startswith="browser:", touched_at__lt=before).values_list("pk", flat=True)[:limit]
    found = list(old)
    models.List.objects.filter(pk__in=found).delete()
    return len(found)


# ── waits ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _wait(row: Any) -> Wait:
    return Wait(
        id=WaitId(row[0]), variant_id=VariantId(row[1]), customer_id=CustomerId(row[2]) if row[2] is not None else None, email=row[3],
        language=row[4], wording=row[5], state=WaitState(row[6]), token=row[7], asked_at=row[8], confirmed_at=row[9], expires_at=row[10],
        ended_at=row[11],
    )  # fmt: skip


def waits(wait_ids: Collection[WaitId]) -> dict[WaitId, Wait]:
    """Return waits by id: one query."""
    found = statements.rows(f"SELECT {_COLUMNS} FROM wishes_wait WHERE id = ANY (%s::bigint[])", [list(wait_ids)])  # noqa: S608
    return {WaitId(row[0]): _wait(row) for row in found}


def open_of_customer(customer_id: CustomerId) -> tuple[Wait, ...]:
    """Return the open waits of a customer, the last one first: one query."""
    states = "customer_id = %s AND state IN ('asked', 'waiting') ORDER BY asked_at DESC, id DESC"
    return tuple(map(_wait, statements.rows(f"SELECT {_COLUMNS} FROM wishes_wait WHERE {states}", [customer_id])))  # noqa: S608


def held(customer_ids: Collection[CustomerId], emails: Collection[str]) -> tuple[Wait, ...]:
    """Return every wait of these customers or addresses, whatever became of it, the last one first: one query."""
    known = "customer_id = ANY (%s::bigint[]) OR email <> '' AND lower(email) = ANY (%s::text[]) ORDER BY asked_at DESC, id DESC"
    asked = [list(customer_ids), [each.lower() for each in emails]]
    return tuple(map(_wait, statements.rows(f"SELECT {_COLUMNS} FROM wishes_wait WHERE {known}", asked)))  # noqa: S608


def by_token(token: str) -> Wait:
    """Return the wait behind a link. Raises NotFound."""
    found = statements.rows(f"SELECT {_COLUMNS} FROM wishes_wait WHERE token = %s", [token])  # noqa: S608
    if not found:
        raise NotFound("wait", "")
    return _wait(found[0])


def lock_address(email: str) -> None:
    """Let nobody else ask for this address until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"wishes.address:{email}"])


def lock_queues(variant_ids: Collection[VariantId]) -> None:
    """Let nobody else tell those who wait for these variants until the transaction ends; locked in the order of their ids."""
    with connection.cursor() as cursor:
        for variant in sorted(variant_ids):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"wishes.queue:{variant}"])


def open_wait(variant_id: VariantId, email: str) -> models.Wait | None:
    """Return the open wait of an address for a variant, locked, None where there is none."""
    return models.Wait.objects.select_for_update().filter(variant_id=variant_id, email=email, state__in=OPEN).first()


def count_open(email: str, now: datetime) -> int:
    """Return how many goods an address waits for."""
    return models.Wait.objects.filter(email=email, state__in=OPEN, expires_at__gt=now).count()


def open_addresses() -> frozenset[str]:
    """Return the addresses of all open waits: one query."""
    return frozenset(models.Wait.objects.filter(state__in=OPEN).values_list("email", flat=True).distinct())


def lock_open(emails: Collection[str]) -> list[models.Wait]:
    """Return the open waits of these addresses, locked."""
    return list(models.Wait.objects.select_for_update().filter(email__in=list(emails), state__in=OPEN).order_by("id"))


def add_wait(asked: WaitAsked, *, customer_id: CustomerId | None, expires_at: datetime, now: datetime) -> models.Wait:
    """Write a wait whose address is not confirmed yet."""
    return models.Wait.objects.create(
        variant_id=asked.variant_id, customer_id=customer_id, email=asked.email, language=asked.language, wording=asked.wording,
        token=new_token(), asked_at=now, expires_at=expires_at,
    )  # fmt: skip


def lock_wait(token: str) -> models.Wait:
    """Return the row behind a link, locked until the transaction ends. Raises NotFound."""
    row = models.Wait.objects.select_for_update().filter(token=token).first()
    if row is None:
        raise NotFound("wait", "")
    return row


def lock_own(wait_id: WaitId, customer_id: CustomerId) -> models.Wait:
    """Return the row of a customer's own wait, locked until the transaction ends. Raises NotFound."""
    row = models.Wait.objects.select_for_update().filter(pk=wait_id, customer_id=customer_id).first()
    if row is None:
        raise NotFound("wait", wait_id)
    return row


def next_waiting(free: Mapping[VariantId, int], *, passing: Collection[WaitId], limit: int, now: datetime) -> tuple[Wait, ...]:
    """Return the first of each variant's queue, as many as have room and as are passed over, those who wait longest first: one query."""
    variants = sorted(free)
    if not variants:
        return ()
    values = [variants, [min(free[each] + len(passing), limit) for each in variants], now, list(passing), limit]
    return tuple(map(_wait, statements.rows(_NEXT, values)))


def lock_waiting(wait_ids: Collection[WaitId], now: datetime) -> list[models.Wait]:
    """Return those of these waits that still wait, locked, in the order of their queue."""
    rows = models.Wait.objects.select_for_update().filter(pk__in=list(wait_ids), state=WaitState.WAITING, expires_at__gt=now)
    return list(rows.order_by("confirmed_at", "id"))


def told_since(variant_ids: Collection[VariantId], since: datetime) -> dict[VariantId, int]:
    """Return how many were told of each variant since a moment: one query."""
    return {VariantId(variant): count for variant, count in statements.rows(_TOLD, [list(variant_ids), since])}


def waited_for() -> tuple[VariantId, ...]:
    """Return the variants somebody waits for: one query."""
    return tuple(VariantId(row[0]) for row in statements.rows(_WAITED_FOR, []))


def lock_overdue(now: datetime, limit: int) -> list[models.Wait]:
    """Return open waits whose time is up, locked; those another worker has in hand are left to it."""
    rows = models.Wait.objects.select_for_update(skip_locked=True).filter(state__in=OPEN, expires_at__lte=now)
    return list(rows.order_by("expires_at", "id")[:limit])


def forget_addresses(before: datetime, limit: int) -> int:
    """Take the address off waits that ended before a moment; return how many."""
    old = models.Wait.objects.filter(state__in=ENDED, ended_at__lt=before).exclude(email="").values_list("pk", flat=True)[:limit]
    return models.Wait.objects.filter(pk__in=list(old), state__in=ENDED).update(email="")


def shape_of(row: models.Wait) -> Wait:
    """Return a row as it crosses the face."""
    return _wait([getattr(row, name) for name in _COLUMNS.split(", ")])


# ── demand ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def demand(start: int, size: int) -> tuple[tuple[Demand, ...], int]:
    """Return what is waited and wished for, the most waited for first, and how many variants there are in all: one query."""
    rows = statements.rows(_DEMAND, [size, start])
    found = tuple(Demand(variant_id=VariantId(row[0]), waiting=row[1], wished=row[2], since=row[3]) for row in rows)
    total = rows[0][4] if rows else models.Demand.objects.count() if start else 0
    return found, total


def demand_of(variant_ids: Collection[VariantId]) -> dict[VariantId, Demand]:
    """Return what is waited and wished for of these variants; those nobody wants are left out: one query."""
    rows = statements.rows(_DEMAND_OF, [list(variant_ids)])
    return {VariantId(row[0]): Demand(variant_id=VariantId(row[0]), waiting=row[1], wished=row[2], since=row[3]) for row in rows}
