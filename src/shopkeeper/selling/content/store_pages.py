"""Every query of what engines are told, and of how pages were found."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Min

from shopkeeper.kit import statements
from shopkeeper.kit.text import LANGUAGES, Bilingual
from shopkeeper.selling.content.models import EngineWords as WordsRow
from shopkeeper.selling.content.models import PageLook
from shopkeeper.selling.content.shapes_pages import EngineWords, Finding, FixAt, Look, PageKind, PageRef, Severity, Spread, WordsKind

_COMMON = """
    SELECT found ->> 'code', count(*) FROM content_pagelook, jsonb_array_elements(findings) found GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %s
"""
_SPREAD = "SELECT least(score / 10, 9), count(*), sum(score), min(looked_at), max(looked_at) FROM content_pagelook GROUP BY 1"


def words(kind: WordsKind, subject_id: int) -> EngineWords | None:
    row = WordsRow.objects.filter(kind=kind.value, subject_id=subject_id).first()
    return None if row is None else _words(row)


def words_of(kind: WordsKind, subject_ids: Sequence[int]) -> dict[int, EngineWords]:
    rows = WordsRow.objects.filter(kind=kind.value, subject_id__in=subject_ids)
    return {row.subject_id: _words(row) for row in rows}


def words_changed() -> dict[tuple[str, int], datetime]:
    return {(kind, subject): at for kind, subject, at in WordsRow.objects.values_list("kind", "subject_id", "changed_at")}


def save_words(kind: WordsKind, subject_id: int, draft: EngineWords, now: datetime) -> None:
    if not draft.says_something:
        WordsRow.objects.filter(kind=kind.value, subject_id=subject_id).delete()
        return
    WordsRow.objects.update_or_create(
        kind=kind.value,
        subject_id=subject_id,
        defaults={
            "title_en": draft.title.en,
            "title_zh": draft.title.zh,
            "description_en": draft.description.en,
            "description_zh": draft.description.zh,
            "changed_at": now,
        },
    )


def lock(name: str) -> None:
    """Wait for, and hold until the transaction ends, the right to change what goes by this name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"content:{name}"])


def row_of(page: PageRef, language: str) -> PageLook | None:
    return PageLook.objects.filter(kind=page.kind.value, subject=page.subject, language=language).first()


def row(look_id: int) -> PageLook | None:
    return PageLook.objects.filter(pk=look_id).first()


def same(field: str, language: str, text: str, but: int | None, most: int) -> list[PageLook]:
    """Return other pages that carry the same words, those looked at first at the head."""
    if not text:
        return []
    return list(PageLook.objects.filter(**{field: text}, language=language).exclude(pk=but or 0).order_by("pk")[:most])


def write(page: PageRef, language: str, values: Mapping[str, Any]) -> PageLook:
    saved, _made = PageLook.objects.update_or_create(kind=page.kind.value, subject=page.subject, language=language, defaults=values)
    return saved


def put_right(row: PageLook, findings: Sequence[Finding], score: int) -> None:
    """Write what another page's words changed here; when it was looked at, and what its score was before, stay."""
    PageLook.objects.filter(pk=row.pk).update(findings=packed(findings), score=score)


def looks(page: PageRef) -> tuple[Look, ...]:
    rows = PageLook.objects.filter(kind=page.kind.value, subject=page.subject).order_by("language")
    return tuple(look(each) for each in rows)


def listed(*, below: int, code: str, first: int, size: int) -> tuple[tuple[Look, ...], int]:
    rows = PageLook.objects.filter(score__lt=below)
    if code:
        rows = rows.filter(findings__contains=[{"code": code}])
    return tuple(look(each) for each in rows.order_by("score", "pk")[first : first + size]), rows.count()


def oldest_looks() -> dict[tuple[str, str], datetime]:
    """Return when each page was looked at, in the language in which that is longer ago."""
    rows = PageLook.objects.values("kind", "subject").annotate(at=Min("looked_at")).values_list("kind", "subject", "at")
    return {(kind, subject): at for kind, subject, at in rows}


_OLDEST_OF = """
    SELECT subject, min(looked_at) FROM content_pagelook WHERE kind = %s AND subject = ANY (%s::text[])
    GROUP BY subject HAVING count(*) = %s
"""


def oldest_looks_of(kind: PageKind, subjects: Sequence[str]) -> dict[str, datetime]:
    """Return when each of these pages was looked at, in the language in which that is longer ago; one that lacks a language is left out."""
    return dict(statements.rows(_OLDEST_OF, [kind.value, list(subjects), len(LANGUAGES)]))


def scores() -> dict[int, int]:
    """Return how many pages lie in each step of ten points; 100 counts to the last."""
    return dict(statements.rows("SELECT least(score / 10, 9)::int, count(*) FROM content_pagelook GROUP BY 1", []))


def forget(kind: PageKind, subjects: Sequence[str]) -> list[PageLook]:
    """Remove the looks at pages of a kind that are no more, and return them; `subjects` are those that are."""
    gone = list(PageLook.objects.filter(kind=kind.value).exclude(subject__in=list(subjects)))
    PageLook.objects.filter(pk__in=[each.pk for each in gone]).delete()
    return gone


def spread(most: int) -> Spread:
    rows = statements.rows(_SPREAD, [])
    counts = {int(step): int(count) for step, count, *_rest in rows}
    pages, total = sum(counts.values()), sum(int(each[2]) for each in rows)
    return Spread(
        counts=tuple(counts.get(step, 0) for step in range(10)),
        mean=round(total / pages) if pages else 0,
        pages=pages,
        oldest=min((each[3] for each in rows), default=None),
        newest=max((each[4] for each in rows), default=None),
        common=tuple((str(code), int(count)) for code, count in statements.rows(_COMMON, [most])),
    )


def packed(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [{"code": each.code, "severity": each.severity.value, "fix": each.fix.value, "values": dict(each.values)} for each in findings]


def findings(kept: Sequence[Mapping[str, Any]]) -> tuple[Finding, ...]:
    return tuple(
        Finding(code=each["code"], severity=Severity(each["severity"]), fix=FixAt(each["fix"]), values=each["values"]) for each in kept
    )


def look(row: PageLook) -> Look:
    return Look(
        id=row.pk,
        page=PageRef(kind=PageKind(row.kind), subject=row.subject),
        language=row.language,
        address=row.address,
        title=row.title,
        description=row.description,
        status=row.status,
        score=row.score,
        score_before=row.score_before,
        findings=findings(row.findings),
        words=row.words,
        size=row.size,
        took_ms=row.took_ms,
        looked_at=row.looked_at,
    )


def _words(row: WordsRow) -> EngineWords:
    return EngineWords(
        title=Bilingual(row.title_en, row.title_zh),
        description=Bilingual(row.description_en, row.description_zh),
    )
