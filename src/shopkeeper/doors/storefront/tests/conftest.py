"""Every test of the storefront reads the shelves anew: what a test before it saw is gone."""

from collections.abc import Iterator

import pytest

from shopkeeper.doors.storefront import kept, pages


@pytest.fixture(autouse=True)
def nothing_lags(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every page looked at before it is shown: what it may lag has tests of its own."""
    monkeypatch.setattr(pages, "MAY_LAG_S", -1.0)
    monkeypatch.setattr(kept, "STOCK_MAY_LAG_S", 0.0)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    kept.forget()
    pages.forget()
    yield
    kept.forget()
    pages.forget()
