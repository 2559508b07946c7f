"""What the shop asks of whoever carries its short messages."""

from typing import Protocol

TIMEOUT_S = 8.0


class TextSilent(Exception):
    """The provider did not answer in time, or with nothing to be understood: the message may have gone or not. Names no number."""


class TextRefused(Exception):
    """A clear no, which asking again does not change; `reason` is one word of ours."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Texting(Protocol):
    """One way short messages go out. `send` is asked again with the same key where it was silent: a provider sends a key once."""

    @property
    def code(self) -> str:
        """Return what this way is called."""
        ...

    def send(self, *, number: str, text: str, key: str) -> str:
        """Have one message sent to a number in E.164 and return the provider's own id of it. Raises TextSilent, TextRefused."""
        ...
