"""Who may use the routes for staff: a signed-in session, a token against forgery on every change, and a role that includes the act."""

from datetime import datetime
from typing import Any, TypedDict

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security.base import AuthBase

from shopkeeper.doors.api.problems import Problem
from shopkeeper.kit.ids import UserId
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Gate

SESSION_ID = "staff_session"
"""Under what name a session keeps its number, here and in the console."""


class StaffSession(AuthBase):
    """The session of a member of staff whose role includes `act` (a word of `ops/access/rules/permissions.py`)."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME

    def __init__(self, act: str) -> None:
        self.act = act
        super().__init__()

    def __call__(self, request: HttpRequest) -> UserId:
        """Return who is asking. Raises Problem for strangers and forged requests, NotAllowed where the role does not include the act."""
        user_id = _signed_in(request)
        if user_id is None:
            raise Problem(
                code="not_signed_in", detail=_("This is for the staff of the shop."),
                remedy=_("Sign in at /console/login/ and send the session's cookie."), headers={"WWW-Authenticate": "Session"},
            )  # fmt: skip
        _refuse_forged(request)
        access.require(user_id, self.act)
        if access.user(user_id).must_change_password:
            raise Problem(
                code="password_due", detail=_("You signed in with a one-time password."),
                remedy=_("Open /console/ and choose a password of your own first."),
            )  # fmt: skip
        _require_second_factor(request, user_id)
        return user_id


def _require_second_factor(request: HttpRequest, user_id: UserId) -> None:
    arrival = access.arrive(
        user_id=user_id, session_id=request.session.get(SESSION_ID), session_key=request.session.session_key or "",
        browser=request.headers.get("User-Agent", ""), now=timezone.now(),
    )  # fmt: skip
    if arrival is None:
        raise Problem(
            code="not_signed_in", detail=_("This session was ended."), remedy=_("Sign in again at /console/login/."),
            headers={"WWW-Authenticate": "Session"},
        )  # fmt: skip
    if request.session.get(SESSION_ID) != arrival.session_id:
        request.session[SESSION_ID] = arrival.session_id
    if arrival.gate in (Gate.GIVE_FACTOR, Gate.MUST_SET_UP):
        raise Problem(
            code="second_factor_due", detail=_("The second factor is missing in this session."),
            remedy=_("Open /console/ and give, or set up, your second factor first."),
        )  # fmt: skip


def actor(request: HttpRequest) -> UserId:
    """Return the member of staff whom `StaffSession` let in."""
    return UserId(request.auth)  # type: ignore[attr-defined]


class UnderKey(TypedDict):
    """What every act of staff that may be sent again says besides its own values: who does it, when, and under which key."""

    actor: UserId
    now: datetime
    key: str | None


def under_key(request: HttpRequest, key: str | None) -> UnderKey:
    """Return who asks, the moment, and the idempotency key of the request: `flow(…, **under_key(request, idempotency_key))`."""
    return UnderKey(actor=actor(request), now=timezone.now(), key=key)


def _signed_in(request: HttpRequest) -> UserId | None:
    is_known = settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session
    return UserId(request.user.pk) if is_known and request.user.is_authenticated else None


class _Csrf(CsrfViewMiddleware):
    """Django's own check, which answers with the reason instead of a page."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def _refuse_forged(request: HttpRequest) -> None:
    check = _Csrf(lambda _request: HttpResponse())
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    check.process_request(request)
    if check.process_view(request, lambda _request: HttpResponse(), (), {}):
        raise Problem(
            code="csrf", detail=_("The token against forgery is missing or does not match."),
            remedy=_("Send the value of the cookie csrftoken in the header X-CSRFToken."), field="X-CSRFToken",
        )  # fmt: skip
