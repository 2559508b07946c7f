"""The invoice: every figure and name is on it, in both languages, and a person can read it."""

import io
import logging
from dataclasses import replace

import pytest
from PIL import Image
from pypdf import PdfReader

from shopkeeper.kit.ids import LineId, VariantId
from shopkeeper.kit.refusals import Malformed
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.customers.shapes import Address
from shopkeeper.selling.orders import invoice
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import LinePart, NoInvoice, OrderState, PartId
from shopkeeper.selling.orders.tests.builders import CONTACT, a_line, an_order
from shopkeeper.selling.shop.shapes import Shop

SHOP = Shop(
    name=Bilingual("Paper Crane", "纸鹤小铺"), tagline=Bilingual("Small things", "小物"), legal_name="Paper Crane Ltd",
    licence_number="09 123", licence_authority="Companies House", address="1 Quay Street",
    email="hello@papercrane.example", phone="", country="GB",
    zone="Europe/London", language="en", currency="GBP", is_sample=False, version=1,
)  # fmt: skip
ORDER = an_order([a_line(units=3, gross=3_747, unit_minor=1_249, tax_minor=625, name=Bilingual("Tea for two", "双人茶"))])


def words(pdf: bytes) -> str:
    return "\n".join(page.extract_text().replace("\x00", "") for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            "Invoice|SK-100001|Paper Crane|Tea for two|£12.49|£37.47|£3.95|£41.42|20%|£6.91|20 November 2026|Paper Crane Ltd|09 123"
            "|United Kingdom|Ann Shopper|Paid",
        ),
        ("zh-hans", "发票|SK-100001|纸鹤小铺|双人茶|£12.49|合计|£41.42|税率|2026年11月20日|英国|已付款|营业执照"),
    ],
)
def test_the_invoice_names_everything(language, expected):
    text = words(invoice.draw(ORDER, language=language, shop=SHOP))

    assert [word for word in expected.split("|") if word not in text] == []


def test_a_bundle_is_told_with_what_it_holds():
    parts = tuple(
        LinePart(
            id=PartId(place), variant_id=VariantId(place), product_id=place, category_id=None, sku=sku, name=Bilingual(name, zh),
            units=units, gross_minor=0, tax_minor=0,
        )
        for place, (sku, name, zh, units) in enumerate((("POT", "Teapot", "茶壶", 1), ("CUP", "Tea cup", "茶杯", 2)), start=1)
    )  # fmt: skip
    order = an_order([a_line(name=Bilingual("Tea set", "茶具套装"), parts=parts)])

    english, chinese = (words(invoice.draw(order, language=language, shop=SHOP)) for language in ("en", "zh-hans"))

    assert [said for said in ("Tea set", "1 × Teapot · POT", "2 × Tea cup · CUP") if said not in english] == []
    assert [said for said in ("茶具套装", "1 × 茶壶 · POT", "2 × 茶杯 · CUP") if said not in chinese] == []


def test_an_address_stands_as_its_country_writes_it():
    to = Address(name="李安", line1="文三路 1 号", line2="", city="杭州市西湖区", region="浙江省", postcode="310000", country="CN")

    sent = words(invoice.draw(an_order(address=to), language="zh-hans", shop=SHOP)).splitlines()

    first = sent.index("310000")
    assert sent[first : first + 4] == ["310000", "浙江省杭州市西湖区", "文三路 1 号", "李安"]


@pytest.mark.parametrize(("language", "country"), [("en", "Taiwan"), ("zh-hans", "中国台湾")])
def test_a_country_is_called_as_the_readers_of_the_invoice_write_it(language, country):
    to = Address(name="Lin Mei", line1="7 Harbour Road", line2="", city="Taipei", region="", postcode="100", country="TW")

    assert country in words(invoice.draw(an_order(address=to), language=language, shop=SHOP)).splitlines()


def test_the_same_order_gives_the_same_bytes():
    assert invoice.draw(ORDER, language="en", shop=SHOP) == invoice.draw(ORDER, language="en", shop=SHOP)


def test_fonts_are_embedded_in_part_so_that_the_file_stays_small():
    pdf = invoice.draw(ORDER, language="zh-hans", shop=SHOP)

    assert len(pdf) < 60_000
    fonts = PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]["/Font"]
    assert all("/FontFile3" in font["/DescendantFonts"][0]["/FontDescriptor"] for font in (fonts[name] for name in fonts))


