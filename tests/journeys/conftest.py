"""Journeys through a door: a real browser, and shelves that are read anew in every test."""

from collections.abc import Iterator

import pytest
from django.db import connections
from playwright.sync_api import Browser, expect, sync_playwright

from shopkeeper.doors.storefront import kept, pages
from tests import components

CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    kept.forget()
    pages.forget()
    yield
    kept.forget()
    pages.forget()


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """A real Chromium, new for each test."""
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    # A machine on which everything runs at once answers late.
    expect.set_options(timeout=10_000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(components.chromium()), args=list(CHROMIUM))
        yield chromium
        chromium.close()
        # Within the loop Django keeps connections of its own; the next test's database would find them cut.
        connections.close_all()
