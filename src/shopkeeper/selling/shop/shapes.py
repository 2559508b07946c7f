"""The shop's own particulars as they cross its face."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual

LOGO_WIDTH = 320
"""The least width of a picture in the media room: a logo in the head of a page is never drawn larger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """The shop's own mark: a picture of the media room by its key, `width` × `height`."""

    key: str
    width: int
    height: int

    @property
    def smallest(self) -> int:
        """Return the least width in which it is kept, enough for the head of a page."""
        return min(self.width, LOGO_WIDTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """`currency` is the one book currency (ISO 4217); `zone` an IANA time zone; `language` the default of visitors.

    `logo` stands in the place of the drawn seal, where there is one. `opens_soon`: shoppers are not let in yet, staff are.
    """

    name: Bilingual
    tagline: Bilingual
    legal_name: str
    licence_number: str
    licence_authority: str
    address: str
    email: str
    phone: str
    country: str
    zone: str
    language: str
    currency: str
    is_sample: bool
    version: int
    logo: Logo | None = None
    opens_soon: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Somebody looked at `about` and found it right as it stood (`mark`); `user_id` is None where the shop itself wrote it down."""

    about: str
    mark: str
    user_id: UserId | None
    at: datetime


class ShopNotOpen(Refusal):
    """There is no shop yet: `shopkeeper up` opens one."""

    code = "shop_not_open"

    def __init__(self) -> None:
        super().__init__("No shop has been opened in this database", field="shop")


class ShopOpenAlready(Refusal):
    """A shop is open already; an installation keeps one."""

    code = "shop_open_already"

    def __init__(self, name: str) -> None:
        super().__init__(f"The shop {name!r} is open already", field="shop", value=name)


class ShopNotReady(Refusal):
    """Shoppers are not let in yet: these steps of the first day are not done. `is_needed`: nobody may open without them."""

    code = "shop_not_ready"

    def __init__(self, steps: Sequence[str], *, is_needed: bool) -> None:
        super().__init__(f"The shop does not open before: {', '.join(steps)}", field="steps", value=", ".join(steps))
        self.steps = tuple(steps)
        self.is_needed = is_needed


class ShopChanged(Refusal):
    """Somebody else saved the shop since the form was opened; `seen` is the version it showed."""

    code = "shop_changed"

    def __init__(self, seen: int) -> None:
        super().__init__("The shop was saved by somebody else meanwhile", field="version", value=seen)


class CurrencyFixed(Refusal):
    """The book currency cannot change once there are orders, prices or payments in it."""

    code = "currency_fixed"

    def __init__(self, currency: str) -> None:
        super().__init__(f"The book currency stays {currency}: there is trade in it", field="currency", value=currency)
