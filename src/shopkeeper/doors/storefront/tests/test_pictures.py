"""What shoppers see of goods: pictures in every size, from our own host, kept for ever by browsers and never wrong on a kept page."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shopkeeper.doors.storefront import pages
from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.doors.storefront.tests.test_checkout import filled
from shopkeeper.flows import pictures
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.media import public as media
from shopkeeper.selling.media.shapes import Picture, PictureDraft, Sent
from shopkeeper.selling.media.tests.builders import MOST_AT_ONCE, PIECE, a_file, a_film, opened, sent


@pytest.fixture
def shop(db: None) -> Corner:
    return corner()


def shown(shop: Corner, slug: str, seed: int = 1, *, skus: tuple[str, ...] = (), alt: Bilingual | None = None) -> Picture:
    """Give a product a picture, as staff do."""
    draft = PictureDraft(alt=alt or Bilingual(), variants=tuple(shop.variants[each] for each in skus))
    file = Sent(name="p.jpg", content=a_file(width=1_800, height=1_200, seed=seed), draft=draft)
    return pictures.add(product_id=shop.products[slug].id, files=[file], actor=None, now=NOON)[0]


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return re.sub(r'value="\w{64}"', "", answer.content.decode())


def test_goods_with_a_picture_show_it_wherever_they_stand_and_others_their_drawing(shop: Corner) -> None:
    made, client = shown(shop, "lamp"), shop.visitor()
    shop.add(client, "LAMP", 1)
    shop.add(client, "CUP-S", 1)

    for address in ("/en/", "/en/goods/", "/en/shelves/kitchen/", "/en/goods/box/", "/en/search/?q=lamp", "/en/basket/", "/en/checkout/"):
        found = page(client, address)
        assert f"/media/{made.square.key}/" in found, address
    for address in ("/en/goods/", "/en/basket/"):
        assert '<svg class="drawing"' in page(client, address)


def test_a_picture_is_offered_in_every_width_and_later_in_every_format(shop: Corner) -> None:
    made, client = shown(shop, "lamp"), shop.visitor()
    before = page(client, "/en/goods/lamp/")
    media.make_waiting()
    after = page(client, "/en/goods/lamp/")

    widths = {"whole": (320, 640, 960, 1_440), "square": (160, 320, 640)}
    assert ", ".join(f"/media/{made.whole.key}/{each}.jpg {each}w" for each in widths["whole"]) in before
    assert "image/avif" not in before
    assert after.index('type="image/avif"') < after.index('type="image/webp"') < after.index("<img")
    offered = set(re.findall(r"/media/[0-9a-f]{32}/\d+\.\w+", after))
    assert len([each for each in offered if made.whole.key in each]) == 3 * len(widths["whole"])
    for each in offered:
        answer = client.get(each)
        assert answer.status_code == 200, each
        assert opened(answer.content).width == int(each.rsplit("/", 1)[1].split(".")[0])


def test_no_picture_moves_the_page_and_only_the_first_is_fetched_at_once(shop: Corner) -> None:
    shown(shop, "lamp", 1)
    shown(shop, "lamp", 2)
    found = re.findall(r"<img [^>]+>", page(shop.visitor(), "/en/goods/lamp/"))

    assert len(found) >= 4
    for each in found:
        width, height = (int(re.search(rf'{name}="(\d+)"', each)[1]) for name in ("width", "height"))  # type: ignore[index]
        assert width > 0 < height
        assert "sizes=" in each
        assert 'decoding="async"' in each
    assert [("fetchpriority" in each, 'loading="lazy"' in each) for each in found] == [(True, False)] + [(False, True)] * (len(found) - 1)


def test_a_gallery_works_without_script_and_speaks_the_reader_s_language(shop: Corner) -> None:
    shown(shop, "cup", 1, alt=Bilingual("Enamel cup on a table", "桌上的搪瓷杯"))
    shown(shop, "cup", 2, skus=("CUP-L",))

    english, chinese = page(shop.visitor(), "/en/goods/cup/"), page(shop.visitor("zh-hans"), "/zh-hans/goods/cup/")

    assert 'alt="Enamel cup on a table"' in english
    assert 'alt="桌上的搪瓷杯"' in chinese
    assert 'alt="Enamel cup, Large"' in english
    assert re.findall(r'href="#(picture-\d)"', english) == re.findall(r'<li id="(picture-\d)"', english) == ["picture-1", "picture-2"]
    assert f'data-variants="{shop.variants["CUP-L"]}"' in english
    assert 'href="/media/' in english
    assert "第 2 张，共 2 张" in chinese


def test_the_page_of_a_choice_begins_with_its_picture(shop: Corner) -> None:
    first, own = shown(shop, "cup", 1), shown(shop, "cup", 2, skus=("CUP-S",))
    client = shop.visitor()

    plain, chosen = page(client, "/en/goods/cup/"), page(client, f"/en/goods/cup/?variant={shop.variants['CUP-S']}")

    # The card that is passed on is the product's, whatever was chosen: it stands in the head.
    shown_plain, shown_chosen = (text.partition("<main")[2] for text in (plain, chosen))
    assert shown_plain.index(first.whole.key) < shown_plain.index(own.whole.key)
    assert shown_chosen.index(own.whole.key) < shown_chosen.index(first.whole.key)


def test_a_basket_shows_the_picture_of_what_was_chosen(shop: Corner) -> None:
    shown(shop, "cup", 1)
    own, client = shown(shop, "cup", 2, skus=("CUP-S",)), shop.visitor()
    shop.add(client, "CUP-S", 1)

    assert own.square.key in page(client, "/en/basket/")


def test_an_order_shows_what_was_bought(shop: Corner) -> None:
    made, client = shown(shop, "lamp"), shop.visitor()
    shop.add(client, "LAMP", 1)
    answer = client.post("/en/checkout/", filled(client, shop))

    assert made.square.key in page(client, answer["Location"])


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_picture_is_kept_for_ever_and_knows_nobody(shop: Corner) -> None:
    made = shown(shop, "lamp")
    client = shop.visitor()
    shop.add(client, "LAMP", 1)

    with CaptureQueriesContext(connection) as asked:
        answer = client.get(f"/media/{made.whole.key}/640.jpg", HTTP_ACCEPT_ENCODING="gzip")

    assert (answer.status_code, answer["Content-Type"], len(asked)) == (200, "image/jpeg", 1)
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert not answer.cookies
    assert {"Vary", "Content-Encoding", "Content-Language"} & set(answer.headers) == set()
    with CaptureQueriesContext(connection) as asked:
        again = client.get(f"/media/{made.whole.key}/640.jpg", HTTP_IF_NONE_MATCH=answer["ETag"])
    assert (again.status_code, again.content, len(asked)) == (304, b"", 0)
    assert client.head(f"/media/{made.whole.key}/640.jpg").status_code == 200
    assert client.post(f"/media/{made.whole.key}/640.jpg").status_code == 405


@pytest.mark.parametrize(
    "end", ["641.jpg", "99999.jpg", "0.jpg", "640.png", "640.avif", "640", "-1.jpg", "640.jpg/", "../640.jpg", "640.jpg%00", "1e3.jpg"]
)
def test_no_size_is_made_because_somebody_asks_for_it(shop: Corner, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = shown(shop, "lamp")
    monkeypatch.setattr(media.making, "sizes", lambda *_a, **_k: pytest.fail("made"))

    answer = shop.visitor().get(f"/media/{made.whole.key}/{end}")

    assert answer.status_code == 404
    assert answer["Cache-Control"] == "no-store"


def test_a_video_is_played_from_here_in_stretches_with_its_words(shop: Corner) -> None:
    content = a_film(size=9_000)
    made = pictures.add_video(
        product_id=shop.products["lamp"].id, film=Sent(name="v.mp4", content=content), caption=Bilingual("Being lit", "点灯"),
        poster=sent(), actor=None, now=NOON,
    )  # fmt: skip
    words = b"WEBVTT\n\n00:01.000 --> 00:02.000\nLight\n"
    made = media.add_track(video_id=made.id, language="en", content=words, actor=None, now=NOON)
    client = shop.visitor()

    found = page(client, "/en/goods/lamp/")
    assert 'controls preload="none"' in found
    assert "Being lit" in found
    address, track = f"/media/film/{made.key}.mp4", f"/media/track/{made.tracks[0].key}.vtt"
    assert address in found
    assert f'src="{track}" srclang="en" label="English" default' in found
    assert "media-src 'self'" in client.get("/en/goods/lamp/")["Content-Security-Policy"]
    assert client.get(track).content == words
    whole, part = client.get(address), client.get(address, HTTP_RANGE="bytes=100-199")
    sent_whole = b"".join(whole.streaming_content)
    assert (whole.status_code, sent_whole, whole["Accept-Ranges"], whole["Content-Type"]) == (200, content, "bytes", "video/mp4")
    assert (part.status_code, part.content, part["Content-Range"]) == (206, content[100:200], "bytes 100-199/9000")
    beyond = client.get(address, HTTP_RANGE="bytes=9000-")
    assert (beyond.status_code, beyond["Content-Range"]) == (416, "bytes */9000")
    assert client.get(address, HTTP_RANGE="bytes=0-1", HTTP_IF_RANGE='"another"').status_code == 200
    assert client.get(f"/media/film/{made.key}.webm").status_code == 404
    assert client.get(f"/media/film/{'a' * 64}.mp4").status_code == 404


def test_a_long_film_comes_whole_to_whoever_asks_for_no_part_of_it(shop: Corner) -> None:
    content = a_film(size=MOST_AT_ONCE + PIECE + 9)
    made = pictures.add_video(
        product_id=shop.products["lamp"].id,
        film=Sent(name="v.mp4", content=content),
        caption=Bilingual("Being lit", ""),
        poster=None,
        actor=None,
        now=NOON,
    )
    client, address = shop.visitor(), f"/media/film/{made.key}.mp4"

    for more in ({}, {"HTTP_RANGE": "bytes=0-1,5-6"}, {"HTTP_RANGE": "bytes=0-1", "HTTP_IF_RANGE": '"another"'}):
        answer = client.get(address, **more)
        assert (answer.status_code, answer["Content-Length"], answer.has_header("Content-Range")) == (200, str(len(content)), False)
        assert b"".join(answer.streaming_content) == content
    assert client.get(address, HTTP_RANGE="bytes=0-")["Content-Range"] == f"bytes 0-{MOST_AT_ONCE - 1}/{len(content)}"
    assert client.head(address)["Content-Length"] == str(len(content))


# ── kept pages ────────────────────────────────────────────────────────────────────────────────────────────────────────


def changes(shop: Corner, made: Picture) -> list[tuple[str, Any]]:
    """Return every way in which what a product shows can change."""
    product_id = shop.products["lamp"].id

    def video() -> None:
        film = Sent(name="v.mp4", content=a_film())
        pictures.add_video(product_id=product_id, film=film, caption=Bilingual(), poster=sent(9), actor=None, now=NOON)

    def track() -> None:
        found = media.gallery(product_id).videos[0]
        media.add_track(video_id=found.id, language="en", content=b"WEBVTT\n\n00:01.000 --> 00:02.000\na\n", actor=None, now=NOON)

    return [
        ("another picture", lambda: shown(shop, "lamp", 2)),
        ("other words", lambda: pictures.change(picture_id=made.id, draft=PictureDraft(alt=Bilingual("New", "新")), actor=None, now=NOON)),
        ("a variant", lambda: pictures.change(
            picture_id=made.id, draft=PictureDraft(alt=Bilingual("New", "新"), variants=(shop.variants["LAMP"],)), actor=None, now=NOON)),
        ("another focus", lambda: pictures.change(
            picture_id=made.id, draft=PictureDraft(alt=Bilingual("New", "新"), focus=(1, 2)), actor=None, now=NOON)),
        ("formats", media.make_waiting),
        ("a video", video),
        ("its words", track),
        ("its poster's formats", media.make_waiting),
        ("other words of it", lambda: media.change_video(
            video_id=media.gallery(product_id).videos[0].id, caption=Bilingual("X", "Y"), actor=None, now=NOON)),
        ("no video", lambda: media.remove_video(video_id=media.gallery(product_id).videos[0].id, actor=None, now=NOON)),
        ("order", lambda: media.arrange(
            product_id=product_id, order=[each.id for each in reversed(media.gallery(product_id).pictures)], actor=None, now=NOON)),
        ("one less", lambda: media.remove(picture_id=made.id, actor=None, now=NOON)),
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_kept_page_shows_every_change_of_pictures_at_once() -> None:
    shop = corner()
    made, client = shown(shop, "lamp"), shop.visitor()
    seen = page(client, "/en/goods/lamp/")

    for name, change in changes(shop, made):
        assert page(client, "/en/goods/lamp/") == seen, name
        change()
        after = page(client, "/en/goods/lamp/")
        assert after != seen, name
        pages.forget()
        assert page(client, "/en/goods/lamp/") == after, name
        seen = after
    assert made.square.key not in page(client, "/en/goods/")


@pytest.mark.django_db(transaction=True)
def test_a_picture_that_moves_no_mark_is_found() -> None:
    shop = corner()
    made, client = shown(shop, "lamp"), shop.visitor()
    seen = page(client, "/en/goods/lamp/")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE media_picture DISABLE TRIGGER media_picture_changed")

    pictures.change(picture_id=made.id, draft=PictureDraft(alt=Bilingual("New", "新")), actor=None, now=NOON)

    assert page(client, "/en/goods/lamp/") == seen
