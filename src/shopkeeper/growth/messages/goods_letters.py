"""What the shop writes about goods that somebody waits for. Called inside the reader's language."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from shopkeeper.growth.messages.letter import Head, Letter
from shopkeeper.growth.messages.shapes import InForce, MailKind
from shopkeeper.growth.messages.writing import Matter, write


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """Goods that are back and who waits for them; `unsubscribe` is the address that ends mails of this kind."""

    to: str
    language: str
    product: str
    slug: str
    unsubscribe: str = ""


def back_in_stock(awaited: Awaited, *, head: Head, words: InForce | None = None) -> Letter:
    """Return the letter that tells somebody that the goods they wait for are back."""
    link = f"{head.url}/{awaited.language}/goods/{awaited.slug}/"
    matter = Matter(
        to=awaited.to,
        language=awaited.language,
        head=head,
        link=link,
        values={
            "shop": head.shop_name,
            "product": awaited.product,
            "product_link": link,
            "unsubscribe_link": awaited.unsubscribe,
        },
        why=_("You get this mail because you asked to be told when these goods are back."),
        unsubscribe=awaited.unsubscribe,
    )
    return write(MailKind.BACK_IN_STOCK, matter, words)


def wait_asked(awaited: Awaited, *, is_confirmed: bool, link: str, head: Head, words: InForce | None = None) -> Letter:
    """Return the letter by which somebody confirms, at `link`, that they want to be told, or learns that they did already."""
    if is_confirmed:
        next_step = _("You are on the list already: we write once, as soon as it is back. The link below takes you off it.")
    else:
        next_step = _("Confirm it by the link below: then we write once, as soon as it is back.")
    matter = Matter(
        to=awaited.to,
        language=awaited.language,
        head=head,
        link=link,
        values={"shop": head.shop_name, "product": awaited.product, "next_step": next_step},
        why=_("You get this mail because somebody entered your address to be told when goods are back."),
    )
    return write(MailKind.WAIT_ASKED, matter, words)
