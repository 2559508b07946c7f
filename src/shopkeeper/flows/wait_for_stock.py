"""Asking to be told when goods are back: from a member at once, from a stranger by a link in a mail.

Whoever enters an address sees the same answer whatever is behind it, and the same is done for it: one wait looked up or written, one mail
queued.
"""

from datetime import datetime

from django.db import transaction

from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import MailKind
from shopkeeper.kit.ids import VariantId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import NotSellable
from shopkeeper.selling.customers.shapes import Customer
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.wishes import public as wishes
from shopkeeper.selling.wishes.shapes import Wait, WaitAsked, WaitState

WORDING = "back_in_stock.1"
"""Which words people agree to beside the button; another sentence there is another wording."""


class StillThere(Refusal):
    """Goods that can be bought now are not waited for."""

    code = "still_there"

    def __init__(self, sku: str, available: int) -> None:
        super().__init__(f"{sku} is in stock ({available}): put it into the basket instead", field="variant", value=sku)


def may_be_waited_for(variant_id: VariantId) -> None:
    """Make sure that a variant is sold here and sold out now. Raises NotFound, NotSellable, StillThere."""
    goods = catalog.goods_of(variant_id)
    if not goods.is_sellable:
        raise NotSellable(f"{goods.sku} is not on sale", field="variant", value=goods.sku)
    available = inventory.available([variant_id]).get(variant_id, 0)
    if available > 0:
        raise StillThere(goods.sku, available)


@transaction.atomic
def ask_as_member(*, variant_id: VariantId, member: Customer, language: str, now: datetime) -> Wait:
    """Let a member wait for a variant at the account's own address; an older refusal of such mails is taken back.

    Raises NotFound, NotSellable, StillThere, TooManyWaits.
    """
    may_be_waited_for(variant_id)
    asked = WaitAsked(variant_id=variant_id, email=member.email, language=language, wording=WORDING)
    found = wishes.ask(asked=asked, customer_id=member.id, is_confirmed=True, now=now)
    assert found is not None  # only a stranger's is kept quiet
    messages.ask_anew(address=found.email, kind=MailKind.BACK_IN_STOCK, is_reached=False, now=now)
    return found


@transaction.atomic
def ask(*, variant_id: VariantId, email: str, language: str, now: datetime) -> None:
    """Let an address wait for a variant once its owner has followed the link that is mailed to it. Answers the same for every address.

    Raises NotFound, NotSellable, StillThere for the goods, Malformed, OutOfRange for the words.
    """
    may_be_waited_for(variant_id)
    asked = WaitAsked(variant_id=variant_id, email=email, language=language, wording=WORDING)
    found = wishes.ask(asked=asked, is_confirmed=False, now=now)
    if found is not None:
        # By the day and the state: asking again and again fills nobody's mailbox.
        key = f"wait:{found.id}:{found.state.value}:{now:%Y-%m-%d}"
        messages.wait_mail(kind=MailKind.WAIT_ASKED, wait_id=found.id, key=key, language=language, now=now)


@transaction.atomic
def confirm(*, token: str, now: datetime) -> Wait:
    """Confirm the address of a wait by the link that was mailed to it; an older refusal of such mails is taken back, and that mail came
    back once is forgotten, for it has just arrived. Raises NotFound, WaitEnded.
    """
    found = wishes.confirm(token=token, now=now)
    messages.ask_anew(address=found.email, kind=MailKind.BACK_IN_STOCK, is_reached=True, now=now)
    return found


def is_open(wait: Wait, now: datetime) -> bool:
    """Return whether a wait can still be confirmed or withdrawn."""
    return wait.state in (WaitState.ASKED, WaitState.WAITING) and wait.expires_at > now
