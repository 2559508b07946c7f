"""What a customer agrees to: each purpose on each channel, given or not, as the last word says. Nothing is ever on by itself."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core import signing
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks, together
from shopkeeper.kit.ids import CustomerId, UserId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.customers import store, store_people
from shopkeeper.selling.customers.rules import consenting as rules
from shopkeeper.selling.customers.shapes import Consent, Standing

SOURCES = ("account", "link", "staff")
_SALT = "shopkeeper.selling.customers.consents"


def subject_of(customer_id: CustomerId) -> str:
    """Return the key under which a customer's words stand in the ledger."""
    return f"customer:{customer_id}"


def standing(customer_id: CustomerId) -> Standing:
    """Return what a customer agrees to now, and every word it follows from; who never spoke agreed to nothing."""
    return standings([customer_id])[customer_id]


def standings(customer_ids: Iterable[CustomerId]) -> dict[CustomerId, Standing]:
    """Return what each of these customers agrees to, those of merged records taken together."""
    asked = list(customer_ids)
    people, live, words = together.read(
        lambda: store.stands_for(asked), lambda: store_people.live_merges_around(asked), lambda: store_people.words_around(asked)
    )
    records: dict[CustomerId, list[CustomerId]] = {person: [person] for person in people.values()}
    merged_at: dict[CustomerId, datetime] = {}
    for each in live:
        records[each.customer_id].append(each.merged_id)
        merged_at[each.customer_id] = max(each.at, merged_at.get(each.customer_id, each.at))
    found = {person: _standing(known, words, merged_at.get(person)) for person, known in records.items()}
    return {each: found[people[each]] if each in people else Standing(given=(), words=()) for each in asked}


def _standing(records: Sequence[CustomerId], words: Sequence[Consent], merged_at: datetime | None) -> Standing:
    subjects = {subject_of(each) for each in records}
    own = tuple(word for word in words if word.subject in subjects)
    last = {word.subject: word for word in reversed(own)}
    given, is_strictest = rules.holding(tuple(last.values()), merged_at)
    return Standing(given=given, words=own, is_strictest=is_strictest)


def agreed(customer_ids: Iterable[CustomerId], choice: str) -> frozenset[CustomerId]:
    """Return those of these customers who agree to a choice, such as `marketing.mail`. Raises Malformed for an unknown choice."""
    (known,) = rules.choices([choice])
    return frozenset(each for each, found in standings(customer_ids).items() if known in found.given)


def link_token(customer_id: CustomerId, address: str) -> str:
    """Return the secret of the page on which a guest says what they agree to. It goes by mail to this address and nowhere else."""
    return signing.dumps([int(customer_id), _mark(address)], salt=_SALT)


def by_link(token: str) -> CustomerId:
    """Return whom such a secret speaks for: whoever reads the mails of the address the record has. Raises NotFound."""
    try:
        number, mark = signing.loads(token, salt=_SALT)
        found = store.customers([int(number)])[CustomerId(int(number))]
    except (signing.BadSignature, ValueError, TypeError, KeyError) as error:
        raise NotFound("link", token[:20]) from error
    # An order may name another address than the buyer's: what was mailed there speaks for nobody.
    if not found.email or not constant_time_compare(_mark(found.email), str(mark)):
        raise NotFound("link", token[:20])
    return found.id


def signs_in(customer_id: CustomerId) -> bool:
    """Return whether somebody has an account, also under another record: then they speak there, and no link speaks for them.

    Raises NotFound.
    """
    person = store.stands_for([customer_id]).get(customer_id, customer_id)
    found = store.customers([person]).get(person)
    if found is None:
        raise NotFound("customer", customer_id)
    return found.user_id is not None


def _mark(address: str) -> str:
    return salted_hmac(_SALT, address.strip().casefold(), algorithm="sha256").hexdigest()[:32]


@transaction.atomic
def say(
    *,
    customer_id: CustomerId,
    given: Sequence[str],
    text_version: int,
    language: str,
    source: str,
    actor: UserId | None = None,
    now: datetime,
) -> Standing:
    """Write down what a customer agrees to from now on, all choices at once, and return what holds.

    The same word on the same text twice is one row. `source` is `account`, `link`, or `staff` with the `actor` who was told.
    Raises NotFound, Malformed, OutOfRange.
    """
    if source not in SOURCES or (source == "staff") != (actor is not None):
        raise Malformed("source", source, expected="choice")
    if not 1 <= text_version <= 1_000_000:
        raise OutOfRange("text_version", text_version, least=1, most=1_000_000)
    tidy, spoken = rules.choices(given), checks.language(language)
    if customer_id not in store_people.locked_customers([customer_id]):
        raise NotFound("customer", customer_id)
    present = standing(customer_id)
    is_same = bool(present.words) and present.words[0].text_version == text_version and present.given == tidy and not present.is_strictest
    if is_same:
        return present
    key = subject_of(customer_id)
    store.add_consent(subject=key, given=tidy, text_version=text_version, language=spoken, now=now, source=source, actor=actor)
    events.record(facts.ConsentRecorded(subject=key, given=tidy, text_version=text_version), at=now)
    if actor is not None:
        audit.record(actor=actor, act="customers.consent", subject=key, before=None, after={"given": list(tidy)}, at=now)
    return standing(customer_id)
