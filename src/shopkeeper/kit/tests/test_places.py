"""Places by the names their readers know, as the law of those readers writes them."""

import pytest
from babel import Locale
from django.utils.translation import override

from shopkeeper.kit import places


@pytest.mark.parametrize(
    ("code", "english", "chinese"),
    [
        ("TW", "Taiwan", "中国台湾"), ("HK", "Hong Kong SAR China", "中国香港特别行政区"), ("MO", "Macao SAR China", "中国澳门特别行政区"),
        ("CN", "China", "中国"), ("GB", "United Kingdom", "英国"),
    ],
)  # fmt: skip
def test_a_country_is_called_as_its_readers_write_it_wherever_it_is_named_or_chosen(code: str, english: str, chinese: str) -> None:
    for language, locale, name in (("en", "en_GB", english), ("zh-hans", "zh_Hans_CN", chinese)):
        with override(language):
            assert places.country_name(code) == name
            assert dict(places.country_choices())[code] == name
        assert places.territory(code, Locale.parse(locale)) == name


def test_a_country_nobody_knows_is_called_by_its_code() -> None:
    assert places.territory("XX", Locale.parse("zh_Hans_CN")) == "XX"
