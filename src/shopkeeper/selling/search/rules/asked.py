"""Which queries may be kept in words. Pure.

What people type into a shop is mostly the name of a thing, and now and then their own: an address, a number, a name. So a query is
counted under a mark that tells nothing, and its words are kept only where they are words of the shop's own goods, or were asked for on
several days.
"""

MOST_LETTERS = 60
MOST_DIGITS = 6
"""More digits are a telephone, an order or a card; the shop's SKUs have fewer, and what is longer is not kept."""
DAYS = 3
"""On so many different days somebody asked before words are kept that no goods hold."""


def may_be_kept(text: str, *, holds_goods: bool, days: int) -> bool:
    """Return whether a query's words may be kept: `holds_goods`: goods hold every word of it as typed; `days`: on how many it was asked."""
    if not text or len(text) > MOST_LETTERS or "@" in text or "＠" in text:
        return False
    if sum(letter.isdigit() for letter in text) > MOST_DIGITS:
        return False
    return holds_goods or days >= DAYS
