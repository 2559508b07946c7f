"""What Alipay and WeChat Pay share: money in yuan and fen, written and read exactly, and offered only where the books are kept in it."""

import re

from shopkeeper.kit.refusals import Malformed
from shopkeeper.selling.shop import public as shop
from shopkeeper.selling.shop.shapes import ShopNotOpen

CURRENCY = "CNY"


def is_book_currency() -> bool:
    """Return whether the shop keeps its books in yuan, so that what is asked and what is paid are the same money."""
    try:
        return shop.shop().currency == CURRENCY
    except ShopNotOpen:
        return False


def text(fen: int) -> str:
    """Return an amount as Alipay writes it: yuan with two decimals, `88.08`."""
    return f"{fen // 100}.{fen % 100:02d}"


def fen(field: str, told: object) -> int:
    """Return the fen in `88.08`, `88.8` or `88`, digit by digit. Raises Malformed for anything else, a sign or a third decimal too."""
    found = re.fullmatch(r"([0-9]{1,12})(?:\.([0-9]{1,2}))?", told) if isinstance(told, str) else None
    if found is None:
        raise Malformed(field, str(told)[:40], expected="webhook")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def whole_fen(field: str, told: object) -> int:
    """Return an amount that is told in fen. Raises Malformed for anything but a whole number that is not negative."""
    if not isinstance(told, int) or isinstance(told, bool) or told < 0:
        raise Malformed(field, str(told)[:40], expected="webhook")
    return told
