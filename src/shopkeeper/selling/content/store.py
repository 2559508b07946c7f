"""Every query of the shop's texts."""

from datetime import datetime

from django.db import connection

from shopkeeper.kit.ids import UserId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.content.models import ShopText as Row
from shopkeeper.selling.content.shapes import Draft, ShopText, TextKind


def latest() -> dict[TextKind, ShopText]:
    rows = Row.objects.order_by("kind", "-version").distinct("kind")
    return {TextKind(row.kind): _shape(row) for row in rows}


def version(kind: TextKind, number: int | None) -> ShopText | None:
    rows = Row.objects.filter(kind=kind.value)
    row = rows.order_by("-version").first() if number is None else rows.filter(version=number).first()
    return None if row is None else _shape(row)


def versions(kind: TextKind) -> tuple[ShopText, ...]:
    return tuple(_shape(row) for row in Row.objects.filter(kind=kind.value).order_by("-version"))


def lock(kind: TextKind) -> None:
    """Wait for, and hold until the transaction ends, the right to publish this text: its versions are numbered one by one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"content:{kind.value}"])


def add(draft: Draft, *, number: int, actor: UserId | None, now: datetime) -> ShopText:
    row = Row.objects.create(
        kind=draft.kind.value,
        version=number,
        title_en=draft.title.en,
        title_zh=draft.title.zh,
        body_en=draft.body.en,
        body_zh=draft.body.zh,
        published_at=now,
        published_by_id=actor,
    )
    return _shape(row)


def _shape(row: Row) -> ShopText:
    return ShopText(
        id=row.pk,
        kind=TextKind(row.kind),
        title=Bilingual(row.title_en, row.title_zh),
        body=Bilingual(row.body_en, row.body_zh),
        version=row.version,
        published_at=row.published_at,
    )
