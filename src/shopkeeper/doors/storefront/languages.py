"""The reader's language, remembered by the browser."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language_from_request


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Let the browser remember the page's language where it is not the one it would ask for."""
    language = request.LANGUAGE_CODE
    if get_language_from_request(request) != language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=31_536_000, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
