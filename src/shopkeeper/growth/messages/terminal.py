"""Mails on the terminal, for a shop without a mail server: what a person would read, not what a mail program would."""

from typing import Any

from django.core.mail.backends import console


class EmailBackend(console.EmailBackend):
    """Writes sender, recipient, subject, the plain text, and the names of what is attached."""

    def write_message(self, message: Any) -> None:
        """Write one mail."""
        attached = [getattr(each, "filename", None) or each[0] for each in message.attachments]
        lines = [
            "─" * 79,
            f"From: {message.from_email}",
            f"To: {', '.join(message.to)}",
            f"Subject: {message.subject}",
            "",
            message.body.rstrip(),
            *(f"[{name}]" for name in attached),
            "─" * 79,
        ]
        self.stream.write("\n".join(lines) + "\n")
