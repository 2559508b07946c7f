"""What buyer, staff and guide call the same thing by one name."""

import re
from pathlib import Path

import pytest
from django.utils.translation import override

from shopkeeper.doors.storefront import words
from shopkeeper.selling.payments import console
from shopkeeper.selling.payments.adapters.fake import METHODS

GUIDE = Path(__file__).parents[2] / "docs" / "guide"


@pytest.mark.parametrize(("language", "folder", "chapter"), [("en", "en", "## Trying payments"), ("zh-hans", "zh", "## 试一试付款")])
def test_test_payments_have_one_name_at_checkout_in_the_console_and_in_the_guide(language: str, folder: str, chapter: str) -> None:
    said = (GUIDE / folder / "operator.md").read_text().partition(chapter)[2].partition("\n## ")[0]

    with override(language):
        at_checkout = [words.payment_method(code) for code in METHODS]
        in_console = [str(console.METHODS[code]) for code in METHODS]

    assert at_checkout == in_console
    assert re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", said) == at_checkout
