"""`make` alone lists every word of the Makefile that a person types, in both languages."""

import re
from pathlib import Path

MAKEFILE = Path(__file__).parents[5] / "Makefile"
OF_OTHER_WORDS = {"python"}
"""Words that only others ask for."""


def test_every_word_is_listed_in_both_languages():
    text = MAKEFILE.read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    listed = dict(re.findall(r"^([a-z-]+):.*## (.*)$", text, re.MULTILINE))

    assert set(phony.split()) - OF_OTHER_WORDS == set(listed)
    for english, _, chinese in (line.partition(" · ") for line in listed.values()):
        assert english.isprintable()
        assert english.split()
        assert re.search(r"[\u4e00-\u9fff]", chinese)
