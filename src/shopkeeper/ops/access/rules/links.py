"""How long the links in mails are good for."""

from datetime import datetime, timedelta

INVITATION_LASTS = timedelta(days=7)
JOINING_LASTS = timedelta(days=2)
RESET_LASTS = timedelta(hours=2)

JOINING_FORGOTTEN_AFTER = timedelta(days=7)
"""An address that was entered to register and never confirmed is erased after this long."""


def is_fresh(*, made_at: datetime, lasts: timedelta, now: datetime) -> bool:
    """Return whether a link made at `made_at` is still good; one from the future is not genuine."""
    return made_at <= now < made_at + lasts
