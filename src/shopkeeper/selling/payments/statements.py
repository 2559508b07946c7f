"""Statement files of the providers, read in and compared with our events; `rules/statements.py` reads, `rules/matching.py` compares."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from django.db import connection, transaction

from shopkeeper.kit.ids import OrderId, PaymentId, UserId
from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.payments import models, stray_news
from shopkeeper.selling.payments.rules import matching
from shopkeeper.selling.payments.rules import statements as formats
from shopkeeper.selling.payments.rules.matching import Compared, OurAct
from shopkeeper.selling.payments.shapes import (
    DIFFERENCES,
    LineKind,
    Outcome,
    Reconciliation,
    StatementLine,
    UnknownProvider,
)

MOST_BYTES = 20_000_000
PROVIDERS = formats.PROVIDERS
_KINDS = {"captured": LineKind.PAYMENT, "refunded": LineKind.REFUND}
_DAY = timedelta(days=1)


@transaction.atomic
def reconcile(*, provider: str, file_name: str, data: bytes, actor: UserId | None, now: datetime) -> Reconciliation:
    """Read a statement file in, compare it, and return how that went; the same file again adds nothing and is only compared anew."""
    if provider not in PROVIDERS:
        raise UnknownProvider(f"No statements of {provider[:40]!r}", field="provider", value=provider[:40])
    if len(data) > MOST_BYTES:
        raise OutOfRange("file", len(data), least=1, most=MOST_BYTES)
    told = [_named(provider, line) for line in formats.lines(provider, data)]
    row, is_new = models.Statement.objects.get_or_create(
        provider=provider, digest=hashlib.sha256(data).hexdigest(), defaults=_summary(file_name, told, now)
    )
    if is_new:
        models.StatementLine.objects.bulk_create([_row(row, line) for line in told], batch_size=2_000)
        after = {"provider": provider, "lines": len(told), "fees_minor": row.fees_minor}
        audit.record(actor=actor, act="payments.reconcile", subject=f"statement:{row.pk}", before=None, after=after, at=now)
    found = compare_again(statement_id=row.pk, now=now)
    return replace(found, was_known=not is_new)


@transaction.atomic
def compare_again(*, statement_id: int, now: datetime) -> Reconciliation:
    """Compare a statement with our events as they are now, and return how that went. Raises NotFound."""
    row = models.Statement.objects.select_for_update().filter(pk=statement_id).first()
    if row is None:
        raise NotFound("statement", statement_id)
    stored = list(row.told.filter(number__isnull=False).order_by("number"))
    lines = [_line(each) for each in stored]
    ours = _acts_called(row.provider, lines)
    compared = matching.compare(lines, ours)
    _keep(stored, compared)
    theirs = [each.line for each in compared if each.outcome is Outcome.THEIRS_ONLY]
    stray_news.hear_statement(provider=row.provider, lines=theirs, now=now)
    _keep_ours_only(row, {each.act.event_id for each in compared if each.act})
    row.differences = row.told.filter(outcome__in=[outcome.value for outcome in DIFFERENCES]).count()
    row.compared_at = now
    row.save(update_fields=["differences", "compared_at"])
    return reconciliation(row)


def reconciliation(row: models.Statement) -> Reconciliation:
    """Return what is kept of a statement and its comparison."""
    counts = Counter(row.told.values_list("outcome", flat=True))
    return Reconciliation(
        statement_id=row.pk,
        provider=row.provider,
        file_name=row.file_name,
        counts={outcome: counts[outcome.value] for outcome in Outcome},
        paid_minor=row.paid_minor,
        refunded_minor=row.refunded_minor,
        fees_minor=row.fees_minor,
        first_at=row.first_at,
        last_at=row.last_at,
        was_known=True,
    )


# ── theirs ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _named(provider: str, line: StatementLine) -> StatementLine:
    """Return a line with our own names in the place of those the provider knows us by."""
    named, keyed = _spelling(provider)
    name = named(line.name) if line.name else ""
    return replace(line, name=name[:64], key=keyed(line.key, name)[:120] if line.key else "")


def _spelling(provider: str) -> tuple[Callable[[str], str], Callable[[str, str], str]]:
    """Return how a provider's numbers of a payment and of a refund turn back into our names."""
    if provider == "alipay":
        from shopkeeper.selling.payments.adapters import alipay

        return alipay.payment_name, alipay.refund_key
    if provider == "wechat":
        from shopkeeper.selling.payments.adapters import wechat

        return str, wechat.refund_key
    return str, lambda key, _name: key


