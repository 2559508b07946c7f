"""Two people change what a product shows at the same moment: what each of them did stays."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from django.db import connections, transaction

from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.media import models, store
from shopkeeper.selling.media import public as media
from shopkeeper.selling.media.rules import cutting
from shopkeeper.selling.media.shapes import Gallery, PictureDraft, Sent
from shopkeeper.selling.media.tests.builders import NOON, TEA, a_film, a_picture, sent

pytestmark = pytest.mark.django_db(transaction=True)


def after_somebody_else(act: Callable[[], object], other: Callable[[], object]) -> str:
    """Have one act while another one, who was first, holds the gallery and is not ready yet; return what the one is told."""

    def acted() -> str:
        try:
            act()
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            store.lock_gallery(TEA)
            told = pool.submit(acted)
            wait([told], timeout=0.7)
            other()
        return told.result(timeout=60)


def test_words_written_while_somebody_arranges_leave_the_order_as_it_was_arranged() -> None:
    first, second = media.add(product_id=TEA, files=[sent(1), sent(2, name="b.png")], actor=None, now=NOON)
    draft = PictureDraft(alt=Bilingual("A pot from above", "壶的俯视图"))

    told = after_somebody_else(
        lambda: media.change(picture_id=first.id, draft=draft, actor=None, now=NOON),
        lambda: media.arrange(product_id=TEA, order=[second.id, first.id], actor=None, now=NOON),
    )

    found = media.gallery(TEA).pictures
    assert (told, [each.id for each in found], found[1].alt) == ("done", [second.id, first.id], draft.alt)


def test_the_square_is_that_of_the_focus_whoever_sets_it_at_the_same_time() -> None:
    made = a_picture()

    def focused(words: str) -> Callable[[], object]:
        draft = PictureDraft(alt=Bilingual(words, "壶"), focus=(5, 5))
        return lambda: media.change(picture_id=made.id, draft=draft, actor=None, now=NOON)

    told = after_somebody_else(focused("One"), focused("Other"))

    found = media.picture(made.id)
    assert (told, found.focus, found.alt.en) == ("done", (5, 5), "One")
    assert found.square.key == cutting.square_key(models.Picture.objects.get(pk=made.id).original_id, (5, 5))


def test_what_two_take_away_at_once_is_gone_and_the_second_is_told_so() -> None:
    made = a_picture()
    film = media.add_video(
        product_id=TEA, film=Sent(name="pot.mp4", content=a_film()), caption=Bilingual("Tea is made", "泡茶"), actor=None, now=NOON
    )
    ways = [
        lambda: media.remove_video(video_id=film.id, actor=None, now=NOON),
        lambda: media.remove(picture_id=made.id, actor=None, now=NOON),
    ]

    assert [after_somebody_else(way, way) for way in ways] == ["not_found", "not_found"]
    assert media.gallery(TEA) == Gallery()
