"""Which placeholders each letter has: the one fixed list. A name that stands here has a value in `order_letters`, `account_letters` or
`goods_letters`, and a description in the console.
"""

from shopkeeper.growth.messages.rules.language import Kind, Placeholder
from shopkeeper.growth.messages.shapes import MailKind

_SHOP = Placeholder("shop")
_NAME = Placeholder("name")
_NUMBER = Placeholder("number", is_required=True)
_TOTAL = Placeholder("total", Kind.MONEY)
_DAY = Placeholder("day", Kind.DATE)
_ORDER_LINK = Placeholder("order_link", Kind.LINK)
_RETURNS = Placeholder("returns_link", Kind.LINK)
_LINES = Placeholder("lines", Kind.BLOCK)
_TOTALS = Placeholder("totals", Kind.BLOCK)
_ADDRESS = Placeholder("address", Kind.BLOCK)
_PARCEL = Placeholder("parcel", Kind.BLOCK)
_CARRIER = (Placeholder("carrier"), Placeholder("tracking_number"))
_UNSUBSCRIBE = Placeholder("unsubscribe_link", Kind.LINK, is_required=True)


def _must(each: Placeholder) -> Placeholder:
    return Placeholder(each.name, each.kind, is_required=True)


_ORDER = (_NAME, _NUMBER, _SHOP, _ORDER_LINK, _RETURNS)

PLACEHOLDERS: dict[MailKind, tuple[Placeholder, ...]] = {
    # The confirmation of a sale at a distance tells what was bought, for how much, and of the right to withdraw.
    MailKind.PLACED: (_NAME, _NUMBER, _SHOP, _TOTAL, _DAY, _must(_LINES), _must(_TOTALS), _ADDRESS, _ORDER_LINK, _must(_RETURNS)),
    MailKind.PAID: (*_ORDER, _must(_TOTAL), _DAY, _LINES, _TOTALS),
    MailKind.SHIPPED: (*_ORDER, _DAY, *_CARRIER, Placeholder("still_to_come", is_required=True), _must(_LINES), _must(_PARCEL), _ADDRESS),
    MailKind.DELIVERED: (*_ORDER, _DAY, *_CARRIER, _must(_LINES), _PARCEL, _ADDRESS),
    MailKind.CANCELLED: (
        *_ORDER, Placeholder("reason", is_required=True), Placeholder("money_back", is_required=True), _TOTAL, _LINES, _TOTALS,
    ),
    MailKind.REFUNDED: (*_ORDER, _must(_TOTAL), _DAY, _LINES, _TOTALS),
    MailKind.REVIEW_REQUEST: (_NAME, _NUMBER, _SHOP, _DAY, _LINES, _ORDER_LINK, _UNSUBSCRIBE),
    MailKind.WAIT_ASKED: (_SHOP, Placeholder("product", is_required=True), Placeholder("next_step", is_required=True)),
    MailKind.BACK_IN_STOCK: (_SHOP, Placeholder("product", is_required=True), Placeholder("product_link", Kind.LINK), _UNSUBSCRIBE),
    MailKind.INVITATION: (
        _SHOP, Placeholder("invitation", is_required=True), Placeholder("inviter"), Placeholder("role"), _must(_DAY),
    ),
    MailKind.PASSWORD_RESET: (_SHOP,),
    MailKind.JOINING: (_SHOP,),
    MailKind.KNOWN_ALREADY: (_SHOP,),
    MailKind.SIGN_IN_CODE: (_SHOP, Placeholder("code", is_required=True)),
}  # fmt: skip
"""Account letters have no name: a stranger may have typed it. Their secret link is the button, which every letter keeps."""
