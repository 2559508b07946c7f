"""Photos of a review: made anew like all pictures, shown and hidden with the words, each version with its own."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, connection, transaction
from django.test import Client

from shopkeeper.doors.storefront.tests.builders import Corner, corner
from shopkeeper.doors.storefront.tests.test_reviews import WORDS, bought, decide, page
from shopkeeper.kit.ids import ReviewId
from shopkeeper.selling.media import models as media_models
from shopkeeper.selling.media.tests.builders import PLACE, a_camera_s_file, a_file, opened
from shopkeeper.selling.orders.shapes import Order
from shopkeeper.selling.reviews import models
from shopkeeper.selling.reviews import public as reviews

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Corner:
    return corner()


def send(client: Client, order: Order, *contents: bytes, language: str = "en", **changes: Any) -> Any:
    files = [SimpleUploadedFile(f"{place}.jpg", each) for place, each in enumerate(contents)]
    return client.post(f"/{language}/orders/{order.token}/review/", {"line": order.lines[0].id, **WORDS, "photos": files, **changes})


def squares() -> list[str]:
    row = models.Review.objects.latest("id")
    return list(models.Photo.objects.filter(review=row, version=row.version).order_by("position").values_list("square", flat=True))


def test_photos_are_shown_with_the_review_and_hidden_with_it(shop: Corner) -> None:
    client, other = shop.visitor(), shop.visitor()
    assert send(client, bought(shop, client), a_file(seed=1), a_file(seed=2)).status_code == 302
    first, second = squares()
    assert first not in page(other)

    decide("shown")
    found = page(other)
    assert found.index(f"/media/{first}/") < found.index(f"/media/{second}/")
    assert 'alt="Photo 1 by Ann"' in found
    assert other.get(f"/media/{first}/160.jpg").status_code == 200

    decide("hidden", "off_topic")
    assert first not in page(other)


def test_nobody_learns_from_a_photo_where_it_was_made(shop: Corner) -> None:
    client = shop.visitor()
    send(client, bought(shop, client), a_camera_s_file(500, 400))
    decide("shown")

    addresses = set(re.findall(r"/media/[0-9a-f]{32}/\d+\.jpg", page(shop.visitor())))

    assert addresses
    for each in addresses:
        content = client.get(each).content
        assert dict(opened(content).getexif()) == {}
        assert PLACE.encode() not in content
    assert all(PLACE.encode() not in bytes(each.content) for each in media_models.Original.objects.all())


def test_a_change_keeps_the_photos_that_stay_and_every_version_its_own(shop: Corner) -> None:
    client = shop.visitor()
    order = bought(shop, client)
    send(client, order, a_file(seed=1), a_file(seed=2))
    first, second = squares()
    form = page(client, f"/en/orders/{order.token}/review/?line={order.lines[0].id}")
    assert f'name="kept" value="{first}" checked' in form

    send(client, order, a_file(seed=3), kept=[second])

    assert squares()[0] == second
    assert len(squares()) == 2
    versions = reviews.review(ReviewId(models.Review.objects.get().id)).versions
    assert [len(each.photos) for each in versions] == [2, 2]
    assert versions[0].photos[0].square == first
    assert models.Review.objects.get().state == "waiting"
    assert media_models.Kept.objects.filter(holder=f"review:{models.Review.objects.get().id}").count() == 3


def test_a_photo_taken_away_stays_away_in_a_form_that_is_shown_again(shop: Corner) -> None:
    client = shop.visitor()
    order = bought(shop, client)
    send(client, order, a_file(seed=1), a_file(seed=2))
    first, second = squares()

    refused = send(client, order, kept=[second], shown_name="")

    ticked = re.findall(r'name="kept" value="(\w+)" checked', refused.content.decode())
    assert (refused.status_code, ticked) == (422, [second])
    assert squares() == [first, second]
    opened_anew = client.get(f"/en/orders/{order.token}/review/?line={order.lines[0].id}").content.decode()
    assert re.findall(r'name="kept" value="(\w+)" checked', opened_anew) == [first, second]


def test_nobody_names_a_photo_that_is_not_the_review_s(shop: Corner) -> None:
    ann, ben = shop.visitor(), shop.visitor()
    send(ann, bought(shop, ann), a_file(seed=1))
    foreign = squares()[0]

    send(ben, bought(shop, ben), kept=[foreign])

    assert squares() == []


@pytest.mark.parametrize(
    ("language", "contents", "words"),
    [
        ("en", [b"<svg></svg>"], "is a drawing with a program in it"),
        ("zh-hans", [a_file()[:150]], "无法完整读取"),
        ("en", [a_file(seed=each) for each in range(5)], "A review shows at most 4 photos."),
    ],
)
def test_a_refused_photo_is_explained_and_nothing_is_kept(shop: Corner, language: str, contents: list[bytes], words: str) -> None:
    client = shop.visitor()

    answer = send(client, bought(shop, client), *contents, language=language)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'id="error_photos"' in answer.content.decode()
    assert models.Review.objects.count() == 0
    assert media_models.Kept.objects.count() == 0


def test_photos_as_phones_make_them_are_not_too_large(shop: Corner) -> None:
    client = shop.visitor()
    large = a_file("PNG", 1_500, 1_500) + b""
    content = large + b"\0" * (4_000_000 - len(large))

    assert send(client, bought(shop, client), content).status_code == 302
    assert client.post("/en/basket/add/", {"x": "y" * 3_000_000}).status_code == 413


@pytest.mark.parametrize("statement", ["UPDATE reviews_photo SET square = 'x'", "DELETE FROM reviews_photo"])
def test_a_version_s_photos_stay_with_it(shop: Corner, statement: str) -> None:
    client = shop.visitor()
    send(client, bought(shop, client), a_file(seed=1))

    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
