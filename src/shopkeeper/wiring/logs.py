"""What the log may tell of a request. The address of an order, a basket or a link in a mail is a secret: whoever has it may act by it."""

import logging


class RouteOnly(logging.Filter):
    """Puts the route in place of the address in every line about a request; where nothing answers there, only how the address begins."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True: no line is dropped."""
        request = getattr(record, "request", None)
        path = getattr(request, "path", None)
        if path and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            told = match.route if match else _beginning(path)
            record.args = tuple(told if each == path else each for each in record.args)
        return True


def _beginning(path: str) -> str:
    """Return an unknown address without its last part that is not empty, two parts at most: `/en/orders/…`."""
    parts = path.strip("/").split("/")
    return "/".join(["", *parts[:-1][:2], "…"])
