"""Does this room add up? Every stored state against the events it repeats, no payment out of bounds, no money without an order."""

from shopkeeper.kit.ids import PaymentId
from shopkeeper.selling.payments import models, store, stray_news
from shopkeeper.selling.payments.rules import strays as rules
from shopkeeper.selling.payments.shapes import OPEN_STRAYS, Difference, Payment, StrayState


def differences() -> list[Difference]:
    """Return every difference, payment by payment, in portions so that a large shop fits in memory."""
    found: list[Difference] = []
    last = 0
    while True:
        rows = list(models.Payment.objects.filter(id__gt=last).order_by("id")[:2_000])
        if not rows:
            return found + _of_strays()
        stored = {row.pk: row for row in rows}
        for payment in store.by_ids([PaymentId(row.pk) for row in rows]).values():
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


def _of_strays() -> list[Difference]:
    return [each for row in models.Stray.objects.order_by("id") for each in _of_stray(row)]


def _of_stray(row: models.Stray) -> list[Difference]:
    subject, told = f"stray:{row.pk}", stray_news.to_stray(row)
    is_looked_at = row.state != StrayState.HEARD.value
    state = rules.state(told.events, is_linked=stray_news.is_linked(row), is_looked_at=is_looked_at, settled_minor=row.settled_minor)
    said, kept = rules.sums(told.events), (row.kept_minor, row.reserved_minor, row.pending_minor)
    found = []
    if row.state != state.value:
        found.append(Difference(check="stray_state_is_its_events", subject=subject, expected=state.value, found=row.state))
    if kept != (said.kept_minor, said.reserved_minor, said.pending_minor):
        expected = said.kept_minor + said.reserved_minor + said.pending_minor
        found.append(Difference(check="stray_sums_are_its_events", subject=subject, expected=expected, found=sum(kept)))
    left = row.kept_minor + row.reserved_minor + row.pending_minor
    if row.state in OPEN_STRAYS and left:
        found.append(Difference(check="no_money_without_an_order", subject=subject, expected=0, found=left))
    return found
