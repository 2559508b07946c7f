"""Videos of goods and what is said in them. A film is kept as it was sent: it is checked, not made anew."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Greatest

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks, statements
from shopkeeper.kit.ids import ProductId, UserId, VideoId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import public as audit
from shopkeeper.ops.jobs import public as jobs
from shopkeeper.selling.media import models, store
from shopkeeper.selling.media.rules import kinds, making, stretches, tracks
from shopkeeper.selling.media.rules.making import Made
from shopkeeper.selling.media.shapes import (
    MOST_ALT,
    MOST_TRACK_BYTES,
    MOST_VIDEO_BYTES,
    MOST_VIDEOS,
    Cut,
    FileTooLarge,
    Format,
    NotATrack,
    NotAVideo,
    PictureIsThere,
    Sent,
    Stretch,
    TooManyPictures,
    Track,
    Video,
    VideoKind,
)

_VIDEO = """
    SELECT v.id, v.product_id, f.sha, f.kind, f.size, v.caption_en, v.caption_zh, c.key, c.width, c.height, c.is_ready,
           ARRAY(SELECT t.language FROM media_track t WHERE t.video_id = v.id ORDER BY t.language),
           ARRAY(SELECT t.key FROM media_track t WHERE t.video_id = v.id ORDER BY t.language)
    FROM media_video v JOIN media_film f ON f.sha = v.film_id LEFT JOIN media_cut c ON c.key = v.poster_id
"""
_OF_PRODUCT = _VIDEO + "WHERE v.product_id = %s ORDER BY v.position, v.id"
_ONE = _VIDEO + "WHERE v.id = %s"
_MEDIA_TYPES = {VideoKind.MP4: "video/mp4", VideoKind.WEBM: "video/webm"}


def of_product(product_id: ProductId) -> tuple[Video, ...]:
    """Return a product's videos in their order: one query."""
    return tuple(_shape(row) for row in statements.rows(_OF_PRODUCT, [product_id]))


def video(video_id: VideoId) -> Video:
    """Return a video. Raises NotFound."""
    row = statements.row(_ONE, [video_id]) if 0 < video_id < 2**63 else None
    if row is None:
        raise NotFound("video", video_id)
    return _shape(row)


def _shape(row: Sequence[Any]) -> Video:
    return Video(
        id=VideoId(row[0]),
        product_id=ProductId(row[1]),
        key=row[2],
        kind=VideoKind(row[3]),
        size=row[4],
        caption=Bilingual(row[5], row[6]),
        poster=Cut(key=row[7], is_square=False, width=row[8], height=row[9], is_ready=row[10]) if row[7] else None,
        tracks=tuple(Track(language=language, key=key) for language, key in zip(row[11], row[12], strict=True)),
    )


def add_video(
    *, product_id: ProductId, film: Sent, caption: Bilingual, poster: Sent | None = None, actor: UserId | None, now: datetime
) -> Video:
    """Add a video to a product's gallery, with the picture that stands there before it plays, and return it.

    Raises FileTooLarge, NotAVideo, PictureIsThere, TooManyPictures, Malformed, OutOfRange, and for the poster as pictures do.
    """
    if len(film.content) > MOST_VIDEO_BYTES:
        raise FileTooLarge(len(film.content), MOST_VIDEO_BYTES, name=film.name, field="video")
    kind = kinds.kind_of(film.content)
    if kind not in list(VideoKind):
        raise NotAVideo(kind, name=film.name)
    tidy = checks.both_lines(caption, field="caption", least=1, most=MOST_ALT)
    made = making.anew(poster.content, name=poster.name, field="poster") if poster else None
    sha = sha256(film.content).hexdigest()
    with transaction.atomic():
        store.lock_gallery(product_id)
        count = models.Video.objects.filter(product_id=product_id).count()
        if count >= MOST_VIDEOS:
            raise TooManyPictures(count + 1, MOST_VIDEOS, field="video")
        if models.Video.objects.filter(product_id=product_id, film=sha).exists():
            raise PictureIsThere(film.name, field="video")
        _put_film(sha, kind, film.content, now)
        row = models.Video.objects.create(
            product_id=product_id, position=count + 1, film_id=sha, poster=_poster(made, now), caption_en=tidy.en, caption_zh=tidy.zh,
            added_at=now,
        )  # fmt: skip
        found = video(VideoId(row.id))
        _tell(found, actor, now, before=None, after=_told(found))
    return found


def _put_film(sha: str, kind: str, content: bytes, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO media_film (sha, kind, size, seen_at) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (sha) DO UPDATE SET seen_at = greatest(media_film.seen_at, excluded.seen_at)",
            [sha, kind, len(content), now],
        )
    if not models.FilmPiece.objects.filter(film=sha).exists():
        for number, piece in enumerate(stretches.pieces(content)):
            models.FilmPiece.objects.create(film_id=sha, number=number, content=piece)


def _poster(made: Made | None, now: datetime) -> models.Cut | None:
    if made is None:
        return None
    store.put_original(made, now)
    cut = store.put_cut(made.sha, measure=(made.width, made.height), is_square=False, focus=(50, 50))
    if not store.has_sizes(cut.key):
        store.put_sizes(cut.key, making.sizes(made.content, box=None, widths=store.cut_of(cut).widths, formats=[Format.JPEG]))
    return cut


