"""The reference page: every route, in both languages, from this host alone."""

import re

import pytest
from django.conf import settings
from django.test import Client

from shopkeeper.doors.api.problems import KINDS
from shopkeeper.doors.api.tests.test_roles import every_route


def page(language: str, address: str = "/api/v1/docs") -> str:
    answer = Client().get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_route_and_every_problem_stands_on_the_page(language: str) -> None:
    said = page(language)

    for _, _, operation in every_route():
        assert f'id="{operation.view_func.__name__}"' in said
    for code in KINDS:
        assert f'id="{code}"' in said
    assert len(re.findall(r'id="([^"]+)"', said)) == len(set(re.findall(r'id="([^"]+)"', said)))


def test_the_page_speaks_chinese_to_chinese_readers() -> None:
    said = page("zh-hans")

    assert '<html lang="zh-Hans"' in said
    assert "Order a basket" not in said
    assert "What it costs and why" not in said


def test_the_address_may_choose_the_language() -> None:
    assert '<html lang="zh-Hans"' in page("en", "/api/v1/docs?language=zh-hans")
    assert '<html lang="en"' in page("zh-hans", "/api/v1/docs?language=en")
    assert '<html lang="en"' in page("en", "/api/v1/docs?language=xx")


def test_the_page_loads_nothing_from_another_host() -> None:
    said = page("en")

    loaded = re.findall(r'(?:src|href)="([^"]+)"', said)
    assert loaded
    assert all(each.startswith((settings.STATIC_URL, "?", "openapi.json")) for each in loaded)
    assert "<script" not in said
    assert "<style" not in said
