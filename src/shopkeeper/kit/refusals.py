"""The root of every expected refusal: a typed exception that carries data and knows no language."""

from typing import ClassVar


class Refusal(Exception):
    """Something the caller asked for cannot be done, and nothing was changed.

    Doors translate a refusal once, by its type, into what was wrong, the value and the remedy (`doors/refusals.py`).
    `field` names the input at fault in the caller's words where there is one.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, message: str, *, field: str | None = None, value: object = None) -> None:
        super().__init__(message)
        self.field = field
        self.value = value


class NotFound(Refusal):
    """The thing named does not exist, or the caller may not know that it does."""

    code = "not_found"

    def __init__(self, kind: str, value: object) -> None:
        super().__init__(f"No {kind} {value!r}", field=kind, value=value)
        self.kind = kind


class OutOfRange(Refusal):
    """A number, date or text lies outside what the field allows; `least` and `most` say what would be accepted."""

    code = "out_of_range"

    def __init__(self, field: str, value: object, *, least: object = None, most: object = None) -> None:
        super().__init__(f"{field} {value!r} must lie between {least} and {most}", field=field, value=value)
        self.least = least
        self.most = most


class Malformed(Refusal):
    """The value does not have the form the field needs; `expected` names that form in a word (`email`, `country`, `token`)."""

    code = "malformed"

    def __init__(self, field: str, value: object, *, expected: str) -> None:
        super().__init__(f"{field} {value!r} is not a valid {expected}", field=field, value=value)
        self.expected = expected


class KeyReused(Refusal):
    """The idempotency key was used before with other content."""

    code = "key_reused"


class NotAllowed(Refusal):
    """The person's role does not include this act."""

    code = "not_allowed"

    def __init__(self, act: str, *, role: str | None) -> None:
        super().__init__(f"Role {role!r} may not {act}", field="act", value=act)
        self.act = act
        self.role = role
