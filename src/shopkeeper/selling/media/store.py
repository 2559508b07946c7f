"""Every query of the media room: rows ↔ shapes, and the bytes."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max, Q, Value
from django.db.models.functions import Greatest

from shopkeeper.kit import statements
from shopkeeper.kit.ids import PictureId, ProductId, VariantId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.media import models
from shopkeeper.selling.media.rules import cutting
from shopkeeper.selling.media.rules.making import Made
from shopkeeper.selling.media.shapes import Cut, Format, Picture, PictureDraft

DROPPED_AT_ONCE = 200
"""So many originals, cuts or films are removed in one transaction."""

JOB = "make_pictures"
"""The job of `wiring/schedule.py` that makes what `public.make_waiting` does."""

_PICTURE = """
    SELECT {distinct} p.id, p.product_id, p.alt_en, p.alt_zh, p.focus_x, p.focus_y, w.key, w.width, w.height, w.is_ready,
           s.key, s.width, s.height, s.is_ready, {variants}
    FROM media_picture p JOIN media_cut w ON w.key = p.whole_id JOIN media_cut s ON s.key = p.square_id {more}
"""
_SHOWN = "ARRAY(SELECT v.variant_id FROM media_picturevariant v WHERE v.picture_id = p.id ORDER BY v.id)"

_FIRST = _PICTURE.format(
    distinct="DISTINCT ON (p.product_id)",
    variants="NULL::bigint[]",
    more="WHERE p.product_id = ANY (%s::bigint[]) ORDER BY p.product_id, p.position, p.id",
)
_OF_VARIANTS = _PICTURE.format(
    distinct="DISTINCT ON (o.variant_id)",
    variants="ARRAY[o.variant_id]",
    more="JOIN media_picturevariant o ON o.picture_id = p.id WHERE o.variant_id = ANY (%s::bigint[]) "
    "AND p.product_id = ANY (%s::bigint[]) ORDER BY o.variant_id, p.position, p.id",
)
_GALLERY = _PICTURE.format(distinct="", variants=_SHOWN, more="WHERE p.product_id = %s ORDER BY p.position, p.id")
_ONE = _PICTURE.format(distinct="", variants=_SHOWN, more="WHERE p.id = %s")


# ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────────────


def first(product_ids: Sequence[ProductId]) -> dict[ProductId, Picture]:
    """Return the first picture of each of these products: one query; those without are left out."""
    found = statements.rows(_FIRST, [list(product_ids)]) if product_ids else []
    return {ProductId(row[1]): _picture(row) for row in found}


def of_variants(product_ids: Sequence[ProductId], variant_ids: Sequence[VariantId]) -> dict[VariantId, Picture]:
    """Return the first picture of each of these variants among those of these products: one query; those without are left out."""
    found = statements.rows(_OF_VARIANTS, [list(variant_ids), list(product_ids)]) if variant_ids else []
    return {VariantId(row[14][0]): _picture(row) for row in found}


def gallery(product_id: ProductId) -> tuple[Picture, ...]:
    """Return a product's pictures in their order."""
    return tuple(_picture(row) for row in statements.rows(_GALLERY, [product_id]))


def picture(picture_id: PictureId) -> Picture:
    """Return a picture. Raises NotFound."""
    row = statements.row(_ONE, [picture_id]) if 0 < picture_id < 2**63 else None
    if row is None:
        raise NotFound("picture", picture_id)
    return _picture(row)


def _picture(row: Sequence[Any]) -> Picture:
    return Picture(
        id=PictureId(row[0]),
        product_id=ProductId(row[1]),
        alt=Bilingual(row[2], row[3]),
        focus=(row[4], row[5]),
        whole=Cut(key=row[6], is_square=False, width=row[7], height=row[8], is_ready=row[9]),
        square=Cut(key=row[10], is_square=True, width=row[11], height=row[12], is_ready=row[13]),
        variants=tuple(VariantId(each) for each in row[14] or ()),
    )


