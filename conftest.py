"""Where every test run starts: a data folder of its own, settings that point into it, and a database on demand (tests/postgres.py)."""

import os

import django
import pytest

pytest.register_assert_rewrite("tests.postgres", "tests.share")

from tests import postgres  # noqa: E402

os.environ.update(postgres.environment())
os.environ["DJANGO_SETTINGS_MODULE"] = "shopkeeper.wiring.settings"
django.setup()

pytest_plugins = ["tests.postgres", "tests.share", "tests.skips"]


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    """Begin every test with no password tried and no mail asked for: all of them come from one address."""
    from django.core.cache import cache

    cache.clear()
