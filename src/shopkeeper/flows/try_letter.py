"""Staff look at a letter before they publish it: with sample data or a real order, and in their own mailbox."""

from datetime import datetime

from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import Mail, Words
from shopkeeper.kit.ids import UserId
from shopkeeper.ops.access import public as access
from shopkeeper.ops.limits import public as limits
from shopkeeper.ops.limits.shapes import TEST_MAILS_OF_STAFF, Try
from shopkeeper.selling.orders import public as orders


def look(*, letter: str, language: str, words: Words, order_number: str = "", actor: UserId) -> Mail:
    """Return the letter in these words: about something that does not exist, or about an order the reader may see.

    Raises NotAllowed, NotFound, NothingToShow, and every refusal of words.
    """
    access.require(actor, "messages.view")
    if not order_number.strip():
        return messages.sample(letter=letter, language=language, words=words)
    access.require(actor, "orders.view")
    found = orders.by_number(order_number.strip())
    return messages.sample_of_order(letter=letter, language=language, words=words, order_id=found.id)


def send_test(*, letter: str, language: str, words: Words, actor: UserId, now: datetime) -> str:
    """Send the letter with sample data to the member of staff who asks, to nobody else, and return the address. Call it outside
    transactions. Raises NotAllowed, TooOften, NotSent, and every refusal of words.
    """
    access.require(actor, "messages.publish")
    mail = messages.sample(letter=letter, language=language, words=words)
    to = access.user(actor).email
    limits.take(Try(TEST_MAILS_OF_STAFF, to), now=now)
    messages.send_test(mail=mail, to=to, now=now)
    return to
