"""Short messages on the terminal, for developing: what a phone would show. Never beside a real shop: its codes stand there for all."""

import sys


class Terminal:
    """Writes each message to standard output."""

    code = "terminal"

    def send(self, *, number: str, text: str, key: str) -> str:
        """Write one message and return its key as its id."""
        line = "─" * 79
        sys.stdout.write(f"{line}\nText message to {number}\n\n{text}\n{line}\n")
        sys.stdout.flush()
        return key
