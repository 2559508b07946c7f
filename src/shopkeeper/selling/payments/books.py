"""Does this room add up? Every stored state against the events it repeats, and no payment out of bounds."""

from shopkeeper.selling.payments import models, store
from shopkeeper.selling.payments.shapes import Difference, Payment


def differences() -> list[Difference]:
    """Return every difference, payment by payment, in portions so that a large shop fits in memory."""
    found: list[Difference] = []
    last = 0
    while True:
        rows = list(models.Payment.objects.filter(id__gt=last).order_by("id")[:2_000])
        if not rows:
            return found
        stored = {row.pk: row for row in rows}
        for payment in store.load(rows):
            found += _of(payment, stored[payment.id])
        last = rows[-1].pk


def _of(payment: Payment, stored: models.Payment) -> list[Difference]:
    subject, sums = f"payment:{payment.id}", payment.balance
    found = []
    if payment.state.value != stored.state:
        found.append(Difference(check="payment_state_is_its_events", subject=subject, expected=payment.state.value, found=stored.state))
    is_disputed = any(each.is_to_answer for each in payment.disputes)
    if is_disputed != stored.is_disputed:
        found.append(Difference(check="dispute_is_its_events", subject=subject, expected=is_disputed, found=stored.is_disputed))
    if sums.captured_minor > payment.amount_minor:
        found.append(Difference(check="captured_at_most_asked", subject=subject, expected=payment.amount_minor, found=sums.captured_minor))
    if sums.refunded_minor > sums.captured_minor:
        found.append(
            Difference(check="refunded_at_most_captured", subject=subject, expected=sums.captured_minor, found=sums.refunded_minor)
        )
    return found
