"""The face of the media room: the pictures and videos of goods, the photos of reviews, and the bytes of all of them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks, together
from shopkeeper.kit.ids import PictureId, ProductId, UserId, VariantId
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.ops.audit import public as audit
from shopkeeper.ops.jobs import public as jobs
from shopkeeper.selling.media import films, models, store
from shopkeeper.selling.media.films import add_track, add_video, change_video, film, remove_track, remove_video, rest, track, video
from shopkeeper.selling.media.rules import making
from shopkeeper.selling.media.rules.making import Made
from shopkeeper.selling.media.shapes import (
    MOST_ALT,
    MOST_PHOTO_PIXELS,
    MOST_PHOTOS,
    MOST_PICTURES,
    Format,
    Gallery,
    Photo,
    Picture,
    PictureDraft,
    PictureIsThere,
    Sent,
    TooManyPictures,
)

__all__ = [
    "add", "add_track", "add_video", "arrange", "change", "change_video", "film", "first", "gallery", "hold", "make_waiting", "of_variants",
    "picture", "remove", "remove_track", "remove_video", "rest", "size", "take_photos", "tidy", "track", "video",
]  # fmt: skip

KEPT_UNUSED = timedelta(days=2)
"""So long what nobody shows any more is still served: pages that were open, mails that were sent."""

_LONGEST_KEY = 32


# ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────────────


def first(product_ids: Sequence[ProductId]) -> dict[ProductId, Picture]:
    """Return the first picture of each of these products, in one query however many they are; those without are left out."""
    return store.first(product_ids)


def of_variants(product_ids: Sequence[ProductId], variant_ids: Sequence[VariantId]) -> dict[VariantId, Picture]:
    """Return the picture that shows each of these variants of these products, in one query; those that none shows are left out."""
    return store.of_variants(product_ids, variant_ids)


def gallery(product_id: ProductId) -> Gallery:
    """Return what a product shows: one statement, also within a caller's reading of more. Empty for a product nobody knows."""
    pictures, videos = together.read(lambda: store.gallery(product_id), lambda: films.of_product(product_id))
    return Gallery(pictures=pictures, videos=videos)


def picture(picture_id: PictureId) -> Picture:
    """Return a picture. Raises NotFound."""
    return store.picture(picture_id)


def size(key: str, width: int, wanted: Format) -> bytes | None:
    """Return the bytes that stand under a picture's address, None where nothing does: only what was made is there, nothing is made now."""
    return store.size(key, width, wanted) if len(key) == _LONGEST_KEY and 0 < width < 2**31 else None


# ── changing what a product shows ─────────────────────────────────────────────────────────────────────────────────────


def add(*, product_id: ProductId, files: Sequence[Sent], actor: UserId | None, now: datetime) -> tuple[Picture, ...]:
    """Add pictures to the end of a product's gallery, all or none, and return them.

    Whoever calls has seen that there is such a product and that the variants are its own. Raises NotAPicture, BrokenPicture, FileTooLarge,
    WrongMeasure, PictureIsThere, TooManyPictures, Malformed, OutOfRange.
    """
    if not files:
        raise Malformed("picture", "", expected="file")
    if len(files) > MOST_PICTURES:
        raise TooManyPictures(len(files), MOST_PICTURES)
    drafts = [_tidy(each.draft) for each in files]
    # Reading and packing take their time and need no transaction.
    made = [making.anew(each.content, name=each.name) for each in files]
    with transaction.atomic():
        store.lock_gallery(product_id)
        before = store.rows(product_id)
        if len(before) + len(made) > MOST_PICTURES:
            raise TooManyPictures(len(before) + len(made), MOST_PICTURES)
        # Always in the same order: two who add the same pictures at once would else wait for each other for ever.
        for each in sorted(made, key=lambda each: each.sha):
            store.put_original(each, now)
        ids = [_add(product_id, each, draft, file.name, now) for each, draft, file in zip(made, drafts, files, strict=True)]
        _tell(product_id, actor, now, before={"pictures": len(before)}, after={"pictures": len(before) + len(made)})
    return tuple(store.picture(each) for each in ids)


def _add(product_id: ProductId, made: Made, draft: PictureDraft, name: str, now: datetime) -> PictureId:
    if models.Picture.objects.filter(product_id=product_id, original=made.sha).exists():
        raise PictureIsThere(name)
    row = models.Picture(product_id=product_id, position=store.last_position(product_id) + 1, original_id=made.sha, added_at=now)
    row.whole = _cut(made.sha, (made.width, made.height), None)
    row.square = _cut(made.sha, (made.width, made.height), draft.focus)
    store.write(row, draft)
    return PictureId(row.id)


def _cut(sha: str, measure: tuple[int, int], focus: tuple[int, int] | None) -> models.Cut:
    """Return a cut whose first sizes are there: JPEG, which everything reads and which costs little to make."""
    cut = store.put_cut(sha, measure=measure, is_square=focus is not None, focus=focus or (50, 50))
    if not store.has_sizes(cut.key):
        _make(cut, [Format.JPEG])
    return cut


def _make(cut: models.Cut, formats: Sequence[Format]) -> None:
    content, width, height = store.original(cut.original_id)
    box = making.box_of(width, height, is_square=cut.is_square, focus=(cut.focus_x, cut.focus_y))
    store.put_sizes(cut.key, making.sizes(content, box=box, widths=store.cut_of(cut).widths, formats=formats))


def _tidy(draft: PictureDraft) -> PictureDraft:
    x, y = (checks.whole(each, field=name, least=0, most=100) for each, name in zip(draft.focus, ("focus_x", "focus_y"), strict=True))
    return PictureDraft(
        alt=checks.both_lines(draft.alt, field="alt", most=MOST_ALT), focus=(x, y), variants=tuple(dict.fromkeys(draft.variants))
    )


