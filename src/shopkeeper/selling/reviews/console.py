"""How staff read, show, hide and answer reviews, and questions about goods."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shopkeeper.kit.console import Choice, Column, Command, Days, Done, Fact, Listing, States, pill, state_choice, word
from shopkeeper.kit.ids import QuestionId, ReplyId, ReviewId, UserId
from shopkeeper.selling.reviews import models
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.reviews.shapes import MOST_ANSWER, STARS, HideReason, ReviewState

STATES: States = {
    ReviewState.WAITING.value: (pgettext_lazy("review", "Waits to be read"), "warn"),
    ReviewState.SHOWN.value: (pgettext_lazy("review", "Shown"), "good"),
    ReviewState.HIDDEN.value: (pgettext_lazy("review", "Hidden"), "quiet"),
}

REASONS = {
    HideReason.OFF_TOPIC.value: pgettext_lazy("why hidden", "it does not speak of the goods"),
    HideReason.ABUSIVE.value: pgettext_lazy("why hidden", "it insults somebody"),
    HideReason.ADVERTISING.value: pgettext_lazy("why hidden", "it advertises something else"),
    HideReason.PERSONAL_DATA.value: pgettext_lazy("why hidden", "it tells somebody’s personal data"),
    HideReason.UNLAWFUL.value: pgettext_lazy("why hidden", "the law forbids to show it"),
    HideReason.WRITER_ASKED.value: pgettext_lazy("why hidden", "its writer asked for it"),
}

LANGUAGES = (("en", "English"), ("zh-hans", "简体中文"))

_SAID = 80


def drawn(stars: int) -> str:
    """Return stars as they are drawn in a list."""
    return "★" * stars + "☆" * (5 - stars)


def said(row: Any) -> str:
    """Return what a review is called in a list: its title, else how its words begin, else that there are none."""
    text = row.title or row.text
    return f"{text[:_SAID]}…" if len(text) > _SAID else text or _("Stars without words")


def _rows() -> QuerySet[Any]:
    return models.Review.objects.annotate(is_answered=Exists(models.Answer.objects.filter(review=OuterRef("pk"))))


def _why(row: Any) -> str | None:
    return word(REASONS, row.reason) if row.reason else None


REVIEWS = Listing(
    name="reviews",
    title=gettext_lazy("Reviews"),
    caption=gettext_lazy(
        "What buyers wrote of goods they bought. Each waits until somebody has read it; what is hidden is told by its reason, "
        "never deleted."
    ),
    empty=gettext_lazy("The first review will stand here. Buyers write them from the page of their order."),
    see="reviews.view",
    rows=_rows,
    order=("-changed_at", "-pk"),
    search=lambda rows, text: rows.filter(Q(title__icontains=text) | Q(text__icontains=text) | Q(shown_name__icontains=text)),
    search_hint=gettext_lazy("Words, name or goods"),
    columns=(
        Column(
            name="said",
            label=gettext_lazy("Review"),
            value=said,
            note=lambda row: row.shown_name,
            url=lambda row: reverse("console_reviews:page", args=[row.pk]),
        ),
        Column(name="stars", label=gettext_lazy("Stars"), value=lambda row: drawn(row.stars), sort="stars"),
        Column(name="goods", label=gettext_lazy("Goods"), value=lambda row: getattr(row, "also", None) or str(row.product_id)),
        Column(name="state", label=gettext_lazy("State"), value=lambda row: pill(STATES, row.state), note=_why, kind="pill", sort="state"),
        Column(
            name="answered",
            label=gettext_lazy("Answer"),
            value=lambda row: _("answered") if row.is_answered else None,
            is_minor=True,
        ),
        Column(name="changed_at", label=gettext_lazy("Written"), kind="moment", sort="changed_at", is_minor=True),
    ),
    filters=(
        state_choice(gettext_lazy("State"), STATES),
        Choice(
            name="stars",
            label=gettext_lazy("Stars"),
            choices=lambda: [(str(each), drawn(each)) for each in reversed(STARS)],
            apply=lambda rows, value: rows.filter(stars=value),
        ),
        Days(name="day", label=gettext_lazy("Written"), moment="changed_at"),
    ),
)


class _About(Command):
    """What the acts about a review share: the review, and the version that whoever acts has read."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def prepare(self) -> None:
        self.review = reviews.review(ReviewId(self.target_id or 0))
        self.start(seen=self.review.version)

    def seen_version(self) -> int:
        """Return the version sent with the form; 0, which is none, where it is missing."""
        return self.cleaned_data["seen"] or 0

    def name(self) -> str:
        return said(self.review)

    def facts(self) -> Sequence[Fact]:
        found = self.review
        return [
            Fact(_("State"), pill(STATES, found.state.value), "pill"),
            Fact(_("Stars"), drawn(found.stars)),
            Fact(_("Name shown"), found.shown_name),
            Fact(_("In one line"), found.title or "–"),
            Fact(_("Words"), found.text or "–", "long"),
            Fact(_("Version"), found.version, "number"),
        ]


