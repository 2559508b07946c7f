"""What may be tried how often: the one table of all limits."""

from dataclasses import dataclass

from shopkeeper.kit.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` times in each `within_s` seconds of the clock; `what` names it in the counting."""

    what: str
    most: int
    within_s: int


SIGN_IN_OF_ACCOUNT = Limit("sign-in of an account", 10, 60)
"""Wrong passwords for one address; a sign-in that works gives its try back."""

SIGN_IN_OF_CLIENT = Limit("sign-in of a client", 100, 600)
"""Wrong passwords from one client, whatever the address: who tries one password on many accounts meets this one."""

MAILS_OF_ACCOUNT = Limit("mails of an account", 5, 600)
"""Mails asked for to one address, by registering or for a new password."""

MAILS_OF_CLIENT = Limit("mails of a client", 5, 600)
"""Mails asked for by one client, whatever the address."""

REFUSED_PAYMENTS_OF_CLIENT = Limit("refused payments of a client", 20, 600)
"""Payments a provider refused one client: who tries cards that are not theirs meets this one. Payments that work never count."""


WORDS_OF_CLIENT = Limit("words of a client", 20, 600)
"""Reviews and questions sent by one client: each waits for somebody of the staff to read it."""

VOTES_OF_CLIENT = Limit("votes of a client", 60, 600)
"""Reviews called helpful by one client, which may be many visitors behind one address, or one who throws the cookie away."""


@dataclass(frozen=True, slots=True)
class Try:
    """One try of `whose`: the address of an account as typed, or the address of a client."""

    limit: Limit
    whose: str


class TooOften(Refusal):
    """A limit is reached; it is open again after `wait_s` seconds at the latest."""

    code = "too_often"

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"Tried too often; try again in {wait_s} s", value=str(wait_s))
        self.wait_s = wait_s
