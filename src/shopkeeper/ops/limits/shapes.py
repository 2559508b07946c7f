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

CODES_OF_ACCOUNT = Limit("codes of an account", 20, 86_400)
"""Codes asked for to one mail address or number within a day: each bears a few guesses, so this bounds the guesses."""

CODES_OF_CLIENT = Limit("codes of a client", 60, 86_400)
"""Codes asked for by one client within a day, whatever the address."""

WAYS_OUT_OF_CLIENT = Limit("ways out of a client", 60, 600)
"""Ways to a provider of identity that one client set out on."""

TEST_MAILS_OF_STAFF = Limit("test mails of staff", 10, 600)
"""Letters sent to a member of staff to look at."""

REFUSED_PAYMENTS_OF_CLIENT = Limit("refused payments of a client", 20, 600)
"""Payments a provider refused one client: who tries cards that are not theirs meets this one. Payments that work never count."""


COPIES_OF_CUSTOMER = Limit("copies of a customer's data", 3, 86_400)
"""Copies of everything held about one customer, asked for by themselves: each reads every room."""

WORDS_OF_CLIENT = Limit("words of a client", 20, 600)
"""Reviews and questions sent by one client: each waits for somebody of the staff to read it."""

VOTES_OF_CLIENT = Limit("votes of a client", 60, 600)
"""Reviews called helpful by one client, which may be many visitors behind one address, or one who throws the cookie away."""

WISHES_OF_CLIENT = Limit("wishes of a client", 300, 600)
"""Hearts pressed by one client: each may make a list of its own where the cookie is thrown away."""

CONSENTS_OF_CLIENT = Limit("consents of a client", 30, 600)
"""Words of consent given by one client: each stays in the ledger for good."""

LINKS_OF_CLIENT = Limit("links of a client", 120, 600)
"""Tracked links followed by one client, which may be a whole office: each is counted and told; beyond it they are led on uncounted."""


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
