"""Where the races are run: on the test run's own server, and on the operating system's."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connections

from shopkeeper.ops.database import schema
from shopkeeper.ops.database.rules import address
from tests import postgres

TEMPLATE = "shop_races_template"


@pytest.fixture(scope="session")
def other_template(other_server: str, django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> str:
    """The address of the other server, on which a database with every table waits to be copied."""
    before = os.environ["DATABASE_URL"]
    with psycopg.connect(other_server, autocommit=True) as admin:
        postgres._create(admin, TEMPLATE, template="template0")
    try:
        with django_db_blocker.unblock():  # type: ignore[attr-defined]
            postgres._point_django_at(address.with_name(other_server, TEMPLATE))
            schema.bring_up_to_date()
            connections.close_all()
    finally:
        postgres._point_django_at(before)
    return other_server


@pytest.fixture(params=["own server", "other server"])
def arena(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[str]:
    """A database with every table and no trade, on one server and then on the other."""
    if request.param == "own server":
        yield request.param
        return
    before, server = os.environ["DATABASE_URL"], str(request.getfixturevalue("other_template"))
    name = f"shop_races_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as admin:
        postgres._create(admin, name, template=TEMPLATE)
    try:
        postgres._point_django_at(address.with_name(server, name))
        yield request.param
    finally:
        connections.close_all()
        postgres._point_django_at(before)
        with psycopg.connect(server, autocommit=True) as admin:
            postgres._drop(admin, name)
