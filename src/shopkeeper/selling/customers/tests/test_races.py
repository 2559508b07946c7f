"""The same record is merged once and parted once, however many ask at the same moment."""

from collections.abc import Callable

import pytest

from shopkeeper.ops.access.models import User
from shopkeeper.selling.customers import models
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.tests.builders import NOON, at_once, guest

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_record_goes_into_one_other_and_is_parted_once() -> None:
    clerk = User.objects.create_user("clerk@example.org", role="clerk", is_staff=True).pk
    goes, *others = [guest(f"guest{number}@example.org") for number in range(5)]

    def merge(into: int) -> Callable[[], object]:
        return lambda: customers.merge(customer_id=into, merged_id=goes.id, reason="Same person", actor=clerk, now=NOON)

    answers = at_once([merge(each.id) for each in others])

    assert answers == ["done", "merged_already", "merged_already", "merged_already"]
    (made,) = models.Merge.objects.all()
    assert models.Customer.objects.get(pk=goes.id).merged_into_id == made.customer_id

    parted = at_once([lambda: customers.part(merge_id=made.pk, reason="Two people", actor=clerk, now=NOON)] * 4)

    assert parted == ["done", "merge_over", "merge_over", "merge_over"]
    assert models.Customer.objects.get(pk=goes.id).merged_into_id is None


def test_two_records_merged_into_each_other_make_no_ring() -> None:
    clerk = User.objects.create_user("clerk@example.org", role="clerk", is_staff=True).pk
    one, two = guest("one@example.org"), guest("two@example.org")

    answers = at_once(
        [
            lambda: customers.merge(customer_id=one.id, merged_id=two.id, reason="Same person", actor=clerk, now=NOON),
            lambda: customers.merge(customer_id=two.id, merged_id=one.id, reason="Same person", actor=clerk, now=NOON),
        ]
    )

    assert answers == ["done", "merged_already"]
    assert models.Customer.objects.filter(merged_into__isnull=False).count() == 1
