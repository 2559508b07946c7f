"""Customers for tests: any room above may use them."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from django.db import connections

from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access import public as access
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Address

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def member(email="mia@example.org", name="Mia Berg"):
    user_id = access.register_shopper(email=email, password="seven grey herons 7", name=name, language="en", now=NOON)
    return customers.register(user_id=user_id, email=email, name=name, language="en", now=NOON)


def guest(email="guest@example.org", name="Gus Vale", country="GB", **more):
    return customers.guest(email=email, name=name, language="en", country=country, now=NOON, **more)


def address(**changes):
    parts = {"name": "Mia Berg", "line1": "2 Mill Lane", "city": "York", "postcode": "YO1 7EP", "country": "GB"}
    return Address(**{**parts, **changes})


def a_group_and_two_alike(also=""):
    """Have a group with somebody in it, and two records that look like one person; `also` tells further ones apart from the first."""
    one, two = guest(f"twin{also}@example.org", name="Tess Win"), guest(f"t.win{also}@example.org", name="T. Win")
    made = customers.save_group(name=Bilingual(f"Regulars{also}", f"常客{also}"), note="Come every week", actor=None, now=NOON)
    customers.change_members(group_id=made, join=[one.id], actor=None, now=NOON)
    return made, one, two


def at_once(jobs: Sequence[Callable[[], object]]) -> list[str]:
    """Return what each of several jobs, begun at the same moment on connections of their own, answered."""
    gate = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> str:
        try:
            gate.wait(timeout=60)
            job()
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(jobs)) as pool:
        return sorted(each.result(timeout=90) for each in [pool.submit(run, job) for job in jobs])
