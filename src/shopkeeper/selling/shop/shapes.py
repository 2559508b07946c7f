"""The shop's own particulars as they cross its face."""

from dataclasses import dataclass

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
