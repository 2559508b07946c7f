"""A product's pictures and videos at the console: everything on one page each, saved all or not at all."""

import html
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.kit.ids import ProductId
from shopkeeper.selling.catalog import models as catalog_models
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.media import public as media
from shopkeeper.selling.media.tests.builders import a_file, a_film, a_picture

WEBVTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\nTea\n"


def tea() -> ProductId:
    return ProductId(catalog_models.Variant.objects.get(sku="TEA").product_id)


def upload(seed: int = 0, name: str = "pot.jpg", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content if content is not None else a_file(seed=seed))


def said(product_id: ProductId, **changes: Any) -> dict[str, Any]:
    """Return the form of a product's pictures as it stands."""
    found: dict[str, Any] = {}
    for place, each in enumerate(media.gallery(product_id).pictures, start=1):
        found |= {f"position_{each.id}": place, f"alt_en_{each.id}": each.alt.en, f"alt_zh_{each.id}": each.alt.zh,
                  f"focus_x_{each.id}": each.focus[0], f"focus_y_{each.id}": each.focus[1]}  # fmt: skip
    return found | changes


def test_several_pictures_are_added_at_once_and_called_like_the_product(shop: SmallShop, owner: Staff) -> None:
    assert "sk-gallery" in owner.get(f"products/{tea()}/pictures/").content.decode()

    answer = owner.post(f"products/{tea()}/pictures/", picture=[upload(1), upload(2, "b.jpg")])

    assert answer.status_code == 302, answer.content.decode()
    assert [each.alt for each in media.gallery(tea()).pictures] == [catalog.product("tea").name] * 2
    first = media.gallery(tea()).pictures[0]
    assert f"/media/{first.square.key}/" in owner.get(f"products/{tea()}/").content.decode()
    assert f"/media/{first.square.key}/" in owner.get("products/").content.decode()


def test_order_words_focus_and_leaving_out_are_saved_together(shop: SmallShop, owner: Staff) -> None:
    one, two, three = (a_picture(tea(), seed=each).id for each in (1, 2, 3))
    changes = {f"position_{three}": 1, f"position_{one}": 2, f"alt_zh_{three}": "茶壶", f"focus_x_{three}": 10, f"gone_{two}": "on"}

    answer = owner.post(f"products/{tea()}/pictures/", **said(tea(), **changes))

    assert answer.status_code == 302, answer.content.decode()
    found = media.gallery(tea()).pictures
    assert [each.id for each in found] == [three, one]
    assert (found[0].alt.zh, found[0].focus) == ("茶壶", (10, 50))


@pytest.mark.parametrize(("language", "words"), [("en", "whatever its name says"), ("zh-hans", "不管文件叫什么名字")])
def test_a_file_that_is_no_picture_is_refused_beside_its_field_and_nothing_is_saved(
    shop: SmallShop, owner: Staff, language: str, words: str
) -> None:
    made = a_picture(tea(), seed=1)
    owner.read(language)
    form = said(tea(), **{f"alt_en_{made.id}": "Changed"})

    answer = owner.post(f"products/{tea()}/pictures/", **form, picture=[upload(2), upload(name="pot.jpg", content=b"<svg></svg>")])

    assert answer.status_code == 422
    assert words in html.unescape(answer.content.decode())
    assert [each.alt.en for each in media.gallery(tea()).pictures] == ["A pot"]


def test_pictures_of_another_product_cannot_be_named(shop: SmallShop, owner: Staff) -> None:
    foreign = a_picture(4_711)
    form = {f"position_{foreign.id}": 1, f"alt_en_{foreign.id}": "mine", f"focus_x_{foreign.id}": 1, f"focus_y_{foreign.id}": 1,
            f"gone_{foreign.id}": "on"}  # fmt: skip

    owner.post(f"products/{tea()}/pictures/", **form)

    assert media.picture(foreign.id).alt.en == "A pot"


def test_a_video_comes_with_its_poster_and_its_words(shop: SmallShop, owner: Staff) -> None:
    answer = owner.post(
        f"products/{tea()}/videos/", video=upload(name="v.mp4", content=a_film()), poster=upload(5), caption_new_en="Pouring",
        track=upload(name="v.vtt", content=WEBVTT), track_language="zh-hans", track_of="",
    )  # fmt: skip

    assert answer.status_code == 302, answer.content.decode()
    made = media.gallery(tea()).videos[0]
    assert (made.caption.en, made.poster is not None, [each.language for each in made.tracks]) == ("Pouring", True, ["zh-hans"])
    page = owner.get(f"products/{tea()}/videos/").content.decode()
    assert "Pouring" in page
    gone = owner.post(f"products/{tea()}/videos/", **{f"caption_{made.id}_en": "Pouring", f"gone_{made.id}": "on"})
    assert gone.status_code == 302
    assert media.gallery(tea()).videos == ()


def test_a_file_that_is_no_video_is_refused(shop: SmallShop, owner: Staff) -> None:
    answer = owner.post(f"products/{tea()}/videos/", video=upload(name="v.mp4"), caption_new_en="x")

    assert answer.status_code == 422
    assert "is a picture, whatever its name says" in html.unescape(answer.content.decode())


def test_products_without_pictures_are_found(shop: SmallShop, owner: Staff) -> None:
    a_picture(tea())
    name = catalog.product("tea").name.en

    assert name not in owner.get("products/?pictures=none").content.decode()
    assert name in owner.get("products/?pictures=some").content.decode()


def test_who_may_only_look_does_not_change_pictures(shop: SmallShop, clerk: Staff) -> None:
    assert clerk.get(f"products/{tea()}/pictures/").status_code == 403
    assert clerk.post(f"products/{tea()}/pictures/", picture=[upload(1)]).status_code == 403
    assert media.gallery(tea()).pictures == ()
