"""Reviews: the present state of each, and all that was ever written, decided, answered and voted. Nothing here is deleted.

Products, orders and customers are known by their ids only: their rooms stand beside this one or above it.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from shopkeeper.selling.reviews.shapes import (
    MOST_ANSWER,
    MOST_NAME,
    MOST_PHOTOS,
    MOST_QUESTION,
    MOST_TEXT,
    MOST_TITLE,
    HideReason,
    ReviewState,
)

STATES = [each.value for each in ReviewState]
REASONS = ["", *(each.value for each in HideReason)]


class Review(models.Model):
    """A review as it stands. `writer` is the visitor's key of the browser it was written in: it may not vote for it."""

    product_id = models.BigIntegerField()
    order_id = models.BigIntegerField()
    line_id = models.BigIntegerField()
    buyer_id = models.BigIntegerField()
    writer = models.CharField(max_length=80, blank=True)
    shown_name = models.CharField(max_length=MOST_NAME)
    stars = models.SmallIntegerField()
    title = models.CharField(max_length=MOST_TITLE, blank=True)
    text = models.TextField(max_length=MOST_TEXT, blank=True)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default="waiting")
    reason = models.CharField(max_length=20, blank=True)
    version = models.IntegerField(default=1)
    is_returned = models.BooleanField(default=False)
    helpful = models.IntegerField(default=0)
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("line_id", name="reviews_one_for_each_line"),
            models.CheckConstraint(condition=Q(stars__range=(1, 5)), name="reviews_stars_one_to_five"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="reviews_state_known"),
            models.CheckConstraint(condition=Q(reason__in=REASONS), name="reviews_reason_known"),
            models.CheckConstraint(condition=Q(state="hidden") ^ Q(reason=""), name="reviews_hidden_for_a_reason"),
            models.CheckConstraint(condition=~Q(shown_name=""), name="reviews_name_is_something"),
            models.CheckConstraint(condition=Q(version__gte=1) & Q(helpful__gte=0), name="reviews_counts"),
        ]
        indexes: ClassVar = [
            models.Index("product_id", F("written_at").desc(), F("id").desc(), condition=Q(state="shown"), name="reviews_newest"),
            models.Index(
                "product_id",
                F("helpful").desc(),
                F("written_at").desc(),
                F("id").desc(),
                condition=Q(state="shown"),
                name="reviews_helpful",
            ),
            models.Index(
                "product_id", F("stars").desc(), F("written_at").desc(), F("id").desc(), condition=Q(state="shown"), name="reviews_best"
            ),
            models.Index("product_id", "stars", F("written_at").desc(), F("id").desc(), condition=Q(state="shown"), name="reviews_worst"),
            models.Index("product_id", "reason", condition=Q(state="hidden"), name="reviews_hidden"),
            models.Index("changed_at", "id", condition=Q(state="waiting"), name="reviews_waiting"),
            models.Index("order_id", name="reviews_by_order"),
        ]


class Version(models.Model):
    """What a writer wrote, once for each time it was changed; the newest is the review's own text."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    shown_name = models.CharField(max_length=MOST_NAME)
    stars = models.SmallIntegerField()
    title = models.CharField(max_length=MOST_TITLE, blank=True)
    text = models.TextField(max_length=MOST_TEXT, blank=True)
    language = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("review", "number", name="reviews_version_once")]


class Photo(models.Model):
    """A photo that belongs to one version of a review. The picture itself is known by the keys under which it is shown."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="photos", db_index=False)
    version = models.IntegerField()
    position = models.SmallIntegerField()
    original = models.CharField(max_length=64)
    whole = models.CharField(max_length=32)
    square = models.CharField(max_length=32)
    width = models.IntegerField()
    height = models.IntegerField()
    side = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("review", "version", "position", name="reviews_photo_once"),
            models.CheckConstraint(condition=Q(position__range=(1, MOST_PHOTOS)), name="reviews_photo_few"),
            models.CheckConstraint(condition=Q(width__gt=0, height__gt=0, side__gt=0), name="reviews_photo_measure"),
        ]


