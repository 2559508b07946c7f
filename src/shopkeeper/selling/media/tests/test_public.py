"""The face of the media room: what a product shows, how it changes, what is kept and for how long."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext

from shopkeeper.events import models as outbox
from shopkeeper.kit.ids import PictureId, ProductId, VariantId, VideoId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import models as trail
from shopkeeper.ops.jobs import public as jobs
from shopkeeper.selling.media import models, store
from shopkeeper.selling.media import public as media
from shopkeeper.selling.media.rules import stretches
from shopkeeper.selling.media.shapes import (
    MOST_PICTURES,
    MOST_VIDEO_BYTES,
    BrokenPicture,
    FileTooLarge,
    Format,
    NotAPicture,
    NotATrack,
    NotAVideo,
    PictureDraft,
    PictureIsThere,
    Sent,
    TooManyPictures,
    WrongMeasure,
)
from shopkeeper.selling.media.tests.builders import NOON, TEA, a_claim_of, a_file, a_film, a_picture, opened, sent

pytestmark = pytest.mark.django_db

POT = ProductId(8)
LATER = NOON + timedelta(days=30)


def told() -> list[dict[str, Any]]:
    return [row.body for row in outbox.OutboxFact.objects.filter(kind="PicturesChanged").order_by("id")]


def test_pictures_are_added_in_their_order_and_their_first_sizes_are_there() -> None:
    first, second = media.add(product_id=TEA, files=[sent(1), sent(2, name="b.png", focus=(10, 90))], actor=None, now=NOON)

    assert [each.id for each in media.gallery(TEA).pictures] == [first.id, second.id]
    assert (first.alt, first.focus, second.focus) == (Bilingual("A pot", "壶"), (50, 50), (10, 90))
    assert opened(media.size(first.whole.key, 300, Format.JPEG) or b"").size == (300, 200)
    assert opened(media.size(second.square.key, 160, Format.JPEG) or b"").size == (160, 160)
    assert media.size(first.whole.key, 300, Format.AVIF) is None
    assert media.gallery(POT).pictures == ()
    assert told() == [{"product_id": TEA, "pictures": 2}]
    entry = trail.Record.objects.latest("id")
    assert (entry.act, entry.subject, entry.before, entry.after) == ("media.save_pictures", "product:7", {"pictures": 0}, {"pictures": 2})
    assert jobs.counts()[("make_pictures", "todo")] == 1


def test_the_job_makes_every_size_in_every_format_once() -> None:
    made = a_picture()
    assert not made.whole.is_ready

    assert media.make_waiting() == 2

    after = media.picture(made.id)
    assert after.whole.is_ready
    assert after.square.is_ready
    for cut in (after.whole, after.square):
        for width in cut.widths:
            for each in Format:
                assert opened(media.size(cut.key, width, each) or b"").width == width
    rows = models.Size.objects.count()
    assert media.make_waiting() == 0
    assert models.Size.objects.count() == rows == 3 * (len(after.whole.widths) + len(after.square.widths))


def test_one_that_cannot_be_made_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    a_picture(seed=1)
    a_picture(seed=2)
    bad = models.Cut.objects.order_by("key").first()
    make = media._make
    monkeypatch.setattr(media, "_make", lambda cut, formats: make(cut, formats) if cut.key != bad.key else 1 / 0)

    with pytest.raises(ZeroDivisionError):
        media.make_waiting()

    assert list(models.Cut.objects.filter(is_ready=False)) == [bad]


@pytest.mark.parametrize(
    ("files", "refusal"),
    [
        ([sent(1), Sent(name="x", content=b"words")], NotAPicture),
        ([sent(1), Sent(name="x", content=a_file()[:200])], BrokenPicture),
        ([sent(1), sent(1)], PictureIsThere),
        ([sent(1, focus=(101, 0))], OutOfRange),
        ([sent(1, alt="a" * 201)], OutOfRange),
        ([sent(each) for each in range(MOST_PICTURES + 1)], TooManyPictures),
        ([], Malformed),
    ],
)
def test_a_refused_file_leaves_nothing_behind(files: list[Sent], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        media.add(product_id=TEA, files=files, actor=None, now=NOON)

    assert media.gallery(TEA).pictures == ()
    assert models.Original.objects.count() == 0
    assert told() == []


def test_a_gallery_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "MOST_PICTURES", 2)
    a_picture(seed=1)

    with pytest.raises(TooManyPictures):
        media.add(product_id=TEA, files=[sent(2), sent(3)], actor=None, now=NOON)


def test_the_same_picture_on_two_products_is_kept_once() -> None:
    here, there = a_picture(TEA), a_picture(POT)

    assert here.whole.key == there.whole.key
    assert models.Original.objects.count() == 1


def test_another_focus_gives_another_square_under_another_address() -> None:
    made = a_picture()
    before = media.size(made.square.key, 200, Format.JPEG)

    after = media.change(
        picture_id=made.id, draft=PictureDraft(alt=made.alt, focus=(0, 50), variants=(VariantId(3),)), actor=None, now=NOON
    )

    assert after.square.key != made.square.key
    assert after.whole == made.whole
    assert after.variants == (3,)
    assert media.size(made.square.key, 200, Format.JPEG) == before
    assert media.size(after.square.key, 200, Format.JPEG) != before
    entry = trail.Record.objects.latest("id")
    assert (entry.before["focus"], entry.after["focus"], entry.after["variants"]) == ("50 50", "0 50", [3])


def test_the_same_again_changes_nothing_and_tells_nobody() -> None:
    made = a_picture(variants=(VariantId(3), VariantId(4)))
    facts = len(told())

    media.change(picture_id=made.id, draft=PictureDraft(alt=made.alt, focus=made.focus, variants=(VariantId(4), VariantId(3))), actor=None,
                 now=NOON)  # fmt: skip
    media.arrange(product_id=TEA, order=[made.id], actor=None, now=NOON)

    assert len(told()) == facts


def test_pictures_are_put_into_an_order() -> None:
    one, two, three = (a_picture(seed=each).id for each in (1, 2, 3))

    found = media.arrange(product_id=TEA, order=[three, one], actor=None, now=NOON)

    assert [each.id for each in found] == [three, one, two]
    assert media.first([TEA, POT])[TEA].id == three
    with pytest.raises(NotFound):
        media.arrange(product_id=POT, order=[one], actor=None, now=NOON)


def test_a_removed_picture_is_served_some_days_longer_and_then_gone() -> None:
    made, other = a_picture(seed=1), a_picture(seed=2)
    media.remove(picture_id=made.id, actor=None, now=NOON)

    assert [each.id for each in media.gallery(TEA).pictures] == [other.id]
    assert media.tidy(now=NOON + timedelta(days=1)) == 0
    assert media.size(made.whole.key, 300, Format.JPEG)

    media.tidy(now=LATER)

    assert media.size(made.whole.key, 300, Format.JPEG) is None
    assert media.size(other.whole.key, 300, Format.JPEG)
    assert media.size(other.square.key, 200, Format.JPEG)
    assert list(models.Original.objects.values_list("sha")) == [(models.Picture.objects.get().original_id,)]
    with pytest.raises(NotFound):
        media.remove(picture_id=made.id, actor=None, now=NOON)


def test_however_much_nobody_shows_all_of_it_goes_in_one_night(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "DROPPED_AT_ONCE", 1)
    media.take_photos(files=[sent(1), sent(2), sent(3)], now=NOON)

    assert media.tidy(now=LATER) >= 3

    assert models.Original.objects.count() == models.Cut.objects.count() == models.Size.objects.count() == 0


def test_a_picture_added_again_before_it_went_stays() -> None:
    made = a_picture(now=NOON)
    media.remove(picture_id=made.id, actor=None, now=NOON)
    media.take_photos(files=[sent()], now=LATER)

    media.tidy(now=LATER)

    assert media.size(made.whole.key, 300, Format.JPEG)


def test_a_square_around_a_former_focus_goes_and_the_picture_stays() -> None:
    made = a_picture()
    after = media.change(picture_id=made.id, draft=PictureDraft(alt=made.alt, focus=(1, 1)), actor=None, now=NOON)

    media.tidy(now=LATER)

    assert media.size(made.square.key, 200, Format.JPEG) is None
    assert media.size(after.square.key, 200, Format.JPEG)


@pytest.mark.parametrize("what", ["picture", "square", "video"])
def test_what_was_shown_for_weeks_stays_some_days_after_it_was_taken_away(what: str) -> None:
    made, film = a_picture(), a_video()
    if what == "picture":
        media.remove(picture_id=made.id, actor=None, now=LATER)
    elif what == "square":
        media.change(picture_id=made.id, draft=PictureDraft(alt=made.alt, focus=(1, 1)), actor=None, now=LATER)
    else:
        media.remove_video(video_id=film.id, actor=None, now=LATER)

    media.tidy(now=LATER + timedelta(days=1))
    assert media.size(made.whole.key, 300, Format.JPEG)
    assert media.size(made.square.key, 160, Format.JPEG)
    assert media.film(film.key)
    assert media.size(film.poster.key, 300, Format.JPEG)

    media.tidy(now=LATER + timedelta(days=3))
    gone = {"picture": media.size(made.whole.key, 300, Format.JPEG), "square": media.size(made.square.key, 160, Format.JPEG),
            "video": media.film(film.key) or media.size(film.poster.key, 300, Format.JPEG)}  # fmt: skip
    assert not gone[what]


def test_originals_are_written_in_one_order_whoever_adds_them(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    put = store.put_original
    monkeypatch.setattr(store, "put_original", lambda made, now: (written.append(made.sha), put(made, now)))
    files = [sent(each * 9) for each in range(6)]

    for each in (files[:4], files[3::-1]):
        written.clear()
        media.take_photos(files=each, now=NOON)
        assert written == sorted(written)
    written.clear()
    media.add(product_id=TEA, files=files, actor=None, now=NOON)
    assert written == sorted(written)


@pytest.mark.django_db(transaction=True)
def test_a_square_that_is_shown_again_in_this_moment_is_not_tidied_away() -> None:
    made = a_picture()
    media.change(picture_id=made.id, draft=PictureDraft(alt=made.alt, focus=(1, 1)), actor=None, now=NOON)

    def tidied() -> None:
        try:
            media.tidy(now=LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        media.change(picture_id=made.id, draft=PictureDraft(alt=made.alt, focus=(50, 50)), actor=None, now=LATER)
        # Nobody waits for the other: the one who tidies leaves what is being shown again.
        pool.submit(tidied).result()

    assert media.size(made.square.key, 160, Format.JPEG)
    assert media.gallery(TEA).pictures[0].square.key == made.square.key


def test_a_buyer_s_photo_may_have_fewer_pixels_than_a_picture_of_the_shop() -> None:
    with pytest.raises(WrongMeasure) as refused:
        media.take_photos(files=[Sent(name="x.png", content=a_claim_of(5_100, 5_000))], now=NOON)

    assert (refused.value.field, refused.value.most) == ("photos", 25_000_000)


def test_a_picture_that_shows_a_variant_stands_for_it() -> None:
    a_picture(seed=1)
    own = a_picture(seed=2, variants=(VariantId(3),))

    found = media.of_variants([TEA], [VariantId(3), VariantId(4)])

    assert {key: each.id for key, each in found.items()} == {3: own.id}
    assert media.of_variants([POT], [VariantId(3)]) == {}


def test_a_whole_shelf_is_one_statement() -> None:
    for product in range(1, 6):
        a_picture(product, seed=product)

    with CaptureQueriesContext(connection) as asked:
        found = media.first([ProductId(each) for each in range(1, 10)])
    assert (len(asked), sorted(found)) == (1, [1, 2, 3, 4, 5])
    with CaptureQueriesContext(connection) as asked:
        media.gallery(ProductId(1))
    assert len(asked) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE media_size SET content = 'x'", "UPDATE media_original SET content = 'x'", "UPDATE media_original SET width = 1",
        "UPDATE media_cut SET focus_x = 1", "UPDATE media_cut SET original_id = original_id", "UPDATE media_size SET width = 1",
    ],
)  # fmt: skip
def test_what_stands_under_an_address_never_changes(statement: str) -> None:
    a_picture()

    with pytest.raises(Error, match="stays as it is"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_nonsense_names_are_nothing() -> None:
    assert media.size("x" * 32, 300, Format.JPEG) is None
    assert media.size("short", 300, Format.JPEG) is None
    assert media.size("a" * 32, 2**40, Format.JPEG) is None
    assert media.track("a" * 32) is None
    assert media.film("a" * 64) is None
    for wanted in (0, -1, 2**63):
        with pytest.raises(NotFound):
            media.picture(PictureId(wanted))
        with pytest.raises(NotFound):
            media.video(VideoId(wanted))


# ── photos of reviews ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_photos_that_are_held_stay_and_others_go() -> None:
    held, loose = (media.take_photos(files=[sent(each)], now=NOON)[0] for each in (1, 2))
    media.hold(originals=[held.original], holder="review:12")

    media.tidy(now=LATER)

    assert media.size(held.square.key, 200, Format.JPEG)
    assert media.size(held.whole.key, 300, Format.JPEG)
    assert media.size(loose.whole.key, 300, Format.JPEG) is None


def test_photos_are_few_and_refused_on_their_own_field() -> None:
    with pytest.raises(TooManyPictures) as many:
        media.take_photos(files=[sent(each) for each in range(5)], now=NOON)
    with pytest.raises(NotAPicture) as none:
        media.take_photos(files=[Sent(name="x.svg", content=b"<svg>")], now=NOON)

    assert (many.value.field, none.value.field) == ("photos", "photos")
    assert len(media.take_photos(files=[sent(1), sent(1)], now=NOON)) == 1


# ── videos ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def a_video(content: bytes = b"", **changes: Any) -> Any:
    wanted = {"product_id": TEA, "film": Sent(name="pot.mp4", content=content or a_film()), "caption": Bilingual("Pouring", "倒茶"),
              "poster": sent(5, name="poster.jpg"), "actor": None, "now": NOON, **changes}  # fmt: skip
    return media.add_video(**wanted)


def test_a_video_is_kept_as_it_came_with_its_poster() -> None:
    content = a_film("webm", 2 * stretches.PIECE + 77)

    made = a_video(content)

    assert media.gallery(TEA).videos == (made,)
    assert (made.kind, made.size, made.caption) == ("webm", len(content), Bilingual("Pouring", "倒茶"))
    assert made.poster is not None
    assert media.size(made.poster.key, 300, Format.JPEG)
    found = media.film(made.key)
    assert found is not None
    assert (found.content, found.start, found.size, found.media_type) == (content, 0, len(content), "video/webm")
    part = media.film(made.key, f"bytes={stretches.PIECE - 3}-{stretches.PIECE + 4}")
    assert part is not None
    assert part.content == content[stretches.PIECE - 3 : stretches.PIECE + 5]
    assert media.make_waiting() == 1
    assert told()[-1] == {"product_id": TEA, "pictures": 0}


@pytest.mark.parametrize(
    ("content", "refusal"),
    [(b"<html>", NotAVideo), (a_file(), NotAVideo), (b"\x1aE\xdf\xa3matroska", NotAVideo), (bytes(MOST_VIDEO_BYTES + 1), FileTooLarge)],
)
def test_what_is_no_video_is_refused(content: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        a_video(content)

    assert models.Film.objects.count() == models.Original.objects.count() == 0


def test_a_video_twice_or_with_a_broken_poster_is_refused() -> None:
    a_video()
    with pytest.raises(PictureIsThere):
        a_video()
    with pytest.raises(BrokenPicture) as broken:
        a_video(a_film(size=99), poster=Sent(name="p", content=a_file()[:99]))
    assert broken.value.field == "poster"


def test_words_of_a_video_stand_under_an_address_made_from_them() -> None:
    made = a_video()
    first = media.add_track(video_id=made.id, language="en", content=b"WEBVTT\n\n00:01.000 --> 00:02.000\nTea\n", actor=None, now=NOON)
    second = media.add_track(video_id=made.id, language="en", content=b"WEBVTT\n\n00:01.000 --> 00:02.000\nPot\n", actor=None, now=NOON)

    assert len(second.tracks) == 1
    assert first.tracks[0].key != second.tracks[0].key
    assert "Pot" in (media.track(second.tracks[0].key) or "")
    with pytest.raises(NotATrack):
        media.add_track(video_id=made.id, language="en", content=b"\xff\xfe", actor=None, now=NOON)
    with pytest.raises(Malformed):
        media.add_track(video_id=made.id, language="fr", content=b"WEBVTT\n\n00:01.000 --> 00:02.000\nPot", actor=None, now=NOON)
    assert media.remove_track(video_id=made.id, language="en", actor=None, now=NOON).tracks == ()


def test_a_removed_video_goes_with_its_film() -> None:
    made = a_video()
    assert media.change_video(video_id=made.id, caption=Bilingual("Other", ""), actor=None, now=NOON).caption.en == "Other"

    media.remove_video(video_id=made.id, actor=None, now=NOON)
    assert media.film(made.key)
    media.tidy(now=LATER)

    assert media.film(made.key) is None
    assert models.FilmPiece.objects.count() == models.Original.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_who_add_at_once_both_count_and_make_one() -> None:
    def add(seed: int) -> int:
        try:
            return a_picture(TEA, seed=seed).id
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, (1, 2, 3, 4)))

    assert sorted(models.Picture.objects.values_list("position", flat=True)) == [1, 2, 3, 4]

    def make(_turn: int) -> int:
        try:
            return media.make_waiting()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(make, (1, 2)))
    assert models.Cut.objects.filter(is_ready=False).count() == 0
    assert models.Size.objects.count() == sum(
        3 * len(cut.widths) for each in media.gallery(TEA).pictures for cut in (each.whole, each.square)
    )
