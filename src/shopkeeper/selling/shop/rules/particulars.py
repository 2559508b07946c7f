"""What the shop's particulars may be: every field is made tidy, or refused by name."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from shopkeeper.kit import checks
from shopkeeper.kit.refusals import Malformed
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.shop.shapes import Shop

FIXED = ("currency", "is_sample", "version", "logo", "opens_soon")
"""Fields that no settings form changes."""


def changed(shop: Shop, changes: Mapping[str, object]) -> Shop:
    """Return the shop with checked changes applied. Raises Malformed or OutOfRange for a value, TypeError for a field it does not have."""
    unknown = [name for name in changes if name not in _CHECKS]
    if unknown:
        raise TypeError(f"The shop has no field {', '.join(unknown)} that can be saved")
    tidy: dict[str, Any] = {name: _CHECKS[name](value, name) for name, value in changes.items()}
    return replace(shop, **tidy)


def differing(before: Shop, after: Shop) -> tuple[str, ...]:
    """Return the names of the fields that differ, in the order of the shape; the version does not count."""
    return tuple(name for name in Shop.__dataclass_fields__ if name != "version" and getattr(before, name) != getattr(after, name))


def _line(least: int, most: int) -> Callable[[object, str], object]:
    return lambda value, field: checks.line(_text(value, field), field=field, least=least, most=most)


def _bilingual(least: int, most: int) -> Callable[[object, str], object]:
    def check(value: object, field: str) -> object:
        if not isinstance(value, Bilingual):
            raise Malformed(field, value, expected="text")
        tidy = Bilingual(
            en=checks.line(value.en, field=f"{field}_en", most=most),
            zh=checks.line(value.zh, field=f"{field}_zh", most=most),
        )
        # One language is enough, the other falls back to it; which of the two is the operator's choice.
        checks.line(tidy.en or tidy.zh, field=f"{field}_en", least=least, most=most)
        return tidy

    return check


def _optional_email(value: object, field: str) -> object:
    text = _text(value, field).strip()
    return checks.email(text, field=field) if text else ""


def _text(value: object, field: str) -> str:
    if not isinstance(value, str):
        raise Malformed(field, value, expected="text")
    return value


_CHECKS: dict[str, Callable[[object, str], object]] = {
    "name": _bilingual(1, 80),
    "tagline": _bilingual(0, 160),
    "legal_name": _line(0, 160),
    "licence_number": _line(0, 80),
    "licence_authority": _line(0, 160),
    "address": _line(0, 300),
    "email": _optional_email,
    "phone": _line(0, 40),
    "country": lambda value, field: checks.country(_text(value, field), field=field),
    "zone": lambda value, field: checks.zone(_text(value, field), field=field),
    "language": lambda value, field: checks.language(_text(value, field), field=field),
}
