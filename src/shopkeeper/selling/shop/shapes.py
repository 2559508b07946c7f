"""The shop's own particulars as they cross its face."""

from dataclasses import dataclass

from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """`currency` is the one book currency (ISO 4217); `zone` an IANA time zone; `language` the default of visitors."""

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
