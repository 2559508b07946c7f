"""What staff told search, and what it was asked: every query of these tables."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction

from shopkeeper.selling.search import models
from shopkeeper.selling.search.rules import steering
from shopkeeper.selling.search.rules.steering import Common, Steering
from shopkeeper.selling.search.shapes import AlreadySteered, AskedOn

_lock = Lock()
_kept: tuple[UUID | None, Steering] = (None, Steering())
"""Everything staff told, as of an edition; no edition: they told nothing yet."""


def kept() -> tuple[UUID | None, Steering]:
    """Return what this process remembers and of which edition: no statement. The edition is compared with what a search reads along."""
    return _kept


def read() -> tuple[UUID | None, Steering]:
    """Read everything staff told and which words are common anew, and remember it: one statement for each kind."""
    global _kept  # noqa: PLW0603 - one value, replaced whole
    with transaction.atomic():
        edition = models.Edition.objects.values_list("token", flat=True).first()
        groups = tuple(models.Synonyms.objects.order_by("pk").values_list("words", flat=True))
        redirects = dict(models.Redirect.objects.values_list("asked", "address"))
        pins = {asked: tuple(ids) for asked, ids in models.Pin.objects.values_list("asked", "product_ids")}
        common = _common()
    synonyms = tuple(steering.groups(each) for each in groups)
    found = Steering(synonyms=synonyms, redirects=redirects, pins=pins, common=common)
    with _lock:
        _kept = (edition, found)
    return _kept


_COMMON = """
    SELECT kind, CASE kind WHEN 1 THEN facet END AS word, sum(bit_count(goods))::bigint FROM search_held WHERE kind > 0 GROUP BY 1, 2
"""


def _common() -> Common:
    """Read which words are common. Every good sells in one way, so those ways count the goods."""
    with connection.cursor() as cursor:
        cursor.execute(_COMMON)
        found = cursor.fetchall()
    return Common(words={word: goods for kind, word, goods in found if kind == 1}, goods=sum(row[2] for row in found if row[0] == 2))


def moved() -> None:
    """Give what staff told a new edition, in the caller's transaction."""
    models.Edition.objects.update_or_create(id=1, defaults={"token": uuid4()})


def save(model: type[models.Synonyms | models.Redirect | models.Pin], row_id: int | None, *, now: datetime, **values: object) -> int:
    """Write a row and return its id. Raises AlreadySteered where another says the same thing of the same words."""
    row = model.objects.get(pk=row_id) if row_id else model()
    for name, value in values.items():
        setattr(row, name, value)
    row.changed_at = now
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise AlreadySteered(
            "Said already", field="words" if model is models.Synonyms else "asked", value=next(iter(values.values()))
        ) from error
    moved()
    return int(row.pk)


# ── what was asked ────────────────────────────────────────────────────────────────────────────────────────────────────

# The words are kept at once where they may be, or once the query was asked on enough days, this one included.
_COUNT = """
    INSERT INTO search_asked (day, language, mark, words, searches, in_vain, opened)
    SELECT %(day)s, %(language)s, %(mark)s,
        CASE WHEN (SELECT count(DISTINCT day) FROM search_asked WHERE mark = %(mark)s AND day <> %(day)s) + 1 >= %(days)s
            THEN %(later)s ELSE %(now)s END, 1, %(in_vain)s, 0
    ON CONFLICT (day, language, mark) DO UPDATE SET searches = search_asked.searches + 1, in_vain = search_asked.in_vain + excluded.in_vain,
        words = CASE WHEN search_asked.words = '' THEN excluded.words ELSE search_asked.words END
"""

_SPREAD = """
    UPDATE search_asked mute SET words = told.words FROM (SELECT DISTINCT ON (mark) mark, words FROM search_asked WHERE words <> '') told
    WHERE mute.mark = told.mark AND mute.words = ''
"""


def count(*, day: date, language: str, mark: bytes, is_in_vain: bool, words_now: str, words_later: str, days: int) -> None:
    """Count a search, with `words_now`, or with `words_later` where it was asked on so many days: one statement."""
    named: dict[str, Any] = {
        "day": day,
        "language": language,
        "mark": mark,
        "in_vain": int(is_in_vain),
        "now": words_now,
        "later": words_later,
        "days": days,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, named)


def opened(*, day: date, language: str, mark: bytes) -> None:
    """Count that a result was opened; where nobody searched for it that day, nothing is counted."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE search_asked SET opened = opened + 1 WHERE day = %s AND language = %s AND mark = %s", [day, language, mark])


def asked(*, since: date) -> Sequence[AskedOn]:
    """Return what was asked from a day on, newest day first, then what was asked most."""
    rows = models.Asked.objects.filter(day__gte=since).order_by("-day", "-searches", "pk")
    return [
        AskedOn(day=row.day, language=row.language, words=row.words, searches=row.searches, in_vain=row.in_vain, opened=row.opened)
        for row in rows
    ]


def forget_asked(*, today: date, days: int, days_without_words: int) -> int:
    """Forget what was counted longer ago than so many days, sooner where no words are kept, and return how many rows went.

    Words kept of a query are first put beside all that was counted of it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SPREAD)
    old = models.Asked.objects.filter(day__lt=today - timedelta(days=days))
    mute = models.Asked.objects.filter(day__lt=today - timedelta(days=days_without_words), words="")
    return old.delete()[0] + mute.delete()[0]
