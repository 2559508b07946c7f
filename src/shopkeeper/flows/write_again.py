"""An address that returned mails is right after all: staff let all mail go there again."""

from dataclasses import dataclass
from datetime import datetime

from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import Bounced, Standing
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.access import public as access
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.wishes import public as wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A returned mail, the address it was for as it stands now, and how mail to it fares."""

    bounce_id: int
    address: str
    standing: Standing


def look(bounce_id: int) -> Returned:
    """Return what a returned mail was for. Raises NotFound, also where nothing names its reader any more."""
    bounce = messages.bounce(bounce_id)
    address = _address(bounce)
    return Returned(bounce_id=bounce.id, address=address, standing=messages.standings([address])[address])


def write_again(*, bounce_id: int, actor: UserId, now: datetime) -> None:
    """Let all mail go to the reader of a returned mail again. Raises NotAllowed, NotFound where nothing is stopped."""
    access.require(actor, "messages.write_again")
    bounce = messages.bounce(bounce_id)
    subject = f"order:{bounce.order_id}" if bounce.order_id else f"message:{bounce.message_id}"
    messages.write_again(address=_address(bounce), subject=subject, actor=actor, now=now)


def _address(bounce: Bounced) -> str:
    if bounce.order_id is not None:
        return orders.order(bounce.order_id).contact.email
    if bounce.user_id is not None:
        return access.user(bounce.user_id).email
    if bounce.wait_id is not None and (wait := wishes.waits([bounce.wait_id]).get(bounce.wait_id)) and wait.email:
        return wait.email
    raise NotFound("bounce", bounce.id)
