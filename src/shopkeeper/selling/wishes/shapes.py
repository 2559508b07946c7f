"""Wishes, and waits for goods to come back, as they cross the face of the wishes room."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from shopkeeper.kit.ids import CustomerId, VariantId, WaitId
from shopkeeper.kit.refusals import Refusal

MOST_WISHES = 100
"""How many goods a wish list holds; a browser carries their ids."""

MOST_WAITS = 50
"""How many goods one address waits for at a time."""

MOST_SUBJECT = 80
MOST_WORDING = 60


class WaitState(StrEnum):
    """`asked`: the address was not confirmed yet; `waiting`: it will be told; the others have ended."""

    ASKED = "asked"
    WAITING = "waiting"
    TOLD = "told"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"

    @property
    def is_open(self) -> bool:
        return self in (WaitState.ASKED, WaitState.WAITING)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a wish list is: `subject` is an opaque key, of a customer or of a browser."""

    subject: str


def customer_owner(customer_id: CustomerId) -> Owner:
    """Return the owner of a customer's wish list."""
    return Owner(f"customer:{customer_id}")


def browser_owner(key: str) -> Owner:
    """Return the owner of the list of a browser that carries this secret; the secret itself is not kept."""
    return Owner(f"browser:{sha256(key.encode()).hexdigest()[:40]}")


@dataclass(frozen=True, slots=True)
class Wish:
    """Something on a wish list, and since when it is there."""

    variant_id: VariantId
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WishList:
    """What somebody wishes for, the last wish first. `share` is the secret of its link, empty where it is not shared."""

    wishes: tuple[Wish, ...] = ()
    share: str = ""

    @property
    def variant_ids(self) -> tuple[VariantId, ...]:
        return tuple(wish.variant_id for wish in self.wishes)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitAsked:
    """Somebody wants to be told when goods are back. `wording` names the text they agreed to; it is shown in `language`."""

    variant_id: VariantId
    email: str
    language: str
    wording: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One wait for goods. `token` is the secret of its links (confirm, withdraw); `email` is empty some time after its end."""

    id: WaitId
    variant_id: VariantId
    customer_id: CustomerId | None
    email: str
    language: str
    wording: str
    state: WaitState
    token: str
    asked_at: datetime
    confirmed_at: datetime | None
    expires_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """How many wait for a variant and how many wish for it; `since` is when the first of those who wait asked."""

    variant_id: VariantId
    waiting: int
    wished: int
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    """What a round of tidying did: waits that expired, addresses forgotten, lists of browsers dropped."""

    expired: int
    forgotten: int
    dropped: int


Pieces = Mapping[VariantId, int]
"""How many pieces of each variant can be bought now."""


class WishListFull(Refusal):
    """A wish list holds MOST_WISHES goods."""

    code = "wish_list_full"

    def __init__(self) -> None:
        super().__init__(f"A wish list holds {MOST_WISHES} goods; take one out first", field="variant", value=MOST_WISHES)
        self.most = MOST_WISHES


class TooManyWaits(Refusal):
    """An address waits for MOST_WAITS goods at most."""

    code = "too_many_waits"

    def __init__(self) -> None:
        super().__init__(f"An address waits for at most {MOST_WAITS} goods; withdraw a wait first", field="email", value=MOST_WAITS)
        self.most = MOST_WAITS


class WaitEnded(Refusal):
    """A wait has ended: it was told, withdrawn or expired, and cannot be confirmed any more."""

    code = "wait_ended"

    def __init__(self, state: WaitState) -> None:
        super().__init__(f"This wait has ended: {state.value}", field="token", value=state.value)
        self.state = state


UNCONFIRMED_FOR = timedelta(days=2)
"""How long the link that confirms an address is good."""

WAITS_FOR = timedelta(days=90)
"""How long a wait lasts from its confirmation."""

HEAD_START = timedelta(hours=24)
"""How long those who were told have the pieces to themselves before the next are told of the same pieces."""

FORGOTTEN_AFTER = timedelta(days=30)
"""How long after its mail the address of a wait is kept, so that the mail can be sent and sent again."""

BROWSER_KEPT_FOR = timedelta(days=365)
"""How long the list of a browser that does not come back is kept."""
