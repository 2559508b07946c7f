"""Whether what a provider tells can be money of the payment it tells it of."""

from dataclasses import replace

from shopkeeper.kit.money import MOST_MINOR
from shopkeeper.selling.payments.adapters.provider import Answer
from shopkeeper.selling.payments.shapes import EventKind


def compared(answer: Answer, currency: str) -> Answer:
    """Return the answer as it counts: as it is, or as `mismatched` where it is in another currency or its amount is no amount.

    Amounts that are money, but not the amount asked for, count: `flows/settle_payment.py` decides what they mean.
    """
    if not 0 <= answer.amount_minor <= MOST_MINOR:
        return replace(answer, kind=EventKind.MISMATCHED, amount_minor=0, reason="wrong_amount", redirect_url="", qr_text="")
    if answer.currency and answer.currency.upper() != currency:
        return replace(answer, kind=EventKind.MISMATCHED, reason="wrong_currency", redirect_url="", qr_text="")
    return answer
