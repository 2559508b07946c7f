"""A shop's door that only listens, for adapters tried without a shop."""

from shopkeeper.selling.payments.adapters.fakes.local import Heard, LocalServer, Said


class Listener(LocalServer):
    """Keeps what was posted to it, in order, and answers it with the same text each time."""

    def __init__(self, reply: bytes = b"") -> None:
        super().__init__()
        self.heard: list[Heard] = []
        self.reply = reply

    def is_call(self, heard: Heard) -> bool:
        return False

    def answer(self, heard: Heard) -> Said:
        if heard.method == "POST":
            self.heard.append(heard)
        return Said(body=self.reply)
