"""A reader ends mails of one kind by the link in one of them; what they asked for by such mails ends with it."""

from datetime import datetime

from django.db import transaction

from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import MailKind
from shopkeeper.selling.wishes import public as wishes


@transaction.atomic
def end(*, token: str, now: datetime) -> MailKind:
    """End mails of the link's kind to its reader and return the kind; may be repeated. Who wants no news of goods that are back waits for
    none any more. Raises NotFound for a link that is not ours.
    """
    kind = messages.unsubscribe(token=token, now=now)
    if kind is MailKind.BACK_IN_STOCK:
        # The link knows its reader by a fingerprint alone, so those who wait are held against it.
        wishes.withdraw_all(emails=messages.of_reader(token=token, addresses=wishes.open_addresses()), now=now)
    return kind
