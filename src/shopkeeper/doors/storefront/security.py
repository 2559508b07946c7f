"""What every answer of the shop says to the browser about safety, and the size of what it reads."""

import re
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language_from_request, override

from shopkeeper.doors.storefront import errors
from shopkeeper.selling.payments import public as payments

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action {forms}",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""Nothing from another host, nothing inline; forms lead only to the shop, and on to the payment providers it is paid through."""


@lru_cache(maxsize=8)
def policy(origins: tuple[str, ...]) -> str:
    """Return the policy of the shop's pages; `origins` are those of the payment providers' own pages."""
    return _POLICY.format(forms=" ".join(("'self'", *origins)))


OWN_POLICY = ("/console/",)
"""Doors that write inline scripts and styles (Wagtail's admin) and so cannot live under this policy."""

WITH_PHOTOS = re.compile(r"/[a-z-]+/orders/[^/]+/review/$")
"""Where photos are sent, several at once; each has a limit of its own besides."""

MOST_WITH_PHOTOS = 45_000_000

OWN_LIMIT = ("/api/",)
"""Doors that refuse large bodies themselves, in their own form."""


class StorefrontSecurity:
    """Middleware: refuses bodies that are too large before they are read, and adds the content security policy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_shop = not request.path.startswith(OWN_POLICY)
        response = self._too_large(request) if is_shop else None
        response = response or self.get_response(request)
        if is_shop:
            response.setdefault("Content-Security-Policy", policy(payments.origins()))
            response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
        return response

    def _too_large(self, request: HttpRequest) -> HttpResponse | None:
        most = MOST_WITH_PHOTOS if WITH_PHOTOS.fullmatch(request.path) else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        length = request.META.get("CONTENT_LENGTH") or "0"
        if request.path.startswith(OWN_LIMIT):
            return None
        if most is not None and length.isdigit() and int(length) > most:
            # This stands before the middleware that finds out the reader's language.
            with override(get_language_from_request(request, check_path=True)):
                return errors.too_large(request, most)
        return None
