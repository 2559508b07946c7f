"""Addresses: made, changed and shown without their secrets."""

from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from shopkeeper.ops.database.rules import address


def test_a_socket_address_is_understood_by_postgresql_itself():
    url = address.socket_url(folder=Path("/srv/my shop/run"), role="shopkeeper", name="shop")

    read = conninfo_to_dict(url)
    assert (read["host"], read["user"], read["dbname"]) == ("/srv/my shop/run", "shopkeeper", "shop")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("postgresql://shopkeeper@/shop?host=/srv/run", "/srv/run"),
        ("postgresql:///shop?host=/srv/run", "/srv/run"),
        ("postgresql://me:secret@db.example:5433/shop?sslmode=require", "db.example"),
    ],
)
def test_another_name_on_the_same_server(url, host):
    before, after = conninfo_to_dict(url), conninfo_to_dict(address.with_name(url, "other"))

    assert after == {**before, "dbname": "other"}
    assert after["host"] == host


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:hush@db.example:5433/shop", "me@db.example:5433/shop"),
        ("postgresql://db.example/shop?user=me&password=hush", "db.example/shop"),
        ("postgresql:///shop?host=/srv/run&password=hush", "/srv/run/shop"),
    ],
)
def test_a_password_is_never_shown(url, shown):
    assert address.without_secret(url) == shown


def test_a_path_too_long_for_a_socket_is_known_before_the_server_is_started():
    assert address.fits_socket(Path("/" + "x" * 88))
    assert not address.fits_socket(Path("/" + "x" * 90))
    assert not address.fits_socket(Path("/" + "店" * 30)), "the kernel counts bytes, not letters"