def cut_of(row: models.Cut) -> Cut:
    """Return a cut as it crosses the face."""
    return Cut(key=row.key, is_square=row.is_square, width=row.width, height=row.height, is_ready=row.is_ready)


# ── bytes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def size(key: str, width: int, wanted: Format) -> bytes | None:
    """Return the bytes of a cut at a width in a format, None where there are none."""
    found = models.Size.objects.filter(cut=key, width=width, format=wanted.value).values_list("content", flat=True).first()
    return None if found is None else bytes(found)


def put_original(made: Made, now: datetime) -> None:
    """Keep an original, or note that it was seen again: whoever tidies up leaves what was seen lately."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO media_original (sha, content, width, height, seen_at) VALUES (%s, %s, %s, %s, %s) "
            "ON CONFLICT (sha) DO UPDATE SET seen_at = greatest(media_original.seen_at, excluded.seen_at)",
            [made.sha, made.content, made.width, made.height, now],
        )


def still_seen(sha: str, now: datetime) -> None:
    """Note that an original was shown until now: its days unused begin here. Its row stays locked until the transaction ends."""
    models.Original.objects.filter(pk=sha).update(seen_at=Greatest("seen_at", Value(now)))


def put_cut(sha: str, *, measure: tuple[int, int], is_square: bool, focus: tuple[int, int]) -> models.Cut:
    """Return the cut of an original, whole or a square around a focus; it is made where there is none yet."""
    key = cutting.square_key(sha, focus) if is_square else cutting.whole_key(sha)
    width, height = (min(measure), min(measure)) if is_square else measure
    x, y = focus if is_square else (50, 50)
    made = models.Cut(key=key, original_id=sha, is_square=is_square, focus_x=x, focus_y=y, width=width, height=height)
    models.Cut.objects.bulk_create([made], ignore_conflicts=True)
    return models.Cut.objects.get(pk=key)


def put_sizes(key: str, made: Iterable[tuple[int, Format, bytes]]) -> None:
    """Keep sizes of a cut; those that somebody else has kept meanwhile stay as they are."""
    rows = [models.Size(cut_id=key, width=width, format=each.value, content=content) for width, each, content in made]
    models.Size.objects.bulk_create(rows, ignore_conflicts=True)


def has_sizes(key: str) -> bool:
    """Return whether a cut has its first sizes, so that they need not be made again."""
    return models.Size.objects.filter(cut=key, format=Format.JPEG.value).exists()


def original(sha: str) -> tuple[bytes, int, int]:
    """Return the bytes and the measure of an original. Raises NotFound."""
    row = models.Original.objects.filter(pk=sha).values_list("content", "width", "height").first()
    if row is None:
        raise NotFound("picture", sha)
    return bytes(row[0]), row[1], row[2]


_SHOWN_BY = Q(pk__in=models.Picture.objects.values("whole")) | Q(pk__in=models.Picture.objects.values("square"))


def waiting() -> list[models.Cut]:
    """Return the cuts that pages show and that are not there in every format yet."""
    posters = Q(pk__in=models.Video.objects.filter(poster__isnull=False).values("poster"))
    return list(models.Cut.objects.filter(_SHOWN_BY | posters, is_ready=False).order_by("key"))


def mark_ready(key: str) -> None:
    """Write that a cut is there in every format."""
    models.Cut.objects.filter(pk=key, is_ready=False).update(is_ready=True)


def drop_unused(before: datetime) -> int:
    """Remove originals that nobody shows or keeps and that were last seen before a moment, with all that was made of them."""
    used = models.Picture.objects.values("original"), models.Kept.objects.values("original")
    posters = models.Cut.objects.filter(pk__in=models.Video.objects.filter(poster__isnull=False).values("poster")).values("original")
    loose = models.Original.objects.filter(seen_at__lt=before).exclude(pk__in=used[0]).exclude(pk__in=used[1]).exclude(pk__in=posters)
    # Locked and looked at again: an upload of the same picture in this moment has noted that it was seen.
    gone = list(loose.select_for_update(skip_locked=True).values_list("sha", flat=True)[:DROPPED_AT_ONCE])
    gone = list(models.Original.objects.filter(pk__in=gone, seen_at__lt=before).values_list("sha", flat=True))
    models.Size.objects.filter(cut__original__in=gone).delete()
    models.Cut.objects.filter(original__in=gone).delete()
    models.Original.objects.filter(pk__in=gone).delete()
    return len(gone) + _drop_cuts(before)


def _drop_cuts(before: datetime) -> int:
    """Remove squares around former focuses; kept pages named them a while longer."""
    held = models.Kept.objects.values("original")
    posters = models.Video.objects.filter(poster__isnull=False).values("poster")
    loose = models.Cut.objects.filter(original__seen_at__lt=before).exclude(_SHOWN_BY).exclude(pk__in=posters).exclude(original__in=held)
    found = list(loose.values_list("key", "original_id")[:DROPPED_AT_ONCE])
    # Whoever shows a cut anew holds its original, and whoever makes its sizes the cut itself: what is held is left for the next time.
    # And what was shown in the meantime is no longer loose: looked at again once nobody can come in between.
    originals = models.Original.objects.filter(pk__in={sha for _key, sha in found}, seen_at__lt=before).order_by("sha")
    free = list(originals.select_for_update(skip_locked=True).values_list("sha", flat=True))
    cuts = models.Cut.objects.filter(pk__in=[key for key, _sha in found], original__in=free).order_by("key")
    held_now = list(cuts.select_for_update(skip_locked=True).values_list("key", flat=True))
    keys = list(loose.filter(pk__in=held_now).values_list("key", flat=True))
    models.Size.objects.filter(cut__in=keys).delete()
    return models.Cut.objects.filter(pk__in=keys).delete()[0]


# ── a product's gallery ───────────────────────────────────────────────────────────────────────────────────────────────


def lock_gallery(product_id: ProductId) -> None:
    """Let one at a time change what a product shows, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"media.gallery:{product_id}"])


