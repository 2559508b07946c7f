"""Good passwords: checked by Django's validators, refused with the codes of the rules they break."""

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from shopkeeper.ops.access.models import User
from shopkeeper.ops.access.shapes import WeakPassword

# Hashing takes longer for longer passwords; beyond this nothing is gained.
MOST_PASSWORD = 256
# Easy to read aloud and to type: no l and 1, no O and 0.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def check(password: str, *, email: str, name: str) -> None:
    """Raise WeakPassword, naming every rule broken, where the password is easy to guess for this person."""
    if len(password) > MOST_PASSWORD:
        raise WeakPassword(("password_too_long",))
    if "\x00" in password:
        raise WeakPassword(("password_with_zero_byte",))
    try:
        validate_password(password, user=User(email=email, first_name=name))
    except ValidationError as error:
        raise WeakPassword(tuple(problem.code or "password_weak" for problem in error.error_list)) from error


def one_time() -> str:
    """Return a fresh random password of four groups, about 99 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))
