"""Single values as they come in: what is let through, made tidy, and what is refused by field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.kit import checks
from shopkeeper.kit.refusals import Malformed, OutOfRange
from shopkeeper.kit.text import Bilingual


@pytest.mark.parametrize(
    ("given_", "tidy"),
    [
        (checks.line("  Teapot 🫖 ", field="name"), "Teapot 🫖"),
        (checks.line("Cafe\u0301", field="name"), "Café"),
        (checks.paragraphs("one\r\ntwo\n", field="text"), "one\ntwo"),
        (checks.email(" Ann@Example.ORG "), "ann@example.org"),
        (checks.country("gb"), "GB"),
        (checks.currency("gbp"), "GBP"),
        (checks.zone("Europe/London"), "Europe/London"),
        (checks.language("ZH-hans"), "zh-hans"),
        (checks.slug(" Tea-Pot "), "tea-pot"),
        (checks.code("main-1"), "MAIN-1"),
        (checks.whole(5, field="units", least=5, most=5), 5),
        (checks.both_lines(Bilingual(" Tea ", ""), field="name", least=1), Bilingual("Tea", "")),
    ],
)
def test_good_values_come_back_tidy(given_: object, tidy: object) -> None:
    assert given_ == tidy


@pytest.mark.parametrize(
    ("check", "value", "field", "refused"),
    [
        (lambda value: checks.line(value, field="name"), "two\nlines", "name", Malformed),
        (lambda value: checks.line(value, field="name"), "nul\x00", "name", Malformed),
        (lambda value: checks.line(value, field="name"), "\ud800", "name", Malformed),
        (lambda value: checks.line(value, field="name", least=1), "   ", "name", OutOfRange),
        (lambda value: checks.line(value, field="name", most=3), "four", "name", OutOfRange),
        (lambda value: checks.paragraphs(value, field="text", most=3), "x" * 10_000_000, "text", OutOfRange),
        (lambda value: checks.paragraphs(value, field="text"), "bell\x07", "text", Malformed),
        (checks.email, "nobody", "email", Malformed),
        (checks.email, "a..b@example.org", "email", Malformed),
        (checks.email, "a@example.org\nBcc: b@example.org", "email", Malformed),
        (checks.email, "a" * 300 + "@example.org", "email", Malformed),
        (checks.country, "XX", "country", Malformed),
        (checks.country, "United Kingdom", "country", Malformed),
        (checks.currency, "XAU", "currency", Malformed),
        (checks.zone, "Mars/Olympus", "zone", Malformed),
        (checks.language, "fr", "language", Malformed),
        (checks.slug, "tea pot", "slug", Malformed),
        (checks.slug, "-tea", "slug", Malformed),
        (checks.slug, "茶", "slug", Malformed),
        (checks.slug, "a" * 81, "slug", OutOfRange),
        (checks.code, "", "code", Malformed),
        (checks.code, "A B", "code", Malformed),
        (lambda value: checks.whole(value, field="units", least=1, most=9), 0, "units", OutOfRange),
        (lambda value: checks.whole(value, field="units", least=1, most=9), 10, "units", OutOfRange),
        (lambda value: checks.whole(value, field="units", least=1, most=9), True, "units", Malformed),
        (lambda value: checks.whole(value, field="units", least=1, most=9), 2.5, "units", Malformed),
        (lambda value: checks.both_lines(value, field="name", least=1), Bilingual(" ", ""), "name_en", OutOfRange),
        (lambda value: checks.both_lines(value, field="name", most=3), Bilingual("ok", "太长的名"), "name_zh", OutOfRange),
        (lambda value: checks.both_paragraphs(value, field="text", most=3), Bilingual("long", ""), "text_en", OutOfRange),
    ],
)
def test_bad_values_are_refused_by_field(check, value, field: str, refused: type[Exception]) -> None:
    with pytest.raises(refused) as refusal:
        check(value)

    assert refusal.value.field == field
    assert len(str(refusal.value.value)) < 300


@given(st.text(max_size=200))
def test_a_line_is_tidy_once_and_for_all(value: str) -> None:
    try:
        tidy = checks.line(value, field="x", most=150)
    except (Malformed, OutOfRange):
        return

    assert checks.line(tidy, field="x", most=150) == tidy
    assert "\x00" not in tidy
    assert len(tidy) <= 150


@pytest.mark.parametrize(
    ("value", "country", "tidy"),
    [(" n1 1aa ", "GB", "n1 1aa"), ("100-0001", "JP", "100-0001"), ("", "HK", ""), ("999077", "HK", "999077"), ("", "IE", "")],
)
def test_a_postcode_is_taken_as_written_and_may_be_missing_where_there_is_none(value: str, country: str, tidy: str) -> None:
    assert checks.postcode(value, country=country) == tidy


@pytest.mark.parametrize(
    ("value", "country", "refused"),
    [("", "GB", OutOfRange), ("  ", "CN", OutOfRange), ("9" * 21, "HK", OutOfRange), ("a\nb", "FR", Malformed)],
)
def test_a_postcode_that_is_missing_or_cannot_be_is_refused(value: str, country: str, refused: type[Exception]) -> None:
    with pytest.raises(refused) as refusal:
        checks.postcode(value, country=country)

    assert refusal.value.field == "postcode"  # type: ignore[attr-defined]


def test_countries_without_postcodes_are_countries() -> None:
    assert checks.WITHOUT_POSTCODES < checks.COUNTRIES
    assert not checks.has_postcodes("HK")
    assert all(checks.has_postcodes(country) for country in ("GB", "CN", "US", "DE"))
