"""Where every test run starts: a data folder of its own, settings that point into it, and a database on demand (tests/postgres.py)."""

import os
import sys

import django
import pytest
from django.conf import settings

pytest.register_assert_rewrite("tests.postgres", "tests.share")

from tests import postgres  # noqa: E402

os.environ.update(postgres.environment())
os.environ["DJANGO_SETTINGS_MODULE"] = "shopkeeper.wiring.settings"
django.setup()
# Hashing well takes a tenth of a second, and tests make people by the thousand. Processes that tests start hash as a shop does.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]

_COPIES = ("shopkeeper.selling.shop.store", "shopkeeper.doors.storefront.kept")
"""Where processes keep copies of the shop's rows, by the version they were read at; each can `forget` them."""

pytest_plugins = ["tests.postgres", "tests.share", "tests.skips"]


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    """Begin every test with no password tried, no mail asked for (all of them come from one address), and no copy of an earlier shop."""
    from django.core.cache import cache

    cache.clear()
    # Builders that remember put the same rows back under the same version: what a process keeps of them is an earlier test's.
    for module in _COPIES:
        if module in sys.modules:
            sys.modules[module].forget()
