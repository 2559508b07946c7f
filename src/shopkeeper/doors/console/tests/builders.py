"""A small shop with its staff, each signed in to the console."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from wagtail.users.models import UserProfile

from shopkeeper.events import models as outbox
from shopkeeper.flows import searching
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.audit import models as trail
from shopkeeper.selling.content import public as content
from shopkeeper.selling.search import public as search

PASSWORD = "a quiet shop on the corner"


@dataclass
class Staff:
    """A member of staff at the console."""

    role: Role
    language: str = "en"

    def __post_init__(self) -> None:
        email = f"{self.role.value}@shop.local"
        invitation = access.invite(email=email, role=self.role, actor=None, now=NOON)
        self.id = access.accept(token=invitation.token, name=f"{self.role.value.title()} Person", password=PASSWORD, now=_soon())
        self.user = get_user_model().objects.get(pk=self.id)
        self.client = Client()
        self.client.force_login(self.user)
        self.put_off_second_factor()
        self.read(self.language)

    def put_off_second_factor(self) -> None:
        """Say “later” to the second factor, as a person does who has just come in."""
        session = self.client.session
        arrival = access.arrive(user_id=self.id, session_id=None, session_key=session.session_key or "", browser="", now=timezone.now())
        assert arrival is not None
        access.put_off(user_id=self.id, session_id=arrival.session_id, now=timezone.now())
        session["staff_session"] = arrival.session_id
        session.save()

    def read(self, language: str) -> None:
        """Read the console in a language from now on."""
        profile = UserProfile.get_for_user(self.user)
        profile.preferred_language = language
        profile.save()

    def get(self, address: str) -> Any:
        return self.client.get(f"/console/{address}")

    def post(self, address: str, **data: Any) -> Any:
        return self.client.post(f"/console/{address}", data)

    def text(self, address: str) -> str:
        """Return a page's source."""
        return str(self.get(address).content.decode())


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


def open_texts() -> None:
    content.install_defaults(now=NOON)


def steered() -> None:
    """Put a row into each list of search."""
    search.count("teapot", found=3, holds_goods=True, language="en", day=NOON.date())
    search.save_synonyms(synonyms_id=None, words="tea\nbrew", actor=None, now=NOON)
    search.redirect(redirect_id=None, asked="opening hours", address="/en/about/returns/", actor=None, now=NOON)
    searching.pin(pin_id=None, asked="gift", goods=["TEA"], actor=None, now=NOON)


def _soon() -> Any:
    return NOON


def variant(shop: SmallShop, sku: str = "TEA") -> int:
    return int(shop.variants[sku])
