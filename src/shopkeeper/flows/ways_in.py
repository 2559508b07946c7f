"""The ways a member signs in, and taking one away: never the last."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from shopkeeper.kit import together
from shopkeeper.kit.ids import CustomerId, UserId
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import SignedInPlace
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Customer, LastWayIn, Linked, ProvenNumber, Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysIn:
    """How a member signs in. `by_phone`: the shop offers codes by phone; `others`: providers offered and not linked yet."""

    has_password: bool
    by_mail: bool
    by_phone: bool
    number: ProvenNumber | None
    linked: tuple[Linked, ...]
    others: tuple[Provider, ...]
    places: tuple[SignedInPlace, ...]

    @property
    def count(self) -> int:
        """Return how many ways open the account today; a provider that is switched off opens nothing."""
        open_links = sum(each.provider.is_on for each in self.linked)
        return self.has_password + self.by_mail + (self.by_phone and self.number is not None) + open_links


def ways_in(member: Customer) -> WaysIn:
    """Return how a member signs in and where they are signed in now: six statements together."""
    assert member.user_id is not None
    user_id: UserId = member.user_id
    has_password, rule, numbers, known, offered, places = together.read(
        lambda: access.has_password(user_id),
        customers.sign_in_rule,
        lambda: customers.proven_numbers([member.id]),
        lambda: customers.linked([member.id]),
        customers.offered_providers,
        lambda: access.sessions_of(user_id),
    )
    linked = known.get(member.id, ())
    taken = {each.provider.id for each in linked}
    return WaysIn(
        has_password=has_password, by_mail=rule.mail_codes, by_phone=rule.phone_codes and bool(customers.carrier()),
        number=numbers.get(member.id), linked=linked, others=tuple(each for each in offered if each.id not in taken), places=places,
    )  # fmt: skip


@transaction.atomic
def unlink(*, customer_id: CustomerId, identity_id: int, now: datetime) -> None:
    """Let a member no more sign in through a provider. Raises NotFound, LastWayIn."""
    ways = _locked(customer_id)
    leaving = next((each for each in ways.linked if each.id == identity_id), None)
    if leaving is not None and ways.count - leaving.provider.is_on < 1:
        raise LastWayIn
    customers.unlink(customer_id=customer_id, identity_id=identity_id, now=now)


@transaction.atomic
def remove_number(*, customer_id: CustomerId, now: datetime) -> None:
    """Forget a member's proven number. Raises NotFound, LastWayIn."""
    ways = _locked(customer_id)
    if ways.number is not None and ways.count - ways.by_phone < 1:
        raise LastWayIn
    customers.remove_number(customer_id=customer_id, actor=None, now=now)


def _locked(customer_id: CustomerId) -> WaysIn:
    # Two ways taken away at once would each find the other still there.
    customers.lock(customer_id)
    return ways_in(customers.customer(customer_id))
