"""The invoice somebody fetches bears the shop's logo as it is now."""

import io

import pytest
from pypdf import PdfReader

from shopkeeper.flows.tests.builders import NOON, small_shop
from shopkeeper.selling.media import public as media
from shopkeeper.selling.media.tests.builders import sent
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.shop import public as shops
from shopkeeper.selling.shop.shapes import Logo

pytestmark = pytest.mark.django_db


def pictures(order_id):
    return [each.image.size for each in PdfReader(io.BytesIO(orders.invoice_pdf(order_id, "en"))).pages[0].images]


def test_an_invoice_bears_the_logo_from_when_there_is_one():
    order = small_shop().buy(TEA=1)
    assert pictures(order.id) == []
    (photo,) = media.take_photos(files=[sent()], now=NOON)

    shops.set_logo(logo=Logo(key=photo.whole.key, width=photo.whole.width, height=photo.whole.height), actor=None, now=NOON)

    assert pictures(order.id) == [(photo.whole.width, photo.whole.height)]
