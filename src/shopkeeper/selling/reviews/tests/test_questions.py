"""Questions about goods: asked by anybody, answered by the shop or by a buyer, shown once somebody has read them."""

from datetime import timedelta

import pytest
from django.db import Error, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shopkeeper.kit import together
from shopkeeper.kit.ids import LineId, ProductId, QuestionId, ReplyId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.reviews import models
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.reviews.shapes import HideReason, NeedsReason, Question, RepliedAlready, ReviewState, Said
from shopkeeper.selling.reviews.tests.builders import NOON, TEA, told

pytestmark = pytest.mark.django_db

BOB = Said(shown_name="Bob", text="It is, for two.", language="en")


def asked(text: str = "Is it enough for two?", *, product_id: ProductId = TEA, days: int = 0) -> Question:
    said = Said(shown_name="Eve", text=text, language="en")
    return reviews.ask(product_id=product_id, said=said, now=NOON + timedelta(days=days))


def shown(text: str = "Is it enough for two?", *, days: int = 0) -> Question:
    return reviews.decide_question(question_id=asked(text, days=days).id, state="shown", actor=None, now=NOON)


def replied(question: Question, line: int = 5) -> ReplyId:
    found = reviews.reply(question_id=question.id, line_id=LineId(line), product_id=TEA, said=BOB, now=NOON)
    return found.replies[-1].id


def test_a_question_waits_until_staff_have_read_it() -> None:
    made = asked()

    assert made.state is ReviewState.WAITING
    assert reviews.asked(TEA).questions == ()
    assert told("QuestionAsked") == [{"question_id": made.id, "product_id": TEA}]
    assert reviews.questions_waiting() == (1, 0)

    reviews.decide_question(question_id=made.id, state="shown", actor=None, now=NOON)

    assert [each.id for each in reviews.asked(TEA).questions] == [made.id]
    assert reviews.questions_waiting() == (0, 0)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Said(shown_name="", text="Why?", language="en"), "shown_name"),
        (Said(shown_name="eve@example.com", text="Why?", language="en"), "shown_name"),
        (Said(shown_name="Eve", text=" ", language="en"), "question"),
        (Said(shown_name="Eve", text="a" * 1_001, language="en"), "question"),
        (Said(shown_name="Eve", text="Why?", language="fr"), "language"),
    ],
)
def test_what_is_no_question_is_refused_by_its_field(said: Said, field: str) -> None:
    with pytest.raises((Malformed, OutOfRange)) as refused:
        reviews.ask(product_id=TEA, said=said, now=NOON)

    assert refused.value.field == field
    assert models.Question.objects.count() == 0
    assert told("QuestionAsked") == []


def test_the_shop_s_answer_is_shown_at_once_and_shows_the_question() -> None:
    made = asked()

    reviews.answer_question(question_id=made.id, text="Yes, it makes two cups.", language="en", actor=None, now=NOON)

    (seen,) = reviews.asked(TEA).questions
    assert [(each.is_shop, each.said.text) for each in seen.replies] == [(True, "Yes, it makes two cups.")]
    assert told("QuestionAnswered") == [{"question_id": made.id, "product_id": TEA}]
    assert [each.state for each in reviews.rulings(made.id)] == [ReviewState.SHOWN]
    assert audit.entries(act="reviews.answer").items[0].subject == f"question:{made.id}"


def test_a_hidden_question_stays_hidden_whoever_answers() -> None:
    made = asked()
    reviews.decide_question(question_id=made.id, state="hidden", reason="advertising", actor=None, now=NOON)

    reviews.answer_question(question_id=made.id, text="No.", language="en", actor=None, now=NOON)

    assert reviews.asked(TEA).questions == ()
    assert reviews.asked(TEA).hidden == ((HideReason.ADVERTISING, 1),)


def test_a_buyer_s_answer_waits_and_stands_below_the_shop_s() -> None:
    made = shown()
    answer = replied(made)
    assert reviews.asked(TEA).questions[0].replies == ()
    assert reviews.questions_waiting() == (0, 1)
    assert told("QuestionAnswered") == []

    reviews.decide_reply(reply_id=answer, state="shown", actor=None, now=NOON)
    reviews.answer_question(question_id=made.id, text="Yes.", language="en", actor=None, now=NOON)

    assert [(each.is_shop, each.said.shown_name) for each in reviews.asked(TEA).questions[0].replies] == [(True, ""), (False, "Bob")]
    assert len(told("QuestionAnswered")) == 2


def test_an_answer_shown_again_is_told_once() -> None:
    answer = replied(shown())
    for state, reason in (("shown", ""), ("hidden", "abusive"), ("shown", "")):
        found = reviews.decide_reply(reply_id=answer, state=state, reason=reason, actor=None, now=NOON)

    assert len(told("QuestionAnswered")) == 1
    assert [(each.reply_id, each.state, each.reason) for each in reviews.rulings(found.id)][1:] == [
        (answer, "shown", ""), (answer, "hidden", "abusive"), (answer, "shown", ""),
    ]  # fmt: skip