class Show(_About):
    """A review is shown to everybody."""

    act = "reviews.decide"
    title = gettext_lazy("Show the review")
    submit = gettext_lazy("Show it")
    caption = gettext_lazy("Everybody reads it on the product’s page, and its stars count.")

    def run(self, *, actor: UserId, now: datetime) -> Done:
        reviews.decide(review_id=self.review.id, seen_version=self.seen_version(), state=ReviewState.SHOWN, actor=actor, now=now)
        return Done(_("The review is shown."), self.review.id)


class Hide(_About):
    """A review is hidden, for a reason that its writer and every reader are told."""

    act = "reviews.decide"
    title = gettext_lazy("Hide the review")
    submit = gettext_lazy("Hide it")
    caption = gettext_lazy(
        "Its writer reads why, and the product’s page says how many reviews are hidden for which reason. That a review is bad for trade is "
        "no reason: answer it instead."
    )
    is_grave = True
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=lambda: [("", "–"), *REASONS.items()])

    def run(self, *, actor: UserId, now: datetime) -> Done:
        reason = self.cleaned_data["reason"]
        reviews.decide(
            review_id=self.review.id, seen_version=self.seen_version(), state=ReviewState.HIDDEN, reason=reason, actor=actor, now=now
        )
        return Done(_("The review is hidden: %(reason)s.") % {"reason": word(REASONS, reason)}, self.review.id)


class AnswerReview(_About):
    """The shop answers a review, for everybody to read."""

    act = "reviews.answer"
    title = gettext_lazy("Answer the review")
    submit = gettext_lazy("Answer")
    caption = gettext_lazy("It stands below the review in the shop’s name. A later answer takes its place; the one before is kept.")
    answer = forms.CharField(label=gettext_lazy("Answer"), max_length=MOST_ANSWER, widget=forms.Textarea)
    language = forms.ChoiceField(label=gettext_lazy("Language of the answer"), choices=LANGUAGES)

    def prepare(self) -> None:
        super().prepare()
        self.start(language=self.review.language)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        reviews.answer(review_id=self.review.id, text=found["answer"], language=found["language"], actor=actor, now=now)
        return Done(_("The answer stands below the review."), self.review.id)


# ── questions about goods, and buyers' answers to them ────────────────────────────────────────────────────────────────

ANSWERS_WAIT = "answers"


def asks(text: str) -> str:
    """Return how a question or an answer begins, for a list."""
    return f"{text[:_SAID]}…" if len(text) > _SAID else text


def _questions() -> QuerySet[Any]:
    replies = models.Reply.objects.filter(question=OuterRef("pk"))
    return models.Question.objects.annotate(
        is_answered=Exists(replies.filter(state=ReviewState.SHOWN)), has_waiting=Exists(replies.filter(state=ReviewState.WAITING))
    )


