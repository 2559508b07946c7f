"""Who is looking: the basket and choices a browser carries, and the member behind a session."""

from datetime import timedelta
from urllib.parse import quote, unquote

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from shopkeeper.kit import together
from shopkeeper.kit.checks import COUNTRIES, MOST_POSTCODE
from shopkeeper.kit.ids import UserId, new_token
from shopkeeper.kit.time import from_microseconds, to_microseconds
from shopkeeper.ops.access import public as access
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Customer
from shopkeeper.selling.orders.shapes import Basket

BASKET = "basket"
CONSENT = "consent"
GOES_TO = "goes-to"
CODE_ASKED = "code_asked"
"""In the session: where a code was sent, how, and what comes after it."""

NEWS = "news"
PLACE = "place"
"""In the session: the number of the place a shopper is signed in at, and when it was last noted as in use."""

VOICE = "voice"
WISHES = "wishes"
_KEPT = timedelta(days=60)
_CONSENT_KEPT = timedelta(days=180)
_VOICE_KEPT = timedelta(days=365)
_GOES_TO_KEPT = timedelta(days=180)
_NOTED_EVERY = timedelta(minutes=10)
_LONGEST = 200
_LONGEST_WISHES = 3_000


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
    found, by_user = together.read(lambda: get_user(request), lambda: customers.by_user(said))
    customer: Customer | None = by_user
    if not found.is_authenticated or found.pk != said:
        return None
    _in_use(request)
    return customer


def _in_use(request: HttpRequest) -> None:
    place, now = request.session.get(PLACE), timezone.now()
    if place and now - from_microseconds(place[1]) > _NOTED_EVERY:
        access.session_seen(session_id=place[0], session_key=str(request.session.session_key), now=now)
        request.session[PLACE] = [place[0], to_microseconds(now)]


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


def wishes_cookie(request: HttpRequest) -> str:
    """Return what the browser carries of its wish list: the ids on it, a point, and the secret of a list of its own."""
    return request.COOKIES.get(WISHES, "")[:_LONGEST_WISHES]


def remember_wishes(response: HttpResponse, value: str) -> None:
    """Let the browser carry its wish list, because the visitor put something onto it or signed in."""
    _keep(response, WISHES, value, _VOICE_KEPT)


def forget_wishes(request: HttpRequest, response: HttpResponse) -> None:
    """Let the browser drop what it carries of a wish list."""
    if WISHES in request.COOKIES:
        response.delete_cookie(WISHES, samesite="Lax")


def goes_to(request: HttpRequest) -> str:
    """Return the country this browser wants things delivered to, as it last said; empty where it never did."""
    country = request.COOKIES.get(GOES_TO, "")[:_LONGEST].partition(".")[0]
    return country if country in COUNTRIES else ""


def postcode_there(request: HttpRequest) -> str:
    """Return the postcode this browser wants things delivered to, as it last said; empty where it never did."""
    code = unquote(request.COOKIES.get(GOES_TO, "")[:_LONGEST].partition(".")[2])
    return code if len(code) <= MOST_POSTCODE and code.replace(" ", "").replace("-", "").isalnum() else ""


def remember_goes_to(response: HttpResponse, country: str, postcode: str) -> None:
    """Let the browser carry where it wants things delivered to. It serves nothing else."""
    _keep(response, GOES_TO, f"{country}.{quote(postcode)}", _GOES_TO_KEPT)


def news_count(request: HttpRequest) -> int:
    """Return how much of what happened was new when a page of the member's own last looked; for the header only."""
    count = request.COOKIES.get(NEWS, "")
    return int(count) if count.isascii() and count.isdigit() and len(count) < 4 else 0


def remember_news(response: HttpResponse, count: int) -> None:
    """Let a member's browser carry how much of what happened is new, so that no page has to ask for it."""
    if count:
        _keep(response, NEWS, str(count), _KEPT)
    else:
        response.delete_cookie(NEWS, samesite="Lax")


def show_news(request: HttpRequest, count: int) -> None:
    """Let the head of this page say how much is new as it was just counted."""
    request.COOKIES[NEWS] = str(count)


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