@transaction.atomic
def change_video(*, video_id: VideoId, caption: Bilingual, actor: UserId | None, now: datetime) -> Video:
    """Change what is said below a video and return it. The same again changes nothing. Raises NotFound, Malformed, OutOfRange."""
    tidy = checks.both_lines(caption, field="caption", least=1, most=MOST_ALT)
    before = video(video_id)
    store.lock_gallery(before.product_id)
    if before.caption == tidy:
        return before
    models.Video.objects.filter(pk=video_id).update(caption_en=tidy.en, caption_zh=tidy.zh)
    after = video(video_id)
    _tell(after, actor, now, before=_told(before), after=_told(after))
    return after


@transaction.atomic
def remove_video(*, video_id: VideoId, actor: UserId | None, now: datetime) -> None:
    """Take a video out of its product's gallery. Raises NotFound."""
    before = video(video_id)
    store.lock_gallery(before.product_id)
    row = models.Video.objects.select_related("poster").filter(pk=video_id).first()
    if row is None:
        # Somebody else took it away a moment ago.
        raise NotFound("video", video_id)
    # What was shown until now stays some days, whenever it was added.
    models.Film.objects.filter(pk=row.film_id).update(seen_at=Greatest("seen_at", Value(now)))
    if row.poster is not None:
        store.still_seen(row.poster.original_id, now)
    row.delete()
    _tell(before, actor, now, before=_told(before), after=None)


@transaction.atomic
def add_track(*, video_id: VideoId, language: str, content: bytes, actor: UserId | None, now: datetime) -> Video:
    """Write out what is said in a video, in one language, as WebVTT; it takes the place of the one before. Return the video.

    Raises NotFound, FileTooLarge, NotATrack, Malformed.
    """
    if len(content) > MOST_TRACK_BYTES:
        raise FileTooLarge(len(content), MOST_TRACK_BYTES, field="track")
    try:
        text = tracks.tidy(content.decode())
    except UnicodeDecodeError as error:
        raise NotATrack(content[: error.start].count(b"\n") + 1, "") from error
    spoken = checks.language(language)
    before = video(video_id)
    store.lock_gallery(before.product_id)
    key = sha256(text.encode()).hexdigest()[:32]
    models.Track.objects.update_or_create(video_id=video_id, language=spoken, defaults={"key": key, "text": text})
    after = video(video_id)
    if after != before:
        _tell(after, actor, now, before=_told(before), after=_told(after))
    return after


@transaction.atomic
def remove_track(*, video_id: VideoId, language: str, actor: UserId | None, now: datetime) -> Video:
    """Take away what is written out of a video in a language and return it. Raises NotFound, Malformed."""
    spoken = checks.language(language)
    before = video(video_id)
    store.lock_gallery(before.product_id)
    models.Track.objects.filter(video_id=video_id, language=spoken).delete()
    after = video(video_id)
    if after != before:
        _tell(after, actor, now, before=_told(before), after=_told(after))
    return after


def track(key: str) -> str | None:
    """Return the WebVTT that stands under an address, None where nothing does."""
    return models.Track.objects.filter(key=key).values_list("text", flat=True).first()


def film(sha: str, asked: str = "") -> Stretch | None:
    """Return a stretch of a film as a Range header asks for it, its beginning where none does; None where there is no such film.

    At most `stretches.MOST_AT_ONCE` bytes at once. Raises BeyondTheEnd.
    """
    row = models.Film.objects.filter(pk=sha).values_list("kind", "size").first()
    if row is None:
        return None
    kind, size = VideoKind(row[0]), row[1]
    wish = stretches.asked(asked, size)
    first, last = wish or (0, min(size, stretches.MOST_AT_ONCE) - 1)
    wanted = range(first // stretches.PIECE, last // stretches.PIECE + 1)
    rows = models.FilmPiece.objects.filter(film=sha, number__in=wanted).order_by("number").values_list("content", flat=True)
    content = b"".join(bytes(each) for each in rows)
    begin = first - wanted.start * stretches.PIECE
    return Stretch(
        content=content[begin : begin + last - first + 1], start=first, size=size, media_type=_MEDIA_TYPES[kind], is_asked=wish is not None
    )


def rest(sha: str, start: int) -> Iterator[bytes]:
    """Yield the pieces of a film that follow its first bytes, which are whole pieces or all of it, each read when it is wanted."""
    for number in range(-(-start // stretches.PIECE), stretches.MOST_PIECES):
        found = models.FilmPiece.objects.filter(film=sha, number=number).values_list("content", flat=True).first()
        if found is None:
            return
        yield bytes(found)


def _told(found: Video) -> dict[str, object]:
    return {"video": found.id, "caption_en": found.caption.en, "caption_zh": found.caption.zh, "tracks": [t.language for t in found.tracks]}


def _tell(found: Video, actor: UserId | None, now: datetime, *, before: dict[str, object] | None, after: dict[str, object] | None) -> None:
    audit.record(actor=actor, act="media.save_videos", subject=f"product:{found.product_id}", before=before, after=after, at=now)
    events.record(facts.PicturesChanged(product_id=found.product_id, pictures=len(store.rows(found.product_id))), at=now)
    jobs.defer(store.JOB, once=store.JOB)


def drop_unused(before: datetime) -> int:
    """Remove films that nobody shows and that were last seen before a moment."""
    loose = models.Film.objects.filter(seen_at__lt=before).exclude(pk__in=models.Video.objects.values("film"))
    gone = list(loose.select_for_update(skip_locked=True).values_list("sha", flat=True)[: store.DROPPED_AT_ONCE])
    models.FilmPiece.objects.filter(film__in=gone).delete()
    models.Film.objects.filter(pk__in=gone).delete()
    return len(gone)