def test_a_long_order_fills_several_pages_each_with_its_head_and_number():
    lines = [a_line(number, sku=f"SKU{number}") for number in range(1, 61)]

    pdf = invoice.draw(an_order(lines), language="en", shop=SHOP)

    pages = [page.extract_text().replace("\x00", "") for page in PdfReader(io.BytesIO(pdf)).pages]
    assert len(pages) == 4
    assert all("Unit price" in page for page in pages[:3])
    assert all(f"SKU{number}" in "".join(pages) for number in range(1, 61))
    assert "2 / 4" in pages[1]


def test_a_character_the_font_lacks_becomes_a_box_and_spoils_nothing(caplog):
    odd = replace(ORDER, contact=replace(CONTACT, name="陈 Ann 🦊 𠮷"))

    with caplog.at_level(logging.WARNING):
        text = words(invoice.draw(odd, language="en", shop=SHOP))

    assert "陈 Ann □ □" in text
    assert caplog.text == ""


def test_an_invoice_in_latin_letters_needs_only_the_small_fonts_and_reads_the_same(monkeypatch):
    latin = replace(SHOP, name=Bilingual("Paper Crane", ""))
    whole = words(invoice._drawn(ORDER, latin, "en", invoice.WHOLE))
    monkeypatch.setattr(invoice, "WHOLE", dict.fromkeys(invoice.WHOLE))

    assert words(invoice.draw(ORDER, language="en", shop=latin)) == whole


@pytest.mark.parametrize(("name", "wanted"), [("Ann Shopper", ["serif"]), ("陈 Ann", ["sans", "serif"])])
def test_a_font_is_read_whole_only_for_letters_that_its_small_cut_lacks(monkeypatch, name, wanted):
    """The seal is in Chinese, and a name may be."""
    used = []
    drawn = invoice._drawn
    monkeypatch.setattr(invoice, "_drawn", lambda *given: used.append(dict(given[3])) or drawn(*given))

    invoice.draw(replace(ORDER, contact=replace(CONTACT, name=name)), language="en", shop=SHOP)

    assert sorted(font for font in used[-1] if used[-1][font] == invoice.WHOLE[font]) == wanted


def test_refunds_and_cancellation_are_told():
    refunded = replace(ORDER, refunded_minor=1_249)
    cancelled = replace(ORDER, state=OrderState.CANCELLED)

    assert "-£12.49" in words(invoice.draw(refunded, language="en", shop=SHOP))
    assert "£28.93" in words(invoice.draw(refunded, language="en", shop=SHOP))
    assert "Cancelled" in words(invoice.draw(cancelled, language="en", shop=SHOP))


def test_a_currency_without_minor_units_shows_none():
    yen = replace(ORDER, currency="JPY", lines=(a_line(LineId(1), units=1, gross=1_250),))

    assert "1,250" in words(invoice.draw(yen, language="en", shop=SHOP))
    assert "1,250.00" not in words(invoice.draw(yen, language="en", shop=SHOP))


@pytest.mark.parametrize(("state", "is_alive"), [(OrderState.PLACED, True), (OrderState.CANCELLED, False), (OrderState.EXPIRED, False)])
def test_an_order_that_was_not_paid_has_no_invoice(state, is_alive):
    unpaid = replace(ORDER, state=state, paid_at=None, paid_minor=0)

    with pytest.raises(NoInvoice) as refused:
        invoice.draw(unpaid, language="en", shop=SHOP)

    assert not unpaid.has_invoice
    assert (refused.value.value, refused.value.may_come) == ("SK-100001", is_alive)


def test_a_paid_order_keeps_its_invoice_when_it_is_cancelled():
    assert replace(ORDER, state=OrderState.CANCELLED).has_invoice


@pytest.mark.django_db
def test_a_language_the_shop_does_not_speak_is_refused():
    with pytest.raises(Malformed):
        orders.invoice_pdf(1, "fr")


def a_logo(width, height):
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), (20, 120, 90)).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.mark.parametrize("measure", [(320, 80), (80, 320), (320, 320)])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_logo_stands_in_the_place_of_the_seal_and_the_name_has_its_room(measure, language):
    long = replace(SHOP, name=Bilingual("The Paper Crane and Lantern Company of Quay Street", "纸鹤与灯笼码头街百年老店有限公司总店"))

    plain = invoice.draw(ORDER, language=language, shop=long)
    marked = invoice.draw(ORDER, language=language, shop=long, logo=a_logo(*measure))

    assert not PdfReader(io.BytesIO(plain)).pages[0].images
    (picture,) = PdfReader(io.BytesIO(marked)).pages[0].images
    assert picture.image.size == measure
    assert words(plain).count(long.name.pick(language)) == words(marked).count(long.name.pick(language)) == 1
