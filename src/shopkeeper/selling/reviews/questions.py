"""Questions about goods, and who answers them: the part of the room's face that `public` hands on."""

from datetime import datetime

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks
from shopkeeper.kit.ids import CustomerId, LineId, ProductId, QuestionId, ReplyId, UserId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.reviews import models
from shopkeeper.selling.reviews import questions_store as store
from shopkeeper.selling.reviews.rules import checked
from shopkeeper.selling.reviews.shapes import Asked, Question, ReviewState, Ruling, Said

MOST_ON_A_PAGE = 100
MOST_PAGE = 100_000
MOST_KEY = 80


def asked(product_id: ProductId, *, number: int = 1, size: int = 10) -> Asked:
    """Return what a product's page says of questions, in one statement, also within a caller's reading of more. Raises OutOfRange."""
    checks.whole(number, field="page", least=1, most=MOST_PAGE)
    checks.whole(size, field="size", least=1, most=MOST_ON_A_PAGE)
    return store.asked(product_id, (number - 1) * size, size)


def questions(*, state: ReviewState | None = None, number: int = 1, size: int = 50) -> Page[Question]:
    """Return one page of whole questions, all or those in a state, the last asked first. Raises OutOfRange."""
    checks.whole(number, field="page", least=1, most=MOST_PAGE)
    checks.whole(size, field="size", least=1, most=MOST_ON_A_PAGE)
    ids, total = store.ids(state, (number - 1) * size, size)
    known = store.questions(ids)
    return Page(items=tuple(known[each] for each in ids if each in known), total=total, number=number, size=size)


def question(question_id: QuestionId) -> Question:
    """Return a question, shown or not, with all its answers. Raises NotFound."""
    found = store.questions([question_id]) if 0 < question_id < 2**63 else {}
    if question_id not in found:
        raise NotFound("question", question_id)
    return found[question_id]


def question_of(reply_id: ReplyId) -> Question:
    """Return the question an answer belongs to. Raises NotFound."""
    return question(store.question_of(reply_id))


def rulings(question_id: QuestionId) -> tuple[Ruling, ...]:
    """Return what was decided about a question and its answers, oldest first."""
    return store.rulings(question_id)


def questions_waiting() -> tuple[int, int]:
    """Return how many questions, and how many answers of buyers, nobody of the shop has read yet."""
    return store.waiting()


@transaction.atomic
def ask(*, product_id: ProductId, said: Said, visitor: str = "", customer_id: CustomerId | None = None, now: datetime) -> Question:
    """Ask about goods and return the question; it waits until staff have read it. Raises Malformed, OutOfRange."""
    row = store.add(product_id, checked.question(said), checks.line(visitor, field="visitor", most=MOST_KEY), customer_id, now)
    events.record(facts.QuestionAsked(question_id=row.id, product_id=product_id), at=now)
    return question(QuestionId(row.id))


@transaction.atomic
def answer_question(*, question_id: QuestionId, text: str, language: str, actor: UserId | None, now: datetime) -> Question:
    """Answer a question in the shop's name and return it; a question that waited is shown with it. Raises NotFound, Malformed, OutOfRange.

    A hidden one stays hidden: decide on it first.
    """
    said = Said(shown_name="", text=checked.answer(text), language=checks.language(language))
    row = store.lock(question_id)
    store.add_reply(row, said, line_id=None, actor=actor, now=now)
    if row.state == ReviewState.WAITING:
        store.rule(row, None, state=ReviewState.SHOWN, reason="", actor=actor, now=now)
    after = {"language": said.language, "state": row.state}
    audit.record(actor=actor, act="reviews.answer", subject=f"question:{question_id}", before=None, after=after, at=now)
    _tell_answered(row, now)
    return question(question_id)


@transaction.atomic
def reply(*, question_id: QuestionId, line_id: LineId, product_id: ProductId, said: Said, now: datetime) -> Question:
    """Answer a shown question as the buyer of a line, once, and return it; the answer waits until staff have read it.

    The caller has seen that the line's goods, `product_id`, were bought and kept. Raises NotFound for a question that is not shown or not
    about these goods, RepliedAlready, Malformed, OutOfRange.
    """
    tidy = checked.reply(said)
    row = store.lock(question_id)
    if row.state != ReviewState.SHOWN or row.product_id != product_id:
        raise NotFound("question", question_id)
    store.add_reply(row, tidy, line_id=line_id, actor=None, now=now)
    return question(question_id)


@transaction.atomic
def decide_question(*, question_id: QuestionId, state: str, reason: str = "", actor: UserId | None, now: datetime) -> Question:
    """Show a question, or hide it for a reason of the list, and return it. Raises NotFound, NeedsReason, Malformed."""
    _rule(store.lock(question_id), None, state=state, reason=reason, actor=actor, now=now)
    return question(question_id)


@transaction.atomic
def decide_reply(*, reply_id: ReplyId, state: str, reason: str = "", actor: UserId | None, now: datetime) -> Question:
    """Show an answer, or hide it for a reason of the list, and return its question. Raises NotFound, NeedsReason, Malformed."""
    row = store.lock(store.question_of(reply_id))
    answer = store.lock_reply(row, reply_id)
    is_first = answer.state == ReviewState.WAITING
    _rule(row, answer, state=state, reason=reason, actor=actor, now=now)
    if is_first and answer.state == ReviewState.SHOWN:
        _tell_answered(row, now)
    return question(QuestionId(row.id))


def _rule(row: models.Question, answer: models.Reply | None, *, state: str, reason: str, actor: UserId | None, now: datetime) -> None:
    wanted, why = checked.verdict(state, reason)
    at_issue = answer or row
    if (at_issue.state, at_issue.reason) == (wanted, why):
        return
    before = {"state": at_issue.state, "reason": at_issue.reason}
    store.rule(row, answer, state=wanted, reason=why, actor=actor, now=now)
    after = {"state": wanted.value, "reason": why} | ({"reply_id": answer.id} if answer else {})
    audit.record(actor=actor, act="reviews.decide", subject=f"question:{row.id}", before=before, after=after, at=now)


def _tell_answered(row: models.Question, now: datetime) -> None:
    events.record(facts.QuestionAnswered(question_id=row.id, product_id=row.product_id), at=now)
