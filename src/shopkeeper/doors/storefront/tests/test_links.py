"""Tracked links as visitors follow them."""

import pytest
from django.test import Client

from shopkeeper.doors.storefront import limits
from shopkeeper.doors.storefront.tests.builders import Corner, corner
from shopkeeper.events.models import OutboxFact
from shopkeeper.growth.links import public as links
from shopkeeper.growth.links.tests.builders import NOON, a_link, draft
from shopkeeper.ops.limits.shapes import LINKS_OF_CLIENT

pytestmark = pytest.mark.django_db

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"


@pytest.fixture
def shop() -> Corner:
    return corner()


def person(language: str = "en", consent: str = "") -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE=language, HTTP_USER_AGENT=PHONE)
    if consent:
        client.cookies["consent"] = consent
    return client


def told() -> list[str]:
    return [row.body["subject"] for row in OutboxFact.objects.filter(kind="TrackedLinkFollowed").order_by("id")]


def test_a_link_leads_to_its_page_for_now_and_no_engine_keeps_it(shop: Corner) -> None:
    made = a_link("spring", address="/en/goods/lamp/?variant=3")

    answer = person().get("/go/spring")

    assert (answer.status_code, answer["Location"]) == (
        302, "/en/goods/lamp/?variant=3&utm_source=poster&utm_medium=print&utm_campaign=spring&utm_content=spring",
    )  # fmt: skip
    assert answer["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    assert person().get(answer["Location"]).status_code == 200
    assert links.link(made.id).visits == 1


@pytest.mark.parametrize(("language", "led"), [("en", "/en/goods/lamp/"), ("zh-CN", "/zh-hans/goods/lamp/")])
def test_a_link_without_a_language_opens_in_the_visitors_own(shop: Corner, language: str, led: str) -> None:
    a_link(address="/goods/lamp/")

    assert person(language).get("/go/spring/")["Location"].startswith(f"{led}?utm_source=")


@pytest.mark.parametrize(("consent", "subject"), [("", ""), ("no.ann-key", ""), ("yes.ann-key", "ann-key"), ("yes.", ""), ("maybe.x", "")])
def test_who_came_is_told_only_where_they_agreed(shop: Corner, consent: str, subject: str) -> None:
    made = a_link()

    person(consent=consent).get("/go/spring")

    assert told() == [subject]
    assert (links.link(made.id).visits, links.link(made.id).people) == (1, 1 if subject else 0)


def test_machines_and_pages_fetched_ahead_are_led_on_uncounted(shop: Corner) -> None:
    made = a_link()

    answers = [
        person().head("/go/spring"),
        person().get("/go/spring", headers={"Sec-Purpose": "prefetch"}),
        Client(HTTP_USER_AGENT="Googlebot/2.1").get("/go/spring"),
    ]

    assert {(each.status_code, each["Location"].split("?")[0]) for each in answers} == {(302, "/en/goods/lamp/")}
    assert (links.link(made.id).visits, told()) == (0, [])


@pytest.mark.parametrize(("language", "said"), [("en", "There is nothing on this shelf"), ("zh-CN", "这格货架是空的")])
def test_unknown_codes_and_links_that_are_off_lead_to_the_designed_page(shop: Corner, language: str, said: str) -> None:
    made = a_link()
    links.change_link(link_id=made.id, draft=draft(is_active=False), actor=None, now=NOON)

    pages = [person(language, "no.x").get(f"/go/{code}") for code in ("spring", "never")]

    assert [each.status_code for each in pages] == [404, 404]
    assert all(said in each.content.decode() for each in pages)
    assert "spring" not in pages[0].content.decode()
    assert links.link(made.id).visits == 0


@pytest.mark.parametrize("path", ["/go/", "/go/a b", "/go/..%2f", "/go/" + "x" * 41, "/go/a/b", "/go//evil.example"])
def test_what_is_no_code_leads_nowhere(shop: Corner, path: str) -> None:
    assert person().get(path).status_code == 404


def test_a_form_cannot_be_sent_to_a_link(shop: Corner) -> None:
    a_link()

    assert person().post("/go/spring").status_code == 405


def test_more_visits_of_one_address_than_people_make_are_led_on_uncounted(shop: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "clock", lambda: 6_000_000.0)
    made, client = a_link(), person()

    answers = [client.get("/go/spring") for _ in range(LINKS_OF_CLIENT.most + 1)]

    assert {(each.status_code, each["Location"].partition("?")[0]) for each in answers} == {(302, "/en/goods/lamp/")}
    assert links.link(made.id).visits == LINKS_OF_CLIENT.most


def test_robots_are_told_that_links_are_not_for_them(shop: Corner) -> None:
    assert "Disallow: /go/" in person().get("/robots.txt").content.decode().splitlines()
