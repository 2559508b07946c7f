"""What somebody typed into a form never makes the shop call into its own network."""

import contextlib
import socket
import threading
from typing import Any

import pytest

from shopkeeper.selling.customers.adapters import outward


@pytest.mark.parametrize(
    "url",
    [
        "http://id.example.com", "ftp://id.example.com", "https://user:pass@id.example.com", "https://", "http://10.0.0.1/",
        "https://id.example.com/#x", "https://id.example.com\\@evil.example", "https://id.example.com/a b", "javascript:alert(1)",
        "https://[::1", "",
    ],
)  # fmt: skip
def test_addresses_of_a_wrong_form_are_refused(url: str) -> None:
    with pytest.raises(outward.Forbidden):
        outward.check(url, loopback=False)


def test_plain_http_is_for_this_machine_alone_and_only_while_developing() -> None:
    outward.check("http://127.0.0.1:9000/x", loopback=True)

    for url, loopback in (("http://127.0.0.1:9000/x", False), ("http://id.example.com/x", True), ("http://192.168.1.1/x", True)):
        with pytest.raises(outward.Forbidden):
            outward.check(url, loopback=loopback)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "fe80::1",
        "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:7f00:1::1",
        "::7f00:1", "::ffff:0:7f00:1", "2001::1",
    ],
)  # fmt: skip
def test_a_name_that_stands_for_an_address_inside_is_not_called(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [(socket.AF_INET, 1, 6, "", (address, 443))])
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: called.append(a))

    for loopback in (False, True):
        with pytest.raises(outward.Forbidden):
            outward.request("GET", "https://id.example.com/x", loopback=loopback)

    assert called == []


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f::1", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"])
def test_an_address_of_the_public_net_is_called(address: str) -> None:
    assert outward._is_allowed(address, loopback=False)


@pytest.mark.parametrize("dripping", ["head", "body"])
def test_an_answer_that_drips_is_over_at_the_deadline(dripping: str) -> None:
    stop = threading.Event()
    begins = {"head": b"HTTP/1.1 200 OK\r\nX-A: ", "body": b"HTTP/1.1 200 OK\r\n\r\n"}[dripping]
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            line, _ = server.accept()
            with line, contextlib.suppress(OSError):
                line.sendall(begins)
                # Far more pieces than the deadline has room for, each well within it.
                for _ in range(200):
                    line.sendall(b"a")
                    if stop.wait(0.05):
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        with pytest.raises(outward.Unreachable):
            outward.request("GET", f"http://127.0.0.1:{server.getsockname()[1]}/", loopback=True, timeout_s=0.4)
        stop.set()
        thread.join()


def test_one_address_inside_among_several_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, 1, 6, "", (address, 443)) for address in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)

    with pytest.raises(outward.Forbidden):
        outward.request("GET", "https://id.example.com/x", loopback=False)


def test_the_address_that_was_judged_is_the_one_that_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[Any] = []

    def connect(to: Any, **_kwargs: Any) -> Any:
        called.append(to)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [(socket.AF_INET, 1, 6, "", ("93.184.215.14", 443))])
    monkeypatch.setattr(socket, "create_connection", connect)

    with pytest.raises(outward.Unreachable):
        outward.request("GET", "https://id.example.com/x", loopback=False)

    assert called == [("93.184.215.14", 443)], "not by its name, which may stand for another address the next moment"
