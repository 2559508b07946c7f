"""Two baskets become one at sign-in: the newest things stay, the larger number of each, and what does not fit is named."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.selling.orders.rules.joining import Kept, join
from shopkeeper.selling.orders.shapes import MOST_LINES, MOST_UNITS
from shopkeeper.selling.orders.tests.builders import NOON


def line(variant: int, *, units: int = 1, minutes: int = 0) -> Kept:
    return Kept(variant_id=variant, units=units, added_at=NOON + timedelta(minutes=minutes))


def test_of_a_thing_in_both_the_larger_number_and_the_later_moment_stay():
    joined = join([line(1, units=4, minutes=1)], [line(1, units=3, minutes=5), line(2, minutes=2)])

    assert joined.lines == (line(2, minutes=2), line(1, units=4, minutes=5))
    assert joined.left_out == ()


def test_the_oldest_things_are_left_out_and_named_newest_first():
    own = [line(number, minutes=number) for number in range(MOST_LINES)]
    visitors = [line(1_000, minutes=500), line(1_001, minutes=-5), line(3, minutes=501)]

    joined = join(own, visitors)

    assert len(joined.lines) == MOST_LINES
    assert [kept.variant_id for kept in joined.lines[-2:]] == [1_000, 3]
    assert [left.variant_id for left in joined.left_out] == [0, 1_001]


MANY = st.lists(
    st.builds(line, st.integers(1, 150), units=st.integers(1, MOST_UNITS), minutes=st.integers(0, 400)),
    unique_by=lambda each: each.variant_id,
    max_size=MOST_LINES,
)


@given(MANY, MANY)
def test_nothing_is_lost_silently_and_no_line_or_basket_grows_too_large(own, visitors):
    joined = join(own, visitors)

    both = {each.variant_id for each in [*own, *visitors]}
    told = [each.variant_id for each in (*joined.lines, *joined.left_out)]
    assert sorted(told) == sorted(both)
    assert len(joined.lines) == min(len(both), MOST_LINES)
    assert all(1 <= each.units <= MOST_UNITS for each in joined.lines)
    assert all(left.added_at <= kept.added_at for left in joined.left_out for kept in joined.lines)