def test_a_hidden_answer_is_told_with_its_reason() -> None:
    reviews.decide_reply(reply_id=replied(shown()), state="hidden", reason="abusive", actor=None, now=NOON)

    found = reviews.asked(TEA)

    assert found.questions[0].replies == ()
    assert found.hidden == ((HideReason.ABUSIVE, 1),)


def test_a_line_answers_a_question_once() -> None:
    made = shown()
    replied(made, line=5)

    with pytest.raises(RepliedAlready):
        replied(made, line=5)
    replied(made, line=6)

    assert models.Reply.objects.count() == 2


@pytest.mark.parametrize("wrong", ["waiting", "hidden", "of other goods", "not there"])
def test_a_buyer_answers_only_what_everybody_reads_of_these_goods(wrong: str) -> None:
    made = asked(product_id=ProductId(8) if wrong == "of other goods" else TEA)
    if wrong != "waiting":
        state = "hidden" if wrong == "hidden" else "shown"
        reviews.decide_question(question_id=made.id, state=state, reason="abusive" if state == "hidden" else "", actor=None, now=NOON)
    wanted = QuestionId(999) if wrong == "not there" else made.id

    with pytest.raises(NotFound):
        reviews.reply(question_id=wanted, line_id=LineId(5), product_id=TEA, said=BOB, now=NOON)

    assert models.Reply.objects.count() == 0


def test_hiding_needs_a_reason_and_every_ruling_stands_in_the_trail() -> None:
    made = asked()
    with pytest.raises(NeedsReason):
        reviews.decide_question(question_id=made.id, state="hidden", actor=None, now=NOON)
    assert reviews.rulings(made.id) == ()

    reviews.decide_question(question_id=made.id, state="hidden", reason="unlawful", actor=None, now=NOON)
    reviews.decide_question(question_id=made.id, state="hidden", reason="unlawful", actor=None, now=NOON)

    (entry,) = audit.entries(subject=f"question:{made.id}").items
    assert (entry.act, entry.before, entry.after) == (
        "reviews.decide", {"state": "waiting", "reason": ""}, {"state": "hidden", "reason": "unlawful"},
    )  # fmt: skip


def test_questions_stand_newest_first_page_by_page_with_their_number() -> None:
    made = [shown(f"Number {day}?", days=day).id for day in range(5)]

    first, second = reviews.asked(TEA, size=3), reviews.asked(TEA, number=2, size=3)

    assert [each.id for each in (*first.questions, *second.questions)] == made[::-1]
    assert (first.total, second.total) == (5, 5)
    for number, size in ((0, 10), (1, 0), (1, 101)):
        with pytest.raises(OutOfRange):
            reviews.asked(TEA, number=number, size=size)


def test_all_a_page_says_of_questions_is_one_statement() -> None:
    for _ in range(3):
        replied(shown())

    with CaptureQueriesContext(connection) as counted:
        found, _ = together.read(lambda: reviews.asked(TEA), lambda: reviews.opinions(TEA))

    assert len(counted) == 1
    assert len(found.questions) == 3


def test_every_change_a_page_tells_of_moves_its_mark() -> None:
    def mark() -> int:
        found = models.Summary.objects.filter(product_id=TEA).first()
        return found.mark if found else 0

    seen = [mark()]
    made = asked()
    seen.append(mark())
    reviews.decide_question(question_id=made.id, state="shown", actor=None, now=NOON)
    seen.append(mark())
    reviews.answer_question(question_id=made.id, text="Yes.", language="en", actor=None, now=NOON)
    seen.append(mark())
    reviews.decide_reply(reply_id=replied(made), state="shown", actor=None, now=NOON)
    seen.append(mark())

    assert len(set(seen)) == 5
    assert reviews.differences() == []


@pytest.mark.parametrize("table", ["question", "reply", "ruling"])
def test_nothing_that_was_said_is_deleted(table: str) -> None:
    replied(shown())

    with pytest.raises(Error, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM reviews_{table}")


@pytest.mark.parametrize(
    "change", ["reviews_question SET text = 'Other?'", "reviews_reply SET text = 'Other.'", "reviews_reply SET line_id = 9"]
)
def test_words_stay_as_they_were_said(change: str) -> None:
    replied(shown())

    with pytest.raises(Error, match="stays as it was said"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {change}")


@pytest.mark.parametrize("wrong", [{"state": "hidden"}, {"reason": "abusive"}, {"state": "gone"}])
@pytest.mark.parametrize("model", [models.Question, models.Reply])
def test_the_table_refuses_what_cannot_be(model: type[models.Question] | type[models.Reply], wrong: dict[str, str]) -> None:
    replied(shown())

    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**wrong)


@pytest.mark.parametrize("wrong", [QuestionId(0), QuestionId(999), QuestionId(2**63)])
def test_what_nobody_asked_is_not_found(wrong: QuestionId) -> None:
    with pytest.raises(NotFound):
        reviews.question(wrong)
    with pytest.raises(NotFound):
        reviews.answer_question(question_id=wrong, text="Yes.", language="en", actor=None, now=NOON)
    with pytest.raises(NotFound):
        reviews.decide_reply(reply_id=ReplyId(wrong), state="shown", actor=None, now=NOON)
