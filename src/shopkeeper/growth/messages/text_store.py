"""Every query of the words of letters and of the letters' settings."""

from datetime import datetime

from django.db import connection

from shopkeeper.growth.messages.models import LetterSetting
from shopkeeper.growth.messages.models import LetterText as Row
from shopkeeper.growth.messages.shapes import InForce, LetterSettings, LetterText, MailKind, ReviewGround, Words
from shopkeeper.kit.ids import UserId

_FIELDS = tuple(Words.__dataclass_fields__)


def latest(letter: MailKind, language: str) -> LetterText | None:
    row = Row.objects.filter(letter=letter.value, language=language).order_by("-version").first()
    return None if row is None else _shape(row)


def all_latest() -> dict[tuple[MailKind, str], LetterText]:
    rows = Row.objects.order_by("letter", "language", "-version").distinct("letter", "language")
    known = {kind.value for kind in MailKind}
    return {(MailKind(row.letter), row.language): _shape(row) for row in rows if row.letter in known}


def versions(letter: MailKind, language: str) -> tuple[LetterText, ...]:
    return tuple(_shape(row) for row in Row.objects.filter(letter=letter.value, language=language).order_by("-version"))


def lock(letter: MailKind, language: str) -> None:
    """Wait for, and hold until the transaction ends, the right to publish these words: their versions are numbered one by one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"letter:{letter.value}:{language}"])


def add(present: InForce, words: Words | None, *, actor: UserId | None, now: datetime) -> LetterText:
    """Write the version after the one in force."""
    said = {name: getattr(words, name) for name in _FIELDS} if words else {}
    row = Row.objects.create(
        letter=present.letter.value,
        language=present.language,
        version=present.version + 1,
        is_own=words is None,
        published_at=now,
        published_by_id=actor,
        **said,
    )
    return _shape(row)


def settings() -> LetterSettings:
    row = LetterSetting.objects.filter(pk=1).first()
    return LetterSettings() if row is None else LetterSettings(review_ground=ReviewGround(row.review_ground), review_days=row.review_days)


def save_settings(wanted: LetterSettings) -> None:
    LetterSetting.objects.update_or_create(pk=1, defaults={"review_ground": wanted.review_ground.value, "review_days": wanted.review_days})


def _shape(row: Row) -> LetterText:
    words = None if row.is_own else Words(**{name: getattr(row, name) for name in _FIELDS})
    return LetterText(
        id=row.pk,
        letter=MailKind(row.letter),
        language=row.language,
        version=row.version,
        words=words,
        published_at=row.published_at,
        published_by=None if row.published_by_id is None else UserId(row.published_by_id),
    )
