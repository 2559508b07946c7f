"""Ways to sign in as they cross the customers room's face."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from shopkeeper.kit.ids import CustomerId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual

MOST_TRIES = 5
"""How many guesses one code bears."""

MOST_TRIES_OF_DAY = 100
"""How many guesses all codes of one address bear within a day."""

LASTS = timedelta(minutes=10)
AGAIN_AFTER = timedelta(seconds=60)
"""A code can be asked for anew after this; the new one ends the one before."""

DIGITS = 6


class Channel(StrEnum):
    """How a code travels."""

    MAIL = "mail"
    PHONE = "phone"


class Purpose(StrEnum):
    """What a code is for: to enter, to open an account, to prove a number."""

    SIGN_IN = "sign_in"
    JOIN = "join"
    NUMBER = "number"


class TextState(StrEnum):
    """waiting → sent → delivered or failed; waiting → failed."""

    WAITING = "waiting"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCode:
    """A code that somebody asked for. `address` is a mail address or a number in E.164; it goes into no log, fact or metric."""

    id: int
    channel: Channel
    purpose: Purpose
    address: str = field(repr=False)
    customer_id: CustomerId | None
    name: str = field(repr=False)
    language: str
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRule:
    """What the shop ruled about signing in by codes. Limits are short messages per 24 hours."""

    mail_codes: bool = True
    phone_codes: bool = False
    countries: tuple[str, ...] = ()
    most_per_number: int = 5
    most_per_country: int = 200
    most_per_shop: int = 500


MOST_PROVING = 5
"""How many messages one member may have sent within 24 hours to prove numbers."""

KEPT_TO_ENTER = 5
"""One part in so many of the day's messages is kept for signing in; numbers are proven with the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A phone number in E.164 and the country it belongs to (ISO 3166)."""

    e164: str = field(repr=False)
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenNumber:
    """The number a member proved to hold."""

    customer_id: CustomerId
    number: str = field(repr=False)
    verified_at: datetime

    @property
    def shown(self) -> str:
        """Return the number with all but its beginning and end hidden."""
        return f"{self.number[:3]} ••• {self.number[-3:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who else may vouch for a shopper. The secret is never part of it; `origin` is empty until its document was read."""

    id: int
    code: str
    name: Bilingual
    issuer: str
    client_id: str
    origin: str
    is_on: bool
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A member is known to a provider."""

    id: int
    customer_id: CustomerId
    provider: Provider
    subject: str = field(repr=False)
    linked_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """What a provider says of the person who came from it, after every check of its word."""

    provider_id: int
    provider_code: str
    subject: str = field(repr=False)
    email: str = field(repr=False)
    is_email_verified: bool
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingOut:
    """A way to a provider and what must come back: kept in the person's session, never shown."""

    url: str = field(repr=False)
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Texted:
    """One short message as the console counts it; it holds no number."""

    id: int
    state: TextState
    country: str
    tries: int
    queued_at: datetime
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextReport:
    """What a provider of short messages says became of one: by its own id, by our key, or by both."""

    key: str
    provider_id: str
    is_delivered: bool


class WrongSignInCode(Refusal):
    """The code does not fit; `is_over` where no code of this address is good any more, and a new one is needed."""

    code = "wrong_sign_in_code"

    def __init__(self, *, is_over: bool) -> None:
        super().__init__("The code is over" if is_over else "The code does not fit", field="code")
        self.is_over = is_over


class CodeJustSent(Refusal):
    """A code went to this address less than a minute ago; another can be asked for after `wait_s` seconds."""

    code = "code_just_sent"

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"A code was sent a moment ago; another in {wait_s} s", value=wait_s)
        self.wait_s = wait_s


class OddNumber(Refusal):
    """What was typed is no mobile number of any country, or not of the one it begins with."""

    code = "odd_number"

    def __init__(self, value: str) -> None:
        # Not in the words of the exception: those may be logged, and a number is nobody's business there.
        super().__init__("Not a mobile number", field="number", value=value)


class NumberTaken(Refusal):
    """The number belongs to another account."""

    code = "number_taken"

    def __init__(self) -> None:
        # The number itself is not repeated: refusals are logged.
        super().__init__("The number belongs to another account", field="number")


class CountryNotServed(Refusal):
    """The shop sends no short messages to this country."""

    code = "country_not_served"

    def __init__(self, country: str) -> None:
        super().__init__(f"No short messages go to {country}", field="number", value=country)
        self.country = country


class TextsSpent(Refusal):
    """As many short messages went out within a day as the shop allows: to one number, to one country, for one member, or in all."""

    code = "texts_spent"

    WHOSE = ("number", "member", "country", "shop")

    def __init__(self, whose: str) -> None:
        super().__init__(f"The day's short messages are used up ({whose})", field="number", value=whose)
        self.whose = whose


class NotOffered(Refusal):
    """This way to sign in is switched off, or has nothing to go out by."""

    code = "way_not_offered"

    def __init__(self, way: str) -> None:
        super().__init__(f"Signing in by {way} is not offered", value=way)
        self.way = way


class LastWayIn(Refusal):
    """Without this the person could not sign in any more."""

    code = "last_way_in"

    def __init__(self) -> None:
        super().__init__("This is the last way to sign in")


class ProviderCodeTaken(Refusal):
    """Another provider has this short name."""

    code = "provider_code_taken"

    def __init__(self, code: str) -> None:
        super().__init__(f"There is a provider {code!r} already", field="code", value=code)


class IssuerFixed(Refusal):
    """People are linked to the provider by what this issuer calls them; another issuer would mean other people by it."""

    code = "issuer_fixed"

    def __init__(self, issuer: str, *, people: int) -> None:
        super().__init__(f"{people} people are linked through the issuer", field="issuer", value=issuer)
        self.people = people


class ProviderUnusable(Refusal):
    """A provider's document cannot be used: `fault` names what is wrong with it (see `FAULTS`)."""

    code = "provider_unusable"

    FAULTS = ("address", "silent", "not_json", "other_issuer", "no_endpoint", "weak", "secret")

    def __init__(self, fault: str, value: str = "") -> None:
        super().__init__(f"The provider cannot be used: {fault}", field="issuer", value=value)
        self.fault = fault


class NotVouched(Refusal):
    """A provider's word on who somebody is was not taken; `fault` says why (see `FAULTS`)."""

    code = "not_vouched"

    FAULTS = ("declined", "state", "silent", "token", "unverified", "staff", "other_address", "taken")

    def __init__(self, fault: str) -> None:
        super().__init__(f"The provider's word was not taken: {fault}", value=fault)
        self.fault = fault


class ForgedReport(Refusal):
    """A report on short messages without a good signature."""

    code = "forged_report"

    def __init__(self) -> None:
        super().__init__("The signature of the report is missing, wrong or old", field="signature")