@transaction.atomic
def change(*, picture_id: PictureId, draft: PictureDraft, actor: UserId | None, now: datetime) -> Picture:
    """Change what is said of a picture, where the eye rests, which variants it shows, and return it. The same again changes nothing.

    Raises NotFound, Malformed, OutOfRange.
    """
    tidy = _tidy(draft)
    store.lock_gallery(ProductId(store.row(picture_id).product_id))
    # Read once nobody else changes it: its place and its square may be others by now.
    row, before = store.row(picture_id), store.picture(picture_id)
    if (before.alt, before.focus, set(before.variants)) == (tidy.alt, tidy.focus, set(tidy.variants)):
        return before
    if before.focus != tidy.focus:
        # The square shown until now stays some days: also for whoever opened a page a minute ago.
        store.still_seen(row.original_id, now)
        _content, width, height = store.original(row.original_id)
        row.square = _cut(row.original_id, (width, height), tidy.focus)
    store.write(row, tidy)
    _tell(before.product_id, actor, now, before=_told(before), after=_told(store.picture(picture_id)))
    return store.picture(picture_id)


def _told(picture: Picture) -> dict[str, object]:
    return {"picture": picture.id, "alt_en": picture.alt.en, "alt_zh": picture.alt.zh, "focus": f"{picture.focus[0]} {picture.focus[1]}",
            "variants": list(picture.variants)}  # fmt: skip


@transaction.atomic
def arrange(*, product_id: ProductId, order: Sequence[PictureId], actor: UserId | None, now: datetime) -> tuple[Picture, ...]:
    """Put a product's pictures into an order and return them; those left out follow in the order they had. Raises NotFound."""
    store.lock_gallery(product_id)
    before = [PictureId(row.id) for row in store.rows(product_id)]
    for each in order:
        if each not in before:
            raise NotFound("picture", each)
    chosen = list(dict.fromkeys(order))
    after = [*chosen, *(each for each in before if each not in chosen)]
    if after != before:
        store.arrange(after)
        _tell(product_id, actor, now, before={"sequence": before}, after={"sequence": after})
    return store.gallery(product_id)


@transaction.atomic
def remove(*, picture_id: PictureId, actor: UserId | None, now: datetime) -> None:
    """Take a picture out of its product's gallery; its bytes go some days later where nobody else shows them. Raises NotFound."""
    row = store.row(picture_id)
    product_id = ProductId(row.product_id)
    store.lock_gallery(product_id)
    told = _told(store.picture(picture_id))
    store.still_seen(row.original_id, now)
    store.remove(row)
    _tell(product_id, actor, now, before=told, after=None)


def _tell(
    product_id: ProductId, actor: UserId | None, now: datetime, *, before: dict[str, object] | None, after: dict[str, object] | None
) -> None:
    audit.record(actor=actor, act="media.save_pictures", subject=f"product:{product_id}", before=before, after=after, at=now)
    events.record(facts.PicturesChanged(product_id=product_id, pictures=len(store.rows(product_id))), at=now)
    jobs.defer(store.JOB, once=store.JOB)


# ── photos of reviews ─────────────────────────────────────────────────────────────────────────────────────────────────


def take_photos(*, files: Sequence[Sent], now: datetime) -> tuple[Photo, ...]:
    """Take in a buyer's photos, made anew as all pictures are, and return them in their order; the same one twice counts once.

    Whoever names them in a review has them held (`hold`); else they go after some days. Raises as `add` does, on the field `photos`.
    """
    if len(files) > MOST_PHOTOS:
        raise TooManyPictures(len(files), MOST_PHOTOS, field="photos")
    made = {each.sha: each for each in (_photo_made(file) for file in files)}
    with transaction.atomic():
        for each in sorted(made.values(), key=lambda each: each.sha):
            store.put_original(each, now)
        return tuple(_photo(each) for each in made.values())


def _photo_made(file: Sent) -> Made:
    return making.anew(file.content, name=file.name, field="photos", most_pixels=MOST_PHOTO_PIXELS)


def _photo(made: Made) -> Photo:
    measure = (made.width, made.height)
    whole, square = _cut(made.sha, measure, None), _cut(made.sha, measure, (50, 50))
    return Photo(original=made.sha, whole=store.cut_of(whole), square=store.cut_of(square))


@transaction.atomic
def hold(*, originals: Collection[str], holder: str) -> None:
    """Keep these originals for a holder like `review:12`: every version of a review stays, and its photos with it."""
    store.hold(originals, checks.line(holder, field="holder", least=1, most=40))


# ── work behind the shop ──────────────────────────────────────────────────────────────────────────────────────────────


def make_waiting() -> int:
    """Make every size in every format of what pages show, and return how many cuts that were. May be run by several at once.

    One that fails does not keep the others waiting; the first error is raised after them.
    """
    failed: Exception | None = None
    done = 0
    for cut in store.waiting():
        try:
            with transaction.atomic():
                _make(cut, [Format.AVIF, Format.WEBP])
                store.mark_ready(cut.key)
            done += 1
        except Exception as error:  # noqa: BLE001 - raised below
            failed = failed or error
    if failed is not None:
        raise failed
    return done


def tidy(*, now: datetime) -> int:
    """Remove what nobody shows or keeps any more, some days after it was last seen; return how many originals, cuts and films."""
    gone = 0
    while some := _tidied(now):
        gone += some
    return gone


@transaction.atomic
def _tidied(now: datetime) -> int:
    # A portion of each: nobody who shows a picture meanwhile waits for long.
    return store.drop_unused(now - KEPT_UNUSED) + films.drop_unused(now - KEPT_UNUSED)
