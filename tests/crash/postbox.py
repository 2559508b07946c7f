"""A letter box that outlives the process: every letter handed over is a line of a file, durable before the answer."""

import os
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend


class Postbox(BaseEmailBackend):
    """Mail backend of the crash tests; the file is `settings.POSTBOX`."""

    def open(self) -> bool:
        return True

    def send_messages(self, email_messages: Any) -> int:
        with Path(settings.POSTBOX).open("a") as file:
            for message in email_messages:
                file.write(message.extra_headers["Message-ID"] + "\n")
            file.flush()
            os.fsync(file.fileno())
        return len(email_messages)

    def close(self) -> None:
        return None


def letters() -> Counter[str]:
    """Return how often each letter was handed over."""
    file = Path(settings.POSTBOX)
    return Counter(file.read_text().split() if file.exists() else ())
