"""The face of the reviews room, on a real database."""

import random
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import Error, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shopkeeper.kit import together
from shopkeeper.kit.ids import CustomerId, LineId, ProductId, ReviewId
from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.reviews import models
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.reviews.shapes import (
    HideReason,
    OwnReview,
    Rating,
    ReviewChanged,
    ReviewedAlready,
    ReviewSort,
    ReviewState,
    Summary,
    VotedAlready,
    Written,
)
from shopkeeper.selling.reviews.tests.builders import NOON, TEA, draft, hidden, line, shown, told, waiting

pytestmark = pytest.mark.django_db


def summary(product_id: ProductId = TEA) -> Summary:
    return reviews.summaries([product_id])[product_id]


def sums(product_id: ProductId = TEA) -> tuple[tuple[int, ...], int, int]:
    found = summary(product_id)
    return found.by_stars, found.hidden, found.waiting


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_review_waits_and_nobody_sees_it_before_staff_have_looked() -> None:
    made = waiting(stars=5)

    assert made.state is ReviewState.WAITING
    assert reviews.opinions(TEA).shown == ()
    assert sums() == ((0, 0, 0, 0, 0), 0, 1)
    assert told("ReviewWritten") == [{"review_id": made.id, "product_id": TEA, "order_id": made.line.order_id, "stars": 5}]


