"""What a cell says: numbers, amounts, yes and no as people write them, and the marks that keep a cell from being run as a formula."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from shopkeeper.flows.sheets.refusals import AmbiguousNumber, OtherCurrency
from shopkeeper.kit import money
from shopkeeper.kit.checks import shown
from shopkeeper.kit.refusals import Malformed

CLEARED = ("[empty]", "[空]")
"""What a cell holds that empties a value: an empty cell leaves it as it is."""

_GUARDED = "=+-@\t\r\n'[＝＋－＠"
"""What a cell must not begin with: a spreadsheet would run it, or this program would read it as something else."""

_YES = frozenset({"yes", "y", "true", "1", "x", "是", "真", "对", "有"})
_NO = frozenset({"no", "n", "false", "0", "否", "假", "不", "无"})
YES_NO = {"en": ("yes", "no"), "zh-hans": ("是", "否")}

_SIGNS = {"£": "GBP", "€": "EUR", "$": "USD", "￥": "CNY", "¥": "CNY", "元": "CNY", "圆": "CNY", "円": "JPY", "₩": "KRW", "₹": "INR"}
_YEN = {"￥", "¥", "元", "圆"}
_DOLLAR = {"USD", "AUD", "CAD", "HKD", "NZD", "SGD", "TWD", "MXN"}
_NUMBER = re.compile(r"-?\d[\d.,' ]*")


def guarded(text: str) -> str:
    """Return a text as it may stand in a cell: an apostrophe before what a spreadsheet would run. `unguarded` takes it off again."""
    return f"'{text}" if text[:1] and text[0] in _GUARDED else text


def unguarded(cell: str) -> str:
    """Return the text that `guarded` wrote; an apostrophe before anything else is a letter like any other."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in _GUARDED else cell


def as_text(text: str) -> str:
    """Return a text as it may stand where nothing is run: marked only where it would be read as something else."""
    return f"'{text}" if is_cleared(text) or unguarded(text) != text else text


def safe(cell: str) -> str:
    """Return a cell as somebody wrote it, marked where a spreadsheet would run it and where it does not ask for emptying."""
    return cell if is_cleared(cell) or unguarded(cell) != cell else guarded(cell)


def is_cleared(cell: str) -> bool:
    """Return whether a cell asks for its value to be emptied."""
    return cell.strip().lower() in CLEARED


def yes_no(cell: str, *, field: str) -> bool:
    """Return what yes, no, true, false, 1, 0, 是 and 否 say. Raises Malformed."""
    word = unicodedata.normalize("NFKC", cell).strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Malformed(field, shown(cell), expected="yes_no")


def whole(cell: str, *, field: str) -> int:
    """Return a whole number, thousands set apart or not, “12.0” included. Raises Malformed, AmbiguousNumber."""
    number = _decimal(cell, field, places=0, expected="whole_number")
    if number != number.to_integral_value():
        raise Malformed(field, shown(cell), expected="whole_number")
    return int(number)


def decimal(cell: str, *, field: str) -> Decimal:
    """Return a number with decimals. Raises Malformed, AmbiguousNumber."""
    return _decimal(cell, field, places=None, expected="number")


def amount(cell: str, currency: str, *, field: str = "price") -> int:
    """Return an amount in minor units: a sign or code of the shop's currency may stand before or behind it.

    “1,234.50”, “1.234,50”, “1 234.50” and “12,50” are read; what could mean two things is refused. Raises Malformed, AmbiguousNumber,
    OtherCurrency.
    """
    bare = _without_currency(unicodedata.normalize("NFKC", cell).strip(), currency, field)
    places = money.exponent(currency)
    number = _decimal(bare, field, places=places, expected="amount", given=cell)
    minor = number.scaleb(places) if number.adjusted() < 30 else Decimal("0.5")
    if minor != minor.to_integral_value():
        raise Malformed(field, shown(cell), expected="amount")
    return int(minor)


def _without_currency(text: str, currency: str, field: str) -> str:
    for sign, meant in _SIGNS.items():
        if text.startswith(sign) or text.endswith(sign):
            fits = currency == meant or (sign in _YEN and currency in ("CNY", "JPY")) or (sign == "$" and currency in _DOLLAR)
            if not fits:
                raise OtherCurrency(field, shown(text), currency)
            return text.removeprefix(sign).removesuffix(sign).strip()
    code = re.fullmatch(r"(?:([A-Za-z]{3})\s*)?([^A-Za-z]*?)(?:\s*([A-Za-z]{3}))?", text)
    if code and any(char.isdigit() for char in code[2]) and (named := (code[1] or code[3] or "").upper()):
        if named != currency:
            raise OtherCurrency(field, shown(text), currency)
        return code[2].strip()
    return text


def _decimal(cell: str, field: str, *, places: int | None, expected: str, given: str = "") -> Decimal:
    text = unicodedata.normalize("NFKC", cell).strip().replace("\u2212", "-").replace("，", ",")
    if not _NUMBER.fullmatch(text):
        raise Malformed(field, shown(given or cell), expected=expected)
    plain = _plain(text.replace("'", " ").strip(), places)
    if plain is None:
        raise AmbiguousNumber(field, shown(given or cell))
    try:
        return Decimal(plain)
    except InvalidOperation as error:
        raise Malformed(field, shown(given or cell), expected=expected) from error


_MARKED = re.compile(r"-?\d+(?:[.,]\d+)?")
_GROUPED = {mark: re.compile(rf"(-?\d{{1,3}}(?:\{mark}\d{{3}})+)(?:[^\d\{mark}](\d+))?") for mark in " .,"}
"""Thousands set apart by a mark, decimals by another one."""


def _plain(text: str, places: int | None) -> str | None:
    """Return digits with a point at most; None where a sign could set thousands apart as well as decimals, “?” where it does neither."""
    if _MARKED.fullmatch(text):
        return _with_one_mark(text, "," if "," in text else ".", places)
    for mark, form in _GROUPED.items():
        if found := form.fullmatch(text):
            return found[1].replace(mark, "") + (f".{found[2]}" if found[2] else "")
    return "?"


def _with_one_mark(text: str, mark: str, places: int | None) -> str | None:
    whole_part, _, rest = text.partition(mark)
    could_be_thousands = len(rest) == 3 and re.fullmatch(r"-?[1-9]\d{0,2}", whole_part) is not None
    if could_be_thousands and mark == ",":
        # A comma before three figures sets thousands apart, unless the number may have three decimals.
        return None if places in (3, None) else whole_part + rest
    if could_be_thousands and places in (0, 2):
        return None
    return text.replace(",", ".")
