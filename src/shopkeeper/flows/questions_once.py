"""Questions about goods and answers to them over a line that may break: sent twice under one idempotency key, they are kept once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from shopkeeper.flows import write_review
from shopkeeper.kit.ids import LineId, ProductId, QuestionId, UserId
from shopkeeper.ops.requests import public as requests
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.reviews.shapes import Question, Said


def ask(*, product_id: ProductId, said: Said, now: datetime, key: str | None = None) -> Question:
    """Ask about goods and return the question, which waits for staff; repeating the key repeats the answer.

    Raises Malformed, OutOfRange, KeyReused.
    """
    return _once(
        f"product:{product_id}", "questions.ask", _words(said),
        lambda: reviews.ask(product_id=product_id, said=said, now=now), key=key, now=now,
    )  # fmt: skip


def answer_as_buyer(*, token: str, line_id: LineId, question_id: QuestionId, said: Said, now: datetime, key: str | None = None) -> Question:
    """Answer a question as the buyer of a line and return the question; repeating the key repeats the answer.

    Raises NotFound, NotSentYet, GoodsWentBack, RepliedAlready, Malformed, OutOfRange, KeyReused.
    """
    return _once(
        f"order:{orders.by_token(token).id}", "questions.reply", {"line_id": line_id, "question_id": question_id, **_words(said)},
        lambda: write_review.answer(token=token, line_id=line_id, question_id=question_id, said=said, now=now), key=key, now=now,
    )  # fmt: skip


def answer(*, question_id: QuestionId, text: str, language: str, actor: UserId, now: datetime, key: str | None = None) -> Question:
    """Answer a question in the shop's name and return it; repeating the key repeats the answer.

    Raises NotFound, Malformed, OutOfRange, KeyReused.
    """
    return _once(
        requests.STAFF, "questions.answer", {"question_id": question_id, "text": text, "language": language},
        lambda: reviews.answer_question(question_id=question_id, text=text, language=language, actor=actor, now=now), key=key, now=now,
    )  # fmt: skip


def _words(said: Said) -> dict[str, Any]:
    return {"shown_name": said.shown_name, "text": said.text, "language": said.language}


def _once(asker: str, act: str, asked: dict[str, Any], work: Callable[[], Question], *, key: str | None, now: datetime) -> Question:
    done = requests.once(key=key, asker=asker, act=act, asked=asked, work=lambda: {"id": work().id}, now=now)
    return reviews.question(QuestionId(done["id"]))