def test_a_line_has_one_review() -> None:
    bought = line()
    first = reviews.write(line=bought, draft=draft(), now=NOON)

    with pytest.raises(ReviewedAlready) as refused:
        reviews.write(line=bought, draft=draft(stars=1), now=NOON)

    assert refused.value.review_id == first.id
    assert reviews.review(first.id).stars == 4
    assert len(told("ReviewWritten")) == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_write_of_one_line_at_once_leave_one_review() -> None:
    bought, gate, answers = line(), Barrier(2), []

    def write() -> None:
        gate.wait()
        try:
            answers.append(reviews.write(line=bought, draft=draft(), now=NOON).state)
        except ReviewedAlready:
            answers.append(None)
        finally:
            connection.close()

    both = [Thread(target=write) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert sorted(answers, key=str) == [None, ReviewState.WAITING]
    assert models.Review.objects.count() == 1
    assert sums() == ((0, 0, 0, 0, 0), 0, 1)


def test_what_is_changed_waits_again_and_what_was_there_is_kept() -> None:
    made = shown(stars=5, text="Lovely.")

    later = reviews.edit(review_id=made.id, draft=draft(stars=1, text="The lid broke."), now=NOON + timedelta(days=3))

    assert (later.state, later.version, later.stars) == (ReviewState.WAITING, 2, 1)
    assert [(each.number, each.stars, each.text) for each in later.versions] == [(1, 5, "Lovely."), (2, 1, "The lid broke.")]
    assert later.written_at == NOON
    assert sums() == ((0, 0, 0, 0, 0), 0, 1)
    assert [each["stars"] for each in told("ReviewWritten")] == [5, 1]


def test_what_changes_nothing_leaves_the_review_where_it_stands() -> None:
    made = shown()

    again = reviews.edit(review_id=made.id, draft=draft(), now=NOON + timedelta(days=1))

    assert (again.state, again.version, again.changed_at) == (ReviewState.SHOWN, 1, NOON)
    assert len(told("ReviewWritten")) == 1


def test_a_review_nobody_wrote_is_not_found() -> None:
    for wrong in (ReviewId(999), ReviewId(0), ReviewId(2**63)):
        with pytest.raises(NotFound):
            reviews.review(wrong)
        with pytest.raises(NotFound):
            reviews.decide(review_id=wrong, seen_version=1, state="shown", actor=None, now=NOON)


# ── deciding ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_shown_review_is_seen_and_counts() -> None:
    made = shown(stars=4)

    (seen,) = reviews.opinions(TEA).shown
    assert (seen.id, seen.shown_name, seen.stars, seen.is_edited) == (made.id, "Ann", 4, False)
    assert summary().rating == Rating(count=1, total=4)
    assert told("ReviewDecided") == [{"review_id": made.id, "product_id": TEA, "state": "shown", "reason": ""}]


def test_a_hidden_review_leaves_the_stars_and_is_told_with_its_reason() -> None:
    shown(stars=5)
    hidden("advertising", stars=1)
    hidden("advertising", stars=1)
    hidden("abusive", stars=1)

    found = reviews.opinions(TEA)

    assert found.summary.rating == Rating(count=1, total=5)
    assert found.summary.hidden == 3
    assert found.hidden == ((HideReason.ADVERTISING, 2), (HideReason.ABUSIVE, 1))


def test_every_decision_is_kept_and_stands_in_the_trail() -> None:
    made = waiting()
    reviews.decide(review_id=made.id, seen_version=1, state="hidden", reason="off_topic", actor=None, now=NOON)
    found = reviews.decide(review_id=made.id, seen_version=1, state="shown", actor=None, now=NOON + timedelta(hours=1))

    assert [(each.version, each.state, each.reason) for each in found.decisions] == [(1, "hidden", "off_topic"), (1, "shown", "")]
    newest, before = audit.entries(subject=f"review:{made.id}").items
    assert (newest.act, newest.before, newest.after) == (
        "reviews.decide", {"state": "hidden", "reason": "off_topic"}, {"state": "shown", "reason": "", "version": 1},
    )  # fmt: skip
    assert before.before == {"state": "waiting", "reason": ""}


def test_deciding_the_same_again_changes_nothing() -> None:
    made = shown()

    reviews.decide(review_id=made.id, seen_version=1, state="shown", actor=None, now=NOON)

    assert len(told("ReviewDecided")) == 1
    assert audit.entries(subject=f"review:{made.id}").total == 1


def test_nobody_decides_on_words_they_have_not_read() -> None:
    made = waiting()
    reviews.edit(review_id=made.id, draft=draft(text="Buy at my shop instead!"), now=NOON)

    with pytest.raises(ReviewChanged):
        reviews.decide(review_id=made.id, seen_version=1, state="shown", actor=None, now=NOON)

    assert reviews.review(made.id).state is ReviewState.WAITING
    assert told("ReviewDecided") == []


def test_goods_that_went_back_leave_the_review_and_its_stars_and_are_said() -> None:
    made, other = shown(stars=1), shown(stars=5)

    assert reviews.mark_returned([made.line.line_id, LineId(999)]) == 1
    assert reviews.mark_returned([made.line.line_id]) == 0

    assert {each.id: each.is_returned for each in reviews.opinions(TEA).shown} == {made.id: True, other.id: False}
    assert summary().rating == Rating(count=2, total=6)


# ── answers and votes ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_answer_again_changes_nothing() -> None:
    made = shown()

    for hours in (0, 1):
        reviews.answer(review_id=made.id, text="Sorry.", language="en", actor=None, now=NOON + timedelta(hours=hours))

    assert [each.at for each in reviews.review(made.id).answers] == [NOON]
    assert len(told("ReviewAnswered")) == 1


def test_the_shop_s_last_answer_is_shown_and_the_ones_before_are_kept() -> None:
    made = shown()
    reviews.answer(review_id=made.id, text="Sorry.", language="en", actor=None, now=NOON)
    reviews.answer(review_id=made.id, text="Sorry; a new lid is on its way.", language="en", actor=None, now=NOON + timedelta(hours=1))

    (seen,) = reviews.opinions(TEA).shown
    assert seen.answer is not None
    assert seen.answer.text == "Sorry; a new lid is on its way."
    assert [each.text for each in reviews.review(made.id).answers] == ["Sorry.", "Sorry; a new lid is on its way."]
    assert told("ReviewAnswered") == [{"review_id": made.id, "product_id": TEA}] * 2
    assert [each.after for each in audit.entries(act="reviews.answer").items] == [
        {"language": "en", "version": 2},
        {"language": "en", "version": 1},
    ]


def test_an_empty_answer_is_none() -> None:
    made = shown()

    with pytest.raises(OutOfRange):
        reviews.answer(review_id=made.id, text="  ", language="en", actor=None, now=NOON)

    assert told("ReviewAnswered") == []


def test_each_visitor_and_each_customer_has_one_vote() -> None:
    made = shown()

    assert reviews.vote(review_id=made.id, visitor="v1", now=NOON) == 1
    assert reviews.vote(review_id=made.id, visitor="v2", customer_id=CustomerId(8), now=NOON) == 2
    for visitor, customer in (("v1", None), ("v1", CustomerId(9)), ("v3", CustomerId(8)), ("v2", None)):
        with pytest.raises(VotedAlready):
            reviews.vote(review_id=made.id, visitor=visitor, customer_id=customer, now=NOON)

    assert [each.helpful for each in reviews.opinions(TEA).shown] == [2]


def test_nobody_votes_for_their_own() -> None:
    made = shown(writer="browser", buyer_id=3)

    for visitor, customer in (("browser", None), ("other", CustomerId(3))):
        with pytest.raises(OwnReview):
            reviews.vote(review_id=made.id, visitor=visitor, customer_id=customer, now=NOON)

    assert models.Vote.objects.count() == 0


@pytest.mark.parametrize("make", [waiting, hidden])
def test_what_nobody_sees_gets_no_vote(make: object) -> None:
    made = make()  # type: ignore[operator]

    with pytest.raises(NotFound):
        reviews.vote(review_id=made.id, visitor="v1", now=NOON)


# ── lists ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_order_of_the_list_is_what_it_says() -> None:
    good, bad, liked = (
        shown(stars=stars, now=NOON + timedelta(days=day)).id for day, stars in enumerate((5, 1, 3))
    )  # fmt: skip
    reviews.vote(review_id=good, visitor="v1", now=NOON)

    def listed(sort: ReviewSort) -> list[ReviewId]:
        return [each.id for each in reviews.opinions(TEA, sort=sort).shown]

    assert listed(ReviewSort.NEWEST) == [liked, bad, good]
    assert listed(ReviewSort.HELPFUL) == [good, liked, bad]
    assert listed(ReviewSort.BEST) == [good, liked, bad]
    assert listed(ReviewSort.WORST) == [bad, liked, good]


def test_pages_follow_each_other_without_gap_or_repetition() -> None:
    made = [shown().id for _ in range(5)]

    pages = [[each.id for each in reviews.opinions(TEA, number=number, size=2).shown] for number in (1, 2, 3, 4)]

    assert [each for page in pages for each in page] == made[::-1]
    assert pages[3] == []


@pytest.mark.parametrize(("number", "size"), [(0, 10), (1, 0), (1, 101), (100_001, 10)])
def test_a_page_that_cannot_be_is_refused(number: int, size: int) -> None:
    with pytest.raises(OutOfRange):
        reviews.opinions(TEA, number=number, size=size)


def test_the_stars_of_a_whole_shelf_are_one_statement() -> None:
    for product in range(1, 25):
        shown(product_id=product, stars=1 + product % 5)

    with CaptureQueriesContext(connection) as asked:
        found = reviews.summaries([ProductId(each) for each in range(1, 30)])

    assert len(asked) == 1
    assert {key: each.rating for key, each in found.items()} == {
        ProductId(product): Rating(count=1, total=1 + product % 5) for product in range(1, 25)
    }


def test_all_a_page_says_of_reviews_is_one_statement_when_read_together() -> None:
    shown()
    hidden()

    with CaptureQueriesContext(connection) as asked:
        (found,) = together.read(lambda: reviews.opinions(TEA))

    assert len(asked) == 1
    assert (len(found.shown), len(found.hidden)) == (1, 1)


# ── what the tables hold by themselves ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_any_acts_the_sums_are_what_the_reviews_come_to(seed: int) -> None:
    chance, made = random.Random(seed), []
    for _ in range(60):
        if not made or chance.random() < 0.4:
            made.append(waiting(product_id=chance.choice([1, 2]), stars=chance.randint(1, 5)).id)
        elif chance.random() < 0.3:
            reviews.edit(review_id=chance.choice(made), draft=draft(stars=chance.randint(1, 5)), now=NOON)
        else:
            chosen = reviews.review(chance.choice(made))
            reason = chance.choice(["", "abusive", "unlawful"])
            reviews.decide(
                review_id=chosen.id, seen_version=chosen.version, state="hidden" if reason else "shown", reason=reason, actor=None, now=NOON
            )

    assert reviews.differences() == []
    assert sum(sum(each.by_stars) + each.hidden + each.waiting for each in reviews.summaries([ProductId(1), ProductId(2)]).values()) == len(
        made
    )


def test_a_sum_that_was_tampered_with_is_found() -> None:
    shown(stars=5)
    models.Summary.objects.update(stars_5=7)

    (found,) = reviews.differences()

    assert (found.product_id, found.expected, found.found) == (TEA, "0,0,0,0,1,0,0", "0,0,0,0,7,0,0")


@pytest.mark.parametrize("table", ["version", "decision", "answer", "vote"])
@pytest.mark.parametrize("act", ["DELETE FROM reviews_{}", "UPDATE reviews_{} SET review_id = review_id"])
def test_history_is_only_added_to(table: str, act: str) -> None:
    made = shown()
    reviews.answer(review_id=made.id, text="Thank you.", language="en", actor=None, now=NOON)
    reviews.vote(review_id=made.id, visitor="v1", now=NOON)

    with pytest.raises(Error, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act.format(table))


def test_a_review_is_never_deleted_whoever_tries() -> None:
    made = shown()

    with pytest.raises(Error, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM reviews_review")

    assert reviews.review(made.id).state is ReviewState.SHOWN


@pytest.mark.parametrize("field", ["product_id", "order_id", "line_id", "buyer_id"])
def test_a_review_stays_with_the_line_it_was_written_for(field: str) -> None:
    shown()

    with pytest.raises(Error, match="stays with the line"), transaction.atomic():
        models.Review.objects.update(**{field: 99})


@pytest.mark.parametrize(
    "wrong",
    [{"stars": 0}, {"stars": 6}, {"state": "gone"}, {"state": "hidden"}, {"reason": "abusive"}, {"shown_name": ""}, {"helpful": -1}],
)
def test_the_table_refuses_what_no_review_can_be(wrong: dict[str, object]) -> None:
    shown()

    with pytest.raises(IntegrityError), transaction.atomic():
        models.Review.objects.update(**wrong)


def test_every_change_a_page_tells_of_moves_what_is_told() -> None:
    def now() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reviews_told(ARRAY[%s, 8]::bigint[], %s)", [TEA, TEA])
            return str(cursor.fetchone()[0])

    seen = [now()]
    made = waiting(stars=4)
    seen.append(now())
    reviews.decide(review_id=made.id, seen_version=1, state="shown", actor=None, now=NOON)
    seen.append(now())
    reviews.answer(review_id=made.id, text="Thank you.", language="en", actor=None, now=NOON)
    seen.append(now())
    reviews.vote(review_id=made.id, visitor="v1", now=NOON)
    seen.append(now())
    reviews.mark_returned([made.line.line_id])
    seen.append(now())
    reviews.edit(review_id=made.id, draft=draft(stars=2), now=NOON)
    seen.append(now())

    assert len(set(seen)) == 7
    assert [each.partition("|")[0] for each in seen] == ["0:0,0:0"] * 2 + ["1:4,0:0"] * 4 + ["0:0,0:0"]


def test_a_shelf_rests_on_no_more_than_it_shows() -> None:
    made = shown(stars=4)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reviews_told(ARRAY[%s]::bigint[], NULL)", [TEA])
        before = cursor.fetchone()
        reviews.vote(review_id=made.id, visitor="v1", now=NOON)
        cursor.execute("SELECT reviews_told(ARRAY[%s]::bigint[], NULL)", [TEA])

        assert cursor.fetchone() == before == ("1:4|0",)


def test_a_writer_finds_what_they_wrote_of_an_order() -> None:
    bought = line()
    made = reviews.write(line=bought, draft=draft(), now=NOON)

    found = reviews.of_order(bought.order_id)

    assert found == {bought.line_id: Written(id=made.id, draft=draft(), state=ReviewState.WAITING, reason="")}
    assert reviews.review(made.id).line == bought