class Decision(models.Model):
    """What staff decided about a version of a review."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="decisions")
    version = models.IntegerField()
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=20, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Answer(models.Model):
    """What the shop answered; the newest is shown, the ones before are kept."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="answers")
    text = models.TextField(max_length=MOST_ANSWER)
    language = models.CharField(max_length=10)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Vote(models.Model):
    """One visitor, and one customer where the visitor is signed in, called a review helpful: neither does so twice."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="votes")
    visitor = models.CharField(max_length=80)
    customer_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("review", "visitor", name="reviews_one_vote_a_visitor"),
            models.UniqueConstraint("review", "customer_id", condition=Q(customer_id__isnull=False), name="reviews_one_vote_a_customer"),
        ]


class Summary(models.Model):
    """What the reviews of a product come to. Only triggers write here (`sql/0001_kept.sql`), in the transaction of the change."""

    product_id = models.BigIntegerField(primary_key=True)
    stars_1 = models.IntegerField(default=0)
    stars_2 = models.IntegerField(default=0)
    stars_3 = models.IntegerField(default=0)
    stars_4 = models.IntegerField(default=0)
    stars_5 = models.IntegerField(default=0)
    hidden = models.IntegerField(default=0)
    waiting = models.IntegerField(default=0)
    mark = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(stars_1__gte=0, stars_2__gte=0, stars_3__gte=0, stars_4__gte=0, stars_5__gte=0, hidden__gte=0, waiting__gte=0),
                name="reviews_sums_not_below_nothing",
            )
        ]


class Question(models.Model):
    """What somebody asked about goods. The words never change; `visitor` is the key of the browser it was asked in."""

    product_id = models.BigIntegerField()
    visitor = models.CharField(max_length=80, blank=True)
    customer_id = models.BigIntegerField(null=True)
    shown_name = models.CharField(max_length=MOST_NAME)
    text = models.TextField(max_length=MOST_QUESTION)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default="waiting")
    reason = models.CharField(max_length=20, blank=True)
    asked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="reviews_question_state_known"),
            models.CheckConstraint(condition=Q(reason__in=REASONS), name="reviews_question_reason_known"),
            models.CheckConstraint(condition=Q(state="hidden") ^ Q(reason=""), name="reviews_question_hidden_for_a_reason"),
            models.CheckConstraint(condition=~Q(shown_name="") & ~Q(text=""), name="reviews_question_is_something"),
        ]
        indexes: ClassVar = [
            models.Index("product_id", F("asked_at").desc(), F("id").desc(), condition=Q(state="shown"), name="reviews_asked"),
            models.Index("product_id", "reason", condition=Q(state="hidden"), name="reviews_question_hidden"),
            models.Index("asked_at", "id", condition=Q(state="waiting"), name="reviews_question_waiting"),
        ]


class Reply(models.Model):
    """An answer to a question: the shop's, by a member of staff, or a buyer's, for a line of an order. The words never change."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="replies")
    line_id = models.BigIntegerField(null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    shown_name = models.CharField(max_length=MOST_NAME, blank=True)
    text = models.TextField(max_length=MOST_ANSWER)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default="waiting")
    reason = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("question", "line_id", condition=Q(line_id__isnull=False), name="reviews_one_reply_for_each_line"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="reviews_reply_state_known"),
            models.CheckConstraint(condition=Q(reason__in=REASONS), name="reviews_reply_reason_known"),
            models.CheckConstraint(condition=Q(state="hidden") ^ Q(reason=""), name="reviews_reply_hidden_for_a_reason"),
            models.CheckConstraint(condition=Q(line_id__isnull=True) ^ ~Q(shown_name=""), name="reviews_a_buyer_has_a_name"),
        ]
        indexes: ClassVar = [models.Index("at", "id", condition=Q(state="waiting"), name="reviews_reply_waiting")]


class Ruling(models.Model):
    """What staff decided about a question, or about an answer to it."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    reply = models.ForeignKey(Reply, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=20, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
