"""Every query about questions and their answers: rows ↔ shapes."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from shopkeeper.kit import statements, together
from shopkeeper.kit.ids import CustomerId, LineId, ProductId, QuestionId, ReplyId, UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.reviews import models
from shopkeeper.selling.reviews.shapes import Asked, HideReason, Question, RepliedAlready, Reply, ReviewState, Ruling, Said

_FROM = "FROM reviews_question WHERE product_id = %s AND state = 'shown'"
# Their columns stand in the order of the models' fields.
_PAGE = f"""
    SELECT id, product_id, visitor, customer_id, shown_name, text, language, state, reason, asked_at {_FROM}
    ORDER BY asked_at DESC, id DESC OFFSET %s LIMIT %s
"""
_REPLIES = f"""
    SELECT id, question_id, line_id, actor_id, shown_name, text, language, state, reason, at FROM reviews_reply
    WHERE state = 'shown' AND question_id IN (SELECT id {_FROM} ORDER BY asked_at DESC, id DESC OFFSET %s LIMIT %s)
    ORDER BY id
"""  # noqa: S608 - our own words
_TOTAL = f"SELECT count(*) {_FROM}"

_HIDDEN = """
    SELECT reason, count(*) FROM (
        SELECT reason FROM reviews_question WHERE product_id = %s AND state = 'hidden'
        UNION ALL
        SELECT r.reason FROM reviews_reply r JOIN reviews_question q ON q.id = r.question_id
        WHERE q.product_id = %s AND q.state = 'shown' AND r.state = 'hidden') AS hidden
    GROUP BY reason ORDER BY count(*) DESC, reason
"""


def asked(product_id: ProductId, start: int, size: int) -> Asked:
    """Return a page of the shown questions of a product with their shown answers, the shop's first: one statement."""
    # Every product page asks this, and most have no questions: written out, it costs a tenth of what it would through the models.
    rows, replies, total, hidden = together.read(
        lambda: [models.Question(*row) for row in statements.rows(_PAGE, [product_id, start, size])],
        lambda: [models.Reply(*row) for row in statements.rows(_REPLIES, [product_id, start, size])],
        lambda: statements.row(_TOTAL, [product_id])[0],
        lambda: statements.rows(_HIDDEN, [product_id, product_id]),
    )
    return Asked(
        questions=tuple(_question(row, sorted(_of(replies, row), key=lambda each: not _is_shop(each))) for row in rows),
        total=total,
        hidden=tuple((HideReason(reason), count) for reason, count in hidden),
    )


def questions(question_ids: Collection[QuestionId]) -> dict[QuestionId, Question]:
    """Return questions by id, shown or not, with all their answers in the order given: one query."""
    wanted = list(question_ids)
    rows, replies = together.read(
        lambda: list(models.Question.objects.filter(pk__in=wanted)),
        lambda: list(models.Reply.objects.filter(question__in=wanted).order_by("id")),
    )
    return {QuestionId(row.id): _question(row, _of(replies, row)) for row in rows}


def ids(state: ReviewState | None, start: int, size: int) -> tuple[list[QuestionId], int]:
    """Return the ids of questions, all or those in a state, the last asked first, and how many there are."""
    found = models.Question.objects.filter(**({"state": state} if state else {}))
    chosen, total = together.read(
        lambda: list(found.order_by("-asked_at", "-id").values_list("id", flat=True)[start : start + size]), found.count
    )
    return [QuestionId(each) for each in chosen], total


def rulings(question_id: QuestionId) -> tuple[Ruling, ...]:
    """Return what was decided about a question and its answers, oldest first."""
    return tuple(
        Ruling(
            reply_id=None if row.reply_id is None else ReplyId(row.reply_id), state=ReviewState(row.state), reason=row.reason,
            actor_id=row.actor_id, at=row.at,
        )
        for row in models.Ruling.objects.filter(question=question_id).order_by("id")
    )  # fmt: skip


def question_of(reply_id: ReplyId) -> QuestionId:
    """Return the question an answer belongs to. Raises NotFound."""
    found = models.Reply.objects.filter(pk=reply_id).values_list("question_id", flat=True).first() if 0 < reply_id < 2**63 else None
    if found is None:
        raise NotFound("answer", reply_id)
    return QuestionId(found)


def waiting() -> tuple[int, int]:
    """Return how many questions wait, and how many buyers' answers to shown ones."""
    waits = ReviewState.WAITING
    found = together.read(models.Question.objects.filter(state=waits).count, models.Reply.objects.filter(state=waits).count)
    return found[0], found[1]


def lock(question_id: QuestionId) -> models.Question:
    """Return a question's row, locked (rank 55). Raises NotFound."""
    row = models.Question.objects.select_for_update().filter(pk=question_id).first() if 0 < question_id < 2**63 else None
    if row is None:
        raise NotFound("question", question_id)
    return row


def lock_reply(question: models.Question, reply_id: ReplyId) -> models.Reply:
    """Return an answer's row, locked after its question. Raises NotFound."""
    row = models.Reply.objects.select_for_update().filter(pk=reply_id, question=question).first()
    if row is None:
        raise NotFound("answer", reply_id)
    return row


def add(product_id: ProductId, said: Said, visitor: str, customer_id: CustomerId | None, now: datetime) -> models.Question:
    """Write a question that waits."""
    return models.Question.objects.create(
        product_id=product_id, visitor=visitor, customer_id=customer_id, shown_name=said.shown_name, text=said.text,
        language=said.language, asked_at=now,
    )  # fmt: skip


def add_reply(question: models.Question, said: Said, *, line_id: LineId | None, actor: UserId | None, now: datetime) -> models.Reply:
    """Write an answer: the shop's, which is shown at once, or a buyer's, which waits. Raises RepliedAlready."""
    try:
        with transaction.atomic():
            return models.Reply.objects.create(
                question=question, line_id=line_id, actor_id=actor, shown_name=said.shown_name, text=said.text, language=said.language,
                state=ReviewState.SHOWN if line_id is None else ReviewState.WAITING, at=now,
            )  # fmt: skip
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") == "23505":
            raise RepliedAlready from error
        raise


def rule(
    question: models.Question, reply: models.Reply | None, *, state: ReviewState, reason: str, actor: UserId | None, now: datetime
) -> None:
    """Write where a question, or an answer to it, stands from now on, and that somebody decided so."""
    row = reply or question
    row.state, row.reason = state, reason
    row.save(update_fields=["state", "reason"])
    models.Ruling.objects.create(question=question, reply=reply, state=state, reason=reason, actor_id=actor, at=now)


def _is_shop(row: models.Reply) -> bool:
    return row.line_id is None


def _of(replies: Iterable[models.Reply], row: models.Question) -> list[models.Reply]:
    return [each for each in replies if each.question_id == row.id]


def _question(row: models.Question, replies: Iterable[models.Reply]) -> Question:
    return Question(
        id=QuestionId(row.id), product_id=ProductId(row.product_id),
        said=Said(shown_name=row.shown_name, text=row.text, language=row.language), state=ReviewState(row.state), reason=row.reason,
        asked_at=row.asked_at, replies=tuple(_reply(each) for each in replies),
    )  # fmt: skip


def _reply(row: models.Reply) -> Reply:
    return Reply(
        id=ReplyId(row.id), question_id=QuestionId(row.question_id),
        said=Said(shown_name=row.shown_name, text=row.text, language=row.language), is_shop=_is_shop(row), state=ReviewState(row.state),
        reason=row.reason, at=row.at,
    )  # fmt: skip