def _answered(row: Any) -> str | None:
    if row.has_waiting:
        return _("an answer waits to be read")
    return _("answered") if row.is_answered else None


def _by_question_state(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(has_waiting=True) if value == ANSWERS_WAIT else rows.filter(state=value)


QUESTIONS = Listing(
    name="questions",
    title=gettext_lazy("Questions"),
    caption=gettext_lazy("What people ask about goods. Answering shows the question with the answer; buyers of the goods may answer too."),
    empty=gettext_lazy("The first question will stand here. Anybody asks from a product’s page."),
    see="reviews.view",
    rows=_questions,
    order=("-asked_at", "-pk"),
    search=lambda rows, text: rows.filter(Q(text__icontains=text) | Q(shown_name__icontains=text)),
    search_hint=gettext_lazy("Words, name or goods"),
    columns=(
        Column(
            name="text",
            label=gettext_lazy("Question"),
            value=lambda row: asks(row.text),
            note=lambda row: row.shown_name,
            url=lambda row: reverse("console_questions:page", args=[row.pk]),
        ),
        Column(name="goods", label=gettext_lazy("Goods"), value=lambda row: getattr(row, "also", None) or str(row.product_id)),
        Column(name="state", label=gettext_lazy("State"), value=lambda row: pill(STATES, row.state), note=_why, kind="pill", sort="state"),
        Column(name="answered", label=gettext_lazy("Answer"), value=_answered),
        Column(name="asked_at", label=pgettext_lazy("question", "Asked"), kind="moment", sort="asked_at", is_minor=True),
    ),
    filters=(
        Choice(
            name="state",
            label=gettext_lazy("State"),
            choices=lambda: [
                *((code, words) for code, (words, _tone) in STATES.items()),
                (ANSWERS_WAIT, _("With an answer to read")),
            ],
            apply=_by_question_state,
        ),
        Days(name="day", label=pgettext_lazy("question", "Asked"), moment="asked_at"),
    ),
)

REPLIES = Listing(
    name="buyer-answers",
    title=gettext_lazy("Answers of buyers"),
    caption=gettext_lazy("What buyers answered to questions about goods they bought. Each waits until somebody has read it."),
    empty=gettext_lazy("The first answer of a buyer will stand here."),
    see="reviews.view",
    rows=lambda: models.Reply.objects.filter(line_id__isnull=False).select_related("question"),
    order=("-at", "-pk"),
    search=lambda rows, text: rows.filter(Q(text__icontains=text) | Q(shown_name__icontains=text)),
    search_hint=gettext_lazy("Words or name"),
    columns=(
        Column(
            name="text",
            label=gettext_lazy("Answer"),
            value=lambda row: asks(row.text),
            note=lambda row: row.shown_name,
            url=lambda row: reverse("console_questions:page", args=[row.question_id]),
        ),
        Column(name="question", label=gettext_lazy("Question"), value=lambda row: asks(row.question.text)),
        Column(name="state", label=gettext_lazy("State"), value=lambda row: pill(STATES, row.state), note=_why, kind="pill", sort="state"),
        Column(name="at", label=gettext_lazy("Written"), kind="moment", sort="at", is_minor=True),
    ),
    filters=(state_choice(gettext_lazy("State"), STATES),),
)


class _AboutQuestion(Command):
    """What the acts about a question share."""

    def prepare(self) -> None:
        self.question = reviews.question(QuestionId(self.target_id or 0))

    def name(self) -> str:
        return asks(self.question.said.text)

    def facts(self) -> Sequence[Fact]:
        found = self.question
        return [
            Fact(_("State"), pill(STATES, found.state.value), "pill"),
            Fact(_("Name shown"), found.said.shown_name),
            Fact(_("Question"), found.said.text, "long"),
        ]


class ShowQuestion(_AboutQuestion):
    """A question is shown to everybody."""

    act = "reviews.decide"
    title = gettext_lazy("Show the question")
    submit = gettext_lazy("Show it")
    caption = gettext_lazy("Everybody reads it on the product’s page, and buyers may answer.")

    def run(self, *, actor: UserId, now: datetime) -> Done:
        reviews.decide_question(question_id=self.question.id, state=ReviewState.SHOWN, actor=actor, now=now)
        return Done(_("The question is shown."), self.question.id)


class HideQuestion(_AboutQuestion):
    """A question is hidden for a reason that readers are told."""

    act = "reviews.decide"
    title = gettext_lazy("Hide the question")
    submit = gettext_lazy("Hide it")
    caption = gettext_lazy("The product’s page says how many questions and answers are hidden for which reason.")
    is_grave = True
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=lambda: [("", "–"), *REASONS.items()])

    def run(self, *, actor: UserId, now: datetime) -> Done:
        reason = self.cleaned_data["reason"]
        reviews.decide_question(question_id=self.question.id, state=ReviewState.HIDDEN, reason=reason, actor=actor, now=now)
        return Done(_("The question is hidden: %(reason)s.") % {"reason": word(REASONS, reason)}, self.question.id)


