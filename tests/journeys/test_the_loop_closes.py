"""The whole way in a real browser, on a shop started as a person starts it: bought, shipped, refunded, and the figures have moved."""

import socket

import pytest

from tests.journeys import acts
from tests.up.builders import Started, eventually, one_time_password

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture
def shop(tmp_path_factory):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("loop", numbered=True)
    started = Started(data_dir=open_to_all(folder) / "shop", port=port, words=("up",))
    started.until_open()
    yield started
    started.stop()


def open_to_all(folder):
    # The database runs as a user of its own, which must be able to reach its folder.
    for each in (folder, *folder.parents):
        if str(each).startswith("/tmp/pytest"):
            each.chmod(0o755)
    return folder


def test_a_shopper_buys_staff_ships_and_refunds_a_line_and_the_figures_move(shop):
    base = f"http://127.0.0.1:{shop.port}"
    email, password = one_time_password(shop.output)
    with acts.chromium() as browser:
        staff = browser.new_page(locale="en-GB", viewport={"width": 1280, "height": 900})
        acts.sign_in_first_time(staff, base, email=email, password=password)
        assert eventually(lambda: "on the way" not in staff.inner_text("body") and not facts_behind(staff, base), seconds=180)
        before = acts.figures(staff, base)

        number, total = acts.buy(browser.new_page(locale="en-GB"), base, units=2)
        assert total > 0
        assert eventually(lambda: int(acts.figures(staff, base)["Orders"]) == int(before["Orders"]) + 1, seconds=30)
        sold = acts.figures(staff, base)
        acts.ship(staff, base, number)
        acts.refund_one_piece(staff, base, number)
        refunded = eventually(lambda: acts.pounds(acts.figures(staff, base)["Net revenue"]) < acts.pounds(sold["Net revenue"]), seconds=30)

        after = acts.figures(staff, base)
        assert refunded
        assert acts.pounds(sold["GMV"]) > acts.pounds(before["GMV"])
        assert acts.pounds(after["GMV"]) == acts.pounds(sold["GMV"])
        assert after["Refund rate"] != sold["Refund rate"]
        acts.open_order(staff, base, number)
        body = staff.inner_text("main")
        assert "Royal Mail" in body
        assert "Paid back" in body


def facts_behind(page, base) -> bool:
    page.goto(f"{base}/console/")
    return "into the figures" in page.inner_text("body")