def rows(product_id: ProductId) -> list[models.Picture]:
    """Return a product's pictures as rows, in their order."""
    return list(models.Picture.objects.filter(product_id=product_id).order_by("position", "id"))


def row(picture_id: PictureId) -> models.Picture:
    """Return a picture's row. Raises NotFound."""
    found = models.Picture.objects.filter(pk=picture_id).first() if 0 < picture_id < 2**63 else None
    if found is None:
        raise NotFound("picture", picture_id)
    return found


def last_position(product_id: ProductId) -> int:
    """Return the position of a product's last picture; 0 where it has none."""
    return models.Picture.objects.filter(product_id=product_id).aggregate(last=Max("position"))["last"] or 0


def write(row: models.Picture, draft: PictureDraft) -> None:
    """Write what is said of a picture, and which variants it shows."""
    row.alt_en, row.alt_zh = draft.alt.en, draft.alt.zh
    row.focus_x, row.focus_y = draft.focus
    row.save()
    models.PictureVariant.objects.filter(picture=row).exclude(variant_id__in=draft.variants).delete()
    shown = [models.PictureVariant(picture=row, variant_id=each) for each in draft.variants]
    models.PictureVariant.objects.bulk_create(shown, ignore_conflicts=True)


def arrange(order: Sequence[PictureId]) -> None:
    """Write the order of a product's pictures."""
    rows = {row.id: row for row in models.Picture.objects.filter(pk__in=order)}
    for position, each in enumerate(order, start=1):
        rows[each].position = position
    models.Picture.objects.bulk_update(rows.values(), ["position"])


def remove(row: models.Picture) -> None:
    """Take a picture out of its product's gallery."""
    row.delete()


def hold(originals: Collection[str], holder: str) -> None:
    """Write that somebody keeps these originals."""
    models.Kept.objects.bulk_create([models.Kept(original_id=each, holder=holder) for each in originals], ignore_conflicts=True)
