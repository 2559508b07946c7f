"""Where a link leads, and which visits count."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.growth.links.rules.counted import counts
from shopkeeper.growth.links.rules.leading import language_of, target
from shopkeeper.growth.links.shapes import LinkDraft

PERSON = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile Safari/604.1"


@pytest.mark.parametrize(
    ("address", "led"),
    [
        ("/en/goods/lamp/", "/en/goods/lamp/?utm_source=poster&utm_medium=print&utm_campaign=spring&utm_content=p1"),
        ("/goods/lamp/", "/zh-hans/goods/lamp/?utm_source=poster&utm_medium=print&utm_campaign=spring&utm_content=p1"),
        ("/", "/zh-hans/?utm_source=poster&utm_medium=print&utm_campaign=spring&utm_content=p1"),
        (
            "/en/goods/lamp/?variant=3&utm_source=older#reviews",
            "/en/goods/lamp/?variant=3&utm_source=poster&utm_medium=print&utm_campaign=spring&utm_content=p1#reviews",
        ),
    ],
)
def test_a_link_leads_to_its_page_with_the_words_that_say_where_from(address: str, led: str) -> None:
    said = LinkDraft(address=address, source="poster", medium="print", campaign="spring")

    assert target(said, code="p1", language="zh-hans") == led


def test_words_nobody_wrote_are_left_out() -> None:
    assert target(LinkDraft(address="/en/", source="a b&c"), code="x", language="en") == "/en/?utm_source=a+b%26c&utm_content=x"


@given(st.text(min_size=1, max_size=60), st.text(max_size=60))
def test_whatever_the_words_are_they_arrive_as_they_were_and_nothing_leaves_the_shop(source: str, campaign: str) -> None:
    # Lone surrogates cannot be typed into an address.
    source, campaign = (text.encode("utf-8", "ignore").decode() or "x" for text in (source, campaign))

    parts = urlsplit(target(LinkDraft(address="/en/goods/lamp/", source=source, campaign=campaign), code="c", language="en"))

    assert (parts.scheme, parts.netloc, parts.path) == ("", "", "/en/goods/lamp/")
    assert dict(parse_qsl(parts.query))["utm_source"] == source
    assert dict(parse_qsl(parts.query))["utm_campaign"] == campaign


@pytest.mark.parametrize(
    ("address", "language"), [("/en/", "en"), ("/zh-hans/goods/", "zh-hans"), ("/goods/", ""), ("/", ""), ("/english/", "")]
)
def test_a_link_names_a_language_or_opens_in_the_readers(address: str, language: str) -> None:
    assert language_of(address) == language


@pytest.mark.parametrize(
    ("method", "headers", "is_counted"),
    [
        ("GET", {"User-Agent": PERSON}, True),
        ("GET", {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"}, True),
        ("GET", {"User-Agent": "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50 Mobile"}, True),
        ("GET", {"User-Agent": f"{PERSON} Telegram-Android/11.3.3 (Google Pixel 8; Android 14; SDK 34; HIGH)"}, True),
        ("GET", {"User-Agent": "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 Chrome/90 Mobile Safari/537.36"}, True),
        ("GET", {"User-Agent": f"{PERSON} checkout-app/2"}, True),
        ("HEAD", {"User-Agent": PERSON}, False),
        ("GET", {}, False),
        ("GET", {"User-Agent": "  "}, False),
        ("GET", {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}, False),
        ("GET", {"User-Agent": "Baiduspider/2.0"}, False),
        ("GET", {"User-Agent": "facebookexternalhit/1.1"}, False),
        ("GET", {"User-Agent": "Slackbot-LinkExpanding 1.0"}, False),
        ("GET", {"User-Agent": "curl/8.5.0"}, False),
        ("GET", {"User-Agent": "TelegramBot (like TwitterBot)"}, False),
        ("GET", {"User-Agent": "Mozilla/5.0 (compatible; Google-InspectionTool/1.0;)"}, False),
        ("GET", {"User-Agent": "Mozilla/5.0 (compatible; YandexImages/3.0; +http://yandex.com/bots)"}, False),
        ("GET", {"User-Agent": "Mediapartners-Google"}, False),
        ("GET", {"User-Agent": "axios/1.6.0"}, False),
        ("GET", {"User-Agent": "linkcheck/3"}, False),
        ("GET", {"User-Agent": "W3C-checklink/4.5"}, False),
        ("GET", {"User-Agent": "python-requests/2.32"}, False),
        ("GET", {"User-Agent": PERSON, "Sec-Purpose": "prefetch;prerender"}, False),
        ("GET", {"User-Agent": PERSON, "Purpose": "prefetch"}, False),
        ("GET", {"User-Agent": PERSON, "X-Moz": "prefetch"}, False),
        ("GET", {"User-Agent": PERSON, "X-Purpose": "preview"}, False),
    ],
)
def test_people_count_and_machines_do_not(method: str, headers: dict[str, str], is_counted: bool) -> None:
    assert counts(method, headers) is is_counted
