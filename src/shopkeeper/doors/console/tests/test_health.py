"""The page “Health”: for owners and managers, in both languages, what is wrong first."""

from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.ops.health.shapes import NAMES


def test_owners_and_managers_see_every_check_with_the_worst_first(owner: Staff, manager: Staff) -> None:
    for staff in (owner, manager):
        page = staff.text("health/")

        assert page.count('<td class="lead sk-strong">') == len(NAMES)
        assert page.index("sk-pill--bad") < page.index("sk-pill--good")
        assert "No worker is at work" in page
        assert "Start the shop again" in page
        assert "/console/health/" in staff.text("")


def test_it_is_read_in_chinese_too(owner: Staff) -> None:
    owner.read("zh-hans")

    page = owner.text("health/")

    assert "没有后台进程在运行" in page
    assert "请重新启动店铺" in page
    assert "No worker" not in page


def test_a_clerk_neither_sees_nor_reaches_it(clerk: Staff) -> None:
    assert clerk.get("health/").status_code == 403
    assert "/console/health/" not in clerk.text("")
