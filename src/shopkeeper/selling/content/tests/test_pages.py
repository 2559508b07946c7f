"""What engines are told is kept apart from the goods and moves their mark; looks at pages are kept, and words used twice told to both."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.content import models
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.shapes_pages import EngineWords, PageFacts, PageKind, PageRef, WordsKind
from shopkeeper.selling.content.tests.builders import GOOD
from shopkeeper.selling.shop.tests.builders import NOON

pytestmark = pytest.mark.django_db

LAMP, CUP, BOX = (PageRef(kind=PageKind.PRODUCT, subject=each) for each in ("1", "2", "3"))
WORDS = EngineWords(title=Bilingual("A lamp of brass", "黄铜台灯"), description=Bilingual("", "放在床头的小灯。"))


def keep(page: PageRef, title: str, facts: PageFacts = GOOD) -> int:
    address = f"/en/goods/{page.subject}/"
    said = replace(facts, title=title, description=f"{title}: {GOOD.description}", address=address, canonical=address)
    return content.keep_look(page, said, now=NOON).id


def codes(look_id: int) -> list[str]:
    return [each.code for each in content.look(look_id).findings]


# ── words for engines ─────────────────────────────────────────────────────────────────────────────────────────────────


def save(words: EngineWords = WORDS, kind: WordsKind = WordsKind.PRODUCT, subject_id: int = 7) -> EngineWords:
    return content.save_engine_words(kind=kind, subject_id=subject_id, words=words, actor=None, now=NOON)


def test_words_are_kept_by_what_they_speak_of_and_leave_a_trace() -> None:
    save()

    assert content.engine_words(WordsKind.PRODUCT, 7) == WORDS
    assert content.engine_words(WordsKind.CATEGORY, 7) == EngineWords()
    assert content.engine_words_of(WordsKind.PRODUCT, [6, 7]) == {7: WORDS}
    (entry,) = audit.entries(act="content.save_engine_words")
    assert (entry.subject, entry.before, (entry.after or {})["engine_title_zh"]) == ("product:7", None, "黄铜台灯")


def test_the_same_words_again_change_nothing_and_none_at_all_go() -> None:
    save()
    save()
    assert len(audit.entries(act="content.save_engine_words")) == 1

    save(EngineWords())

    assert models.EngineWords.objects.count() == 0
    assert len(audit.entries(act="content.save_engine_words")) == 2


@pytest.mark.parametrize(
    ("words", "refusal", "field"),
    [
        (EngineWords(title=Bilingual("x" * 151)), OutOfRange, "engine_title_en"),
        (EngineWords(description=Bilingual("", "长" * 401)), OutOfRange, "engine_description_zh"),
        (EngineWords(title=Bilingual("two\nlines")), Malformed, "engine_title_en"),
    ],
)
def test_words_that_cannot_be_are_refused_by_their_field(words: EngineWords, refusal: type[OutOfRange], field: str) -> None:
    with pytest.raises(refusal) as caught:
        save(words)

    assert caught.value.field == field
    assert models.EngineWords.objects.count() == 0


# ── looks ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_look_is_kept_once_a_page_and_language_with_the_score_before() -> None:
    first = content.keep_look(LAMP, GOOD, now=NOON)
    second = content.keep_look(LAMP, replace(GOOD, took_ms=900), now=NOON + timedelta(days=1))
    content.keep_look(LAMP, replace(GOOD, language="zh-hans", html_language="zh-Hans", canonical=GOOD.address), now=NOON)

    assert (first.score, first.score_before) == (100, None)
    assert (second.id, second.score, second.score_before, second.looked_at) == (first.id, 96, 100, NOON + timedelta(days=1))
    assert [each.language for each in content.looks(LAMP)] == ["en", "zh-hans"]
    assert content.looked_at() == {("product", "1"): NOON}
    with pytest.raises(NotFound):
        content.look(0)


def test_of_two_pages_with_the_same_title_both_are_told_and_neither_once_one_has_changed() -> None:
    lamp, cup = keep(LAMP, "Small things of brass"), keep(CUP, "Small things of brass")

    assert codes(lamp) == codes(cup) == ["title_twice", "description_twice"]
    assert content.look(lamp).findings[0].values == {"other": "/en/goods/2/"}
    assert content.look(lamp).score == 83

    keep(CUP, "Small things of enamel")

    assert codes(lamp) == codes(cup) == []
    assert content.look(lamp).score == 100


def test_of_three_pages_the_last_two_stay_told() -> None:
    lamp, cup, box = (keep(each, "Small things of brass") for each in (LAMP, CUP, BOX))

    keep(BOX, "Small things of tin")

    assert codes(lamp) == codes(cup) == ["title_twice", "description_twice"]
    assert codes(box) == []
    assert content.look(lamp).findings[0].values == {"other": "/en/goods/2/"}


def test_the_same_words_in_another_language_are_not_twice() -> None:
    lamp = keep(LAMP, "Small things of brass")
    keep(CUP, "Small things of brass", replace(GOOD, language="zh-hans", html_language="zh-Hans"))

    assert codes(lamp) == []


def test_a_page_that_could_not_be_shown_is_told_that_alone() -> None:
    lamp = keep(LAMP, "Small things of brass", replace(GOOD, status=500, failure="OperationalError"))
    keep(CUP, "Small things of brass")

    assert codes(lamp) == ["not_shown"]
    assert content.look(lamp).score == 0


def test_the_worst_come_first_narrowed_by_score_and_finding() -> None:
    keep(LAMP, "Small things of brass")
    slow = keep(CUP, "Small things of enamel", replace(GOOD, took_ms=900))

    assert [each.score for each in content.looked()] == [96, 100]
    assert [each.id for each in content.looked(below=100)] == [slow]
    assert [each.id for each in content.looked(code="answer_slow")] == [slow]
    with pytest.raises(Malformed):
        content.looked(code="nothing")
    with pytest.raises(OutOfRange):
        content.looked(below=0)


def test_scores_are_spread_in_tens_and_a_hundred_stands_with_the_nineties() -> None:
    keep(LAMP, "Small things of brass")
    keep(CUP, "Small things of enamel", replace(GOOD, took_ms=900))
    keep(BOX, "Small things of tin", replace(GOOD, status=404))

    found = content.spread()
    assert found.counts == (1, 0, 0, 0, 0, 0, 0, 0, 0, 2)
    assert (found.pages, found.mean, found.common) == (3, 65, (("answer_slow", 1), ("not_shown", 1)))


def test_pages_that_are_no_more_are_forgotten() -> None:
    keep(LAMP, "Small things of brass")
    cup = keep(CUP, "Small things of enamel")

    assert content.forget_looks(PageKind.PRODUCT, but=["1"]) == 1
    assert content.forget_looks(PageKind.TEXT, but=[]) == 0
    with pytest.raises(NotFound):
        content.look(cup)


def test_of_pages_with_the_same_words_none_points_at_one_that_is_no_more() -> None:
    lamp, cup, box = (keep(each, "Small things of brass") for each in (LAMP, CUP, BOX))
    gone = content.look(cup).address

    content.forget_looks(PageKind.PRODUCT, but=["1", "3"])

    assert codes(lamp) == codes(box) == ["title_twice", "description_twice"]
    assert gone not in {each.values["other"] for look_id in (lamp, box) for each in content.look(look_id).findings}

    content.forget_looks(PageKind.PRODUCT, but=["1"])

    assert (codes(lamp), content.look(lamp).score) == ([], 100)
