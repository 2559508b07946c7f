"""Every query of the approvals room. Each step of an approval is one guarded write."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from shopkeeper.kit import statements
from shopkeeper.kit.ids import ApprovalId, UserId
from shopkeeper.ops.approvals import models
from shopkeeper.ops.approvals.shapes import Approval, ApprovalState, Limits


def add(**fields: Any) -> Approval | None:
    """Add an approval that waits and return it; None where the same one waits already, or the key was used."""
    try:
        with transaction.atomic():
            return shape(models.Approval.objects.create(**fields))
    except IntegrityError:
        return None


def by_key(key: str) -> Approval | None:
    return _first(key=key)


def waiting_with(digest: str) -> Approval | None:
    return _first(digest=digest, state=ApprovalState.WAITING)


def given_with(act: str, digest: str) -> Approval | None:
    return _first(act=act, digest=digest, state=ApprovalState.GIVEN)


def approved(act: str, subject: str) -> list[Approval]:
    rows = models.Approval.objects.filter(act=act, subject=subject, state=ApprovalState.DONE).order_by("-decided_at", "-pk")
    return [shape(row) for row in rows]


def one(approval_id: int) -> Approval | None:
    return _first(pk=approval_id)


def step(approval_id: int, *, before: ApprovalState, after: ApprovalState, now: datetime | None = None, **fields: Any) -> bool:
    """Take an approval from one state to another and return whether it was there; with `now`, only while its time is not up."""
    rows = models.Approval.objects.filter(pk=approval_id, state=before.value)
    if now is not None:
        rows = rows.filter(expires_at__gt=now)
    return rows.update(state=after.value, **fields) == 1


def expire(now: datetime) -> list[ApprovalId]:
    """End what waited longer than it may, and return which."""
    with transaction.atomic():
        rows = models.Approval.objects.select_for_update(skip_locked=True).filter(state=ApprovalState.WAITING, expires_at__lte=now)
        found = [ApprovalId(pk) for pk in rows.order_by("pk").values_list("pk", flat=True)]
        models.Approval.objects.filter(pk__in=found).update(state=ApprovalState.EXPIRED.value, ended_at=now)
    return found


def given_before(moment: datetime, *, but_acts: tuple[str, ...]) -> list[ApprovalId]:
    rows = models.Approval.objects.filter(state=ApprovalState.GIVEN, decided_at__lt=moment).exclude(act__in=but_acts)
    return [ApprovalId(pk) for pk in rows.order_by("pk").values_list("pk", flat=True)]


def count_waiting(now: datetime) -> int:
    values = [ApprovalState.WAITING.value, now]
    (found,) = statements.row("SELECT count(*) FROM approvals_approval WHERE state = %s AND expires_at > %s", values)
    return int(found)


def waiting_about(subject: str, now: datetime) -> list[Approval]:
    rows = models.Approval.objects.filter(state=ApprovalState.WAITING, subject=subject, expires_at__gt=now).order_by("asked_at", "pk")
    return [shape(row) for row in rows]


def limits() -> Limits | None:
    row = models.Limits.objects.first()
    return None if row is None else Limits(refund_over_minor=row.refund_over_minor, price_drop_percent=row.price_drop_percent)


def save_limits(found: Limits) -> None:
    fields = {"refund_over_minor": found.refund_over_minor, "price_drop_percent": found.price_drop_percent}
    models.Limits.objects.update_or_create(pk=1, defaults=fields)


def _first(**wanted: Any) -> Approval | None:
    row = models.Approval.objects.filter(**wanted).first()
    return None if row is None else shape(row)


def shape(row: models.Approval) -> Approval:
    """Return a row as it crosses the face."""
    values: Mapping[str, object] = row.values
    return Approval(
        id=ApprovalId(row.pk), act=row.act, subject=row.subject, values=values, digest=row.digest, state=ApprovalState(row.state),
        asked_by=_user(row.asked_by_id), asked_at=row.asked_at, expires_at=row.expires_at, decided_by=_user(row.decided_by_id),
        decided_at=row.decided_at, note=row.note, outcome=row.outcome,
    )  # fmt: skip


def _user(pk: int | None) -> UserId | None:
    return None if pk is None else UserId(pk)