class AnswerQuestion(_AboutQuestion):
    """The shop answers a question; one that waited is shown with its answer."""

    act = "reviews.answer"
    title = gettext_lazy("Answer the question")
    submit = gettext_lazy("Answer")
    caption = gettext_lazy("The answer stands below the question in the shop’s name; a question that waits is shown with it.")
    answer = forms.CharField(label=gettext_lazy("Answer"), max_length=MOST_ANSWER, widget=forms.Textarea)
    language = forms.ChoiceField(label=gettext_lazy("Language of the answer"), choices=LANGUAGES)

    def prepare(self) -> None:
        super().prepare()
        self.start(language=self.question.said.language)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        reviews.answer_question(question_id=self.question.id, text=found["answer"], language=found["language"], actor=actor, now=now)
        return Done(_("The answer stands below the question."), self.question.id)


class _AboutReply(Command):
    """What the acts about a buyer's answer share."""

    def prepare(self) -> None:
        wanted = ReplyId(self.target_id or 0)
        self.question = reviews.question_of(wanted)
        self.reply = next(each for each in self.question.replies if each.id == wanted)

    def name(self) -> str:
        return asks(self.reply.said.text)

    def facts(self) -> Sequence[Fact]:
        return [
            Fact(_("State"), pill(STATES, self.reply.state.value), "pill"),
            Fact(_("Question"), self.question.said.text, "long"),
            Fact(_("Name shown"), self.reply.said.shown_name),
            Fact(_("Answer"), self.reply.said.text, "long"),
        ]


class ShowReply(_AboutReply):
    """A buyer's answer is shown to everybody."""

    act = "reviews.decide"
    title = gettext_lazy("Show the answer")
    submit = gettext_lazy("Show it")
    caption = gettext_lazy("It stands below the question, marked as the answer of somebody who bought the goods.")

    def run(self, *, actor: UserId, now: datetime) -> Done:
        reviews.decide_reply(reply_id=self.reply.id, state=ReviewState.SHOWN, actor=actor, now=now)
        return Done(_("The answer is shown."), self.reply.id)


class HideReply(_AboutReply):
    """A buyer's answer is hidden for a reason that readers are told."""

    act = "reviews.decide"
    title = gettext_lazy("Hide the answer")
    submit = gettext_lazy("Hide it")
    caption = gettext_lazy("The product’s page says how many questions and answers are hidden for which reason.")
    is_grave = True
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=lambda: [("", "–"), *REASONS.items()])

    def run(self, *, actor: UserId, now: datetime) -> Done:
        reason = self.cleaned_data["reason"]
        reviews.decide_reply(reply_id=self.reply.id, state=ReviewState.HIDDEN, reason=reason, actor=actor, now=now)
        return Done(_("The answer is hidden: %(reason)s.") % {"reason": word(REASONS, reason)}, self.reply.id)
