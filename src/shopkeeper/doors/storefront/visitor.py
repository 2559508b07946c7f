"""Who is looking: the basket and choices a browser carries, and the member behind a session."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse

from shopkeeper.kit import together
from shopkeeper.kit.ids import UserId, new_token
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Customer
from shopkeeper.selling.orders.shapes import Basket

BASKET = "basket"
CONSENT = "consent"
VOICE = "voice"
_KEPT = timedelta(days=60)
_CONSENT_KEPT = timedelta(days=180)
_VOICE_KEPT = timedelta(days=365)
_LONGEST = 200


def is_signed_in(request: HttpRequest) -> bool:
    """Return whether the browser has a signed-in session; costs a query only where it carries one."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session


def user_id(request: HttpRequest) -> UserId | None:
    """Return the active user behind the session, None for strangers."""
    if not is_signed_in(request) or not request.user.is_authenticated:
        return None
    return UserId(request.user.pk)


def member(request: HttpRequest) -> Customer | None:
    """Return the customer who is signed in, None for strangers and for staff who never bought."""
    if not is_signed_in(request):
        return None
    said = UserId(int(request.session[SESSION_KEY]))
    found, customer = together.read(lambda: get_user(request), lambda: customers.by_user(said))
    return customer if found.is_authenticated and found.pk == said else None


def basket_token(request: HttpRequest) -> str | None:
    """Return the secret name of the browser's basket, None where it has none."""
    _, dot, token = request.COOKIES.get(BASKET, "")[:_LONGEST].partition(".")
    return token if dot and token else None


def basket_units(request: HttpRequest) -> int:
    """Return how many pieces the basket held when it last changed, as the browser remembers it; for the header only."""
    units = request.COOKIES.get(BASKET, "").partition(".")[0]
    return int(units) if units.isascii() and units.isdigit() and len(units) < 7 else 0


def remember_basket(request: HttpRequest, response: HttpResponse, basket: Basket) -> None:
    """Let the browser carry the basket's secret name and its number of pieces."""
    if not basket.token:
        forget_basket(response)
        return
    value = f"{basket.units}.{basket.token}"
    if request.COOKIES.get(BASKET) != value:
        _keep(response, BASKET, value, _KEPT)


def forget_basket(response: HttpResponse) -> None:
    """Let the browser drop its basket."""
    response.delete_cookie(BASKET, samesite="Lax")


def consent_choice(request: HttpRequest) -> str:
    """Return `yes`, `no`, or an empty text where the visitor has not chosen."""
    choice = request.COOKIES.get(CONSENT, "").partition(".")[0]
    return choice if choice in ("yes", "no") else ""


def consent_subject(request: HttpRequest) -> str:
    """Return the random name under which this browser's choice was recorded, empty before the first."""
    subject = request.COOKIES.get(CONSENT, "")[:_LONGEST].partition(".")[2]
    return subject if subject.replace("-", "").replace("_", "").isalnum() and subject.isascii() else ""


def remember_consent(response: HttpResponse, choice: str, subject: str) -> None:
    """Let the browser carry the visitor's privacy choice."""
    _keep(response, CONSENT, f"{choice}.{subject}", _CONSENT_KEPT)


def voice(request: HttpRequest) -> str:
    """Return the random name under which this browser writes and votes, a new one before the first time."""
    name = request.COOKIES.get(VOICE, "")
    return name if 20 <= len(name) <= 40 and name.replace("-", "").replace("_", "").isalnum() and name.isascii() else new_token()


def remember_voice(response: HttpResponse, name: str) -> None:
    """Let the browser carry the name it wrote or voted under, so that nobody votes twice or for their own. It serves nothing else."""
    _keep(response, VOICE, name, _VOICE_KEPT)


def _keep(response: HttpResponse, name: str, value: str, lasts: timedelta) -> None:
    response.set_cookie(name, value, max_age=lasts, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
