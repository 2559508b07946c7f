"""A small shop with its staff, each signed in to the console."""

from dataclasses import dataclass
from time import time
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from wagtail.users.models import UserProfile

from shopkeeper.events import models as outbox
from shopkeeper.flows import searching
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.tests.remembered import remembered
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.audit import models as trail
from shopkeeper.selling.content import public as content
from shopkeeper.selling.search import public as search

PASSWORD = "a quiet shop on the corner"
LASTING = 300
"""Seconds for which a session of staff is taken for new."""


@dataclass
class Staff:
    """A member of staff at the console."""

    role: Role
    language: str = "en"

    def __post_init__(self) -> None:
        self.id, cookies = _arrived(self.role, self.language, int(time() // LASTING))
        self.user = get_user_model().objects.get(pk=self.id)
        self.client = Client()
        self.client.cookies.load(cookies)

    def read(self, language: str) -> None:
        """Read the console in a language from now on."""
        _read(self.user, language)

    def get(self, address: str) -> Any:
        return self.client.get(f"/console/{address}")

    def post(self, address: str, **data: Any) -> Any:
        return self.client.post(f"/console/{address}", data)

    def text(self, address: str) -> str:
        """Return a page's source."""
        return str(self.get(address).content.decode())


@remembered
def _arrived(role: Role, language: str, when: int) -> tuple[UserId, dict[str, str]]:
    """Make somebody of this role who has come in and said “later” to the second factor; return who, and the cookies of their browser.

    `when` changes often enough that what is remembered is no session gone stale.
    """
    invitation = access.invite(email=f"{role.value}@shop.local", role=role, actor=None, now=NOON)
    staff = access.accept(token=invitation.token, name=f"{role.value.title()} Person", password=PASSWORD, now=NOON)
    user, client = get_user_model().objects.get(pk=staff), Client()
    client.force_login(user)
    session = client.session
    arrival = access.arrive(user_id=staff, session_id=None, session_key=session.session_key or "", browser="", now=timezone.now())
    assert arrival is not None
    access.put_off(user_id=staff, session_id=arrival.session_id, now=timezone.now())
    session["staff_session"] = arrival.session_id
    session.save()
    _read(user, language)
    return staff, {name: cookie.value for name, cookie in client.cookies.items()}


def _read(user: Any, language: str) -> None:
    profile = UserProfile.get_for_user(user)
    profile.preferred_language = language
    profile.save()


@dataclass(frozen=True)
class Marks:
    """How many facts and audit rows there are: what must not change where something is refused."""

    facts: int
    acts: int


def marks() -> Marks:
    return Marks(outbox.OutboxFact.objects.count(), trail.Record.objects.count())


def facts_since(before: Marks) -> list[str]:
    """Return the kinds of facts recorded since, in order."""
    return list(outbox.OutboxFact.objects.order_by("id").values_list("kind", flat=True))[before.facts :]


def acts_since(before: Marks, staff: Staff) -> list[str]:
    """Return what this member of staff did since, as the trail has it."""
    rows = list(trail.Record.objects.order_by("id"))[before.acts :]
    return [row.act for row in rows if row.actor_id == staff.id]


@remembered
def open_texts() -> None:
    content.install_defaults(now=NOON)


def steered() -> None:
    """Put a row into each list of search."""
    search.count("teapot", found=3, holds_goods=True, language="en", day=NOON.date())
    search.save_synonyms(synonyms_id=None, words="tea\nbrew", actor=None, now=NOON)
    search.redirect(redirect_id=None, asked="opening hours", address="/en/about/returns/", actor=None, now=NOON)
    searching.pin(pin_id=None, asked="gift", goods=["TEA"], actor=None, now=NOON)


def variant(shop: SmallShop, sku: str = "TEA") -> int:
    return int(shop.variants[sku])
