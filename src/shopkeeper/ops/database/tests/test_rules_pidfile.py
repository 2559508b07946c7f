"""Reading postmaster.pid, also as a crash leaves it."""

import pytest

from shopkeeper.ops.database.rules import pidfile

LINES = "4711\n/var/lib/shop/postgres\n1700000000\n5432\n/var/lib/shop/run\n\n  1234  5678\n{status}\n"


def test_a_running_server_is_ready_only_when_it_says_so():
    assert pidfile.read(LINES.format(status="ready   ")) == pidfile.Postmaster(process=4711, is_ready=True)
    assert pidfile.read(LINES.format(status="starting")) == pidfile.Postmaster(process=4711, is_ready=False)
    assert pidfile.read(LINES.format(status="stopping")) == pidfile.Postmaster(process=4711, is_ready=False)


@pytest.mark.parametrize("text", ["", "\n", "garbage", "\x00\x00\x00", "-\n"])
def test_an_unreadable_file_names_no_server(text):
    assert pidfile.read(text) is None


def test_a_file_cut_off_after_the_first_line_names_a_server_that_is_not_ready():
    assert pidfile.read("4711") == pidfile.Postmaster(process=4711, is_ready=False)


def test_single_user_mode_is_known_by_its_negative_number():
    assert pidfile.read("-4711\n") == pidfile.Postmaster(process=4711, is_ready=False)