def _summary(file_name: str, told: Sequence[StatementLine], now: datetime) -> dict[str, object]:
    moments = [line.at for line in told if line.at]
    sums = {kind: sum(line.amount_minor for line in told if line.kind is kind) for kind in (LineKind.PAYMENT, LineKind.REFUND)}
    return {
        "file_name": file_name[-255:],
        "first_at": min(moments, default=None),
        "last_at": max(moments, default=None),
        "lines": len(told),
        "paid_minor": sums[LineKind.PAYMENT],
        "refunded_minor": sums[LineKind.REFUND],
        "fees_minor": sum(line.fee_minor for line in told),
        "read_at": now,
        "compared_at": now,
    }


def _row(statement: models.Statement, line: StatementLine) -> models.StatementLine:
    return models.StatementLine(
        statement=statement, number=line.number, kind=line.kind.value, name=line.name, key=line.key, reference=line.reference,
        operation=line.operation, amount_minor=line.amount_minor, fee_minor=line.fee_minor, currency=line.currency, at=line.at,
        reason=line.reason, outcome=(Outcome.UNREADABLE if line.kind is LineKind.UNREADABLE else Outcome.NOT_COMPARED).value,
    )  # fmt: skip


def _line(row: models.StatementLine) -> StatementLine:
    return StatementLine(
        number=row.number or 0, kind=LineKind(row.kind), name=row.name, key=row.key, reference=row.reference, operation=row.operation,
        amount_minor=row.amount_minor, fee_minor=row.fee_minor, currency=row.currency, at=row.at, reason=row.reason,
    )  # fmt: skip


def _keep(stored: Sequence[models.StatementLine], compared: Sequence[Compared]) -> None:
    changed = []
    for row, each in zip(stored, compared, strict=True):
        act = each.act
        before = (row.outcome, row.event_id)
        row.outcome, row.event_id = each.outcome.value, act.event_id if act else None
        row.payment_id, row.order_id = (act.payment_id, act.order_id) if act else (None, None)
        row.ours_minor = act.amount_minor if act else None
        if before != (row.outcome, row.event_id):
            changed.append(row)
    models.StatementLine.objects.bulk_update(changed, ["outcome", "event", "payment", "order_id", "ours_minor"], batch_size=500)


# ── ours ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

_ACTS = """SELECT e.id, p.id, p.order_id, e.kind, p.name, e.key, p.reference, e.reference, e.amount_minor, p.currency, e.at
           FROM payments_paymentevent e JOIN payments_payment p ON p.id = e.payment_id
           WHERE p.provider = %s AND e.kind IN ('captured', 'refunded') AND """


def _acts_called(provider: str, lines: Sequence[StatementLine]) -> list[OurAct]:
    """Return every act of ours that one of the lines may mean."""
    names = sorted({line.name for line in lines if line.name})
    references = sorted({line.reference for line in lines if line.reference})
    operations = sorted({line.operation for line in lines if line.operation})
    called = _ACTS + "p.name = ANY(%s) UNION " + _ACTS + "p.reference = ANY(%s) UNION " + _ACTS + "e.reference = ANY(%s) ORDER BY 1"
    return _acts(called, [provider, names, provider, references, provider, operations])


def _keep_ours_only(row: models.Statement, taken: set[int]) -> None:
    """Note every act of ours of the statement's days that neither it nor another statement of that provider tells of."""
    row.told.filter(number__isnull=True).delete()
    if row.first_at is None or row.last_at is None:
        return
    zone = formats.ZONES.get(row.provider, UTC)
    first, last = _midnight(row.first_at, zone), _midnight(row.last_at, zone) + _DAY
    told = "NOT EXISTS (SELECT FROM payments_statementline l WHERE l.event_id = e.id AND l.number IS NOT NULL)"
    missing = _acts(_ACTS + "e.at >= %s AND e.at < %s AND " + told + " ORDER BY 1", [row.provider, first, last])
    models.StatementLine.objects.bulk_create([_missing(row, act) for act in missing if act.event_id not in taken], batch_size=2_000)


def _missing(statement: models.Statement, act: OurAct) -> models.StatementLine:
    return models.StatementLine(
        statement=statement, number=None, kind=act.kind.value, name=act.name, key=act.key, reference=act.reference,
        operation=act.operation, currency=act.currency, at=act.at, outcome=Outcome.OURS_ONLY.value, ours_minor=act.amount_minor,
        event_id=act.event_id, payment_id=act.payment_id, order_id=act.order_id,
    )  # fmt: skip


def _acts(query: str, values: Sequence[Any]) -> list[OurAct]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [
            OurAct(
                event_id=row[0], payment_id=PaymentId(row[1]), order_id=OrderId(row[2]), kind=_KINDS[row[3]], name=row[4], key=row[5],
                reference=row[6], operation=row[7], amount_minor=row[8], currency=row[9], at=row[10],
            )
            for row in cursor.fetchall()
        ]  # fmt: skip


def _midnight(at: datetime, zone: tzinfo) -> datetime:
    return at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
