"""Tracked links in the console: made, changed, read with their days, drawn for print, taken away."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from shopkeeper.doors.console.tests.builders import Staff, acts_since, marks
from shopkeeper.doors.console.tests.test_bad_input import errors, wrong_fields
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.growth.links import public as links
from shopkeeper.growth.links.tests.builders import a_link, followed

FILLED = {"code": "Window", "address": "/goods/tea/", "source": "poster", "medium": "", "campaign": "", "note": "left of the door"}


def test_a_link_is_made_read_and_changed(shop: SmallShop, owner: Staff) -> None:
    before = marks()

    made = owner.client.post("/console/tracked-links/new/", FILLED)
    found = links.link_by_code("window")
    owner.client.post(f"/console/tracked-links/{found.id}/edit/", {**FILLED, "source": "letter"})

    assert made["Location"].endswith(f"/tracked-links/{found.id}/")
    changed = links.link(found.id)
    assert (changed.code, changed.draft.source, changed.draft.is_active) == ("window", "letter", False)
    assert acts_since(before, owner) == ["links.save_link", "links.save_link"]


def test_a_code_left_empty_is_drawn(shop: SmallShop, owner: Staff) -> None:
    owner.client.post("/console/tracked-links/new/", {**FILLED, "code": ""})

    assert re.fullmatch(r"[a-z2-9]{6}", next(iter(links.links())).code)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"address": "https://elsewhere.example/"}, "address"),
        ({"address": "/en/orders/secret/"}, "address"),
        ({"source": ""}, "source"),
        ({"code": "two words"}, "code"),
        ({"code": "taken"}, "code"),
        ({"campaign": "c" * 61}, "campaign"),
    ],
)
def test_wrong_input_is_refused_beside_its_field(shop: SmallShop, owner: Staff, changes: dict[str, str], field: str, language: str) -> None:
    a_link("taken")
    owner.read(language)
    before = marks()

    answer = owner.client.post("/console/tracked-links/new/", {**FILLED, **changes})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert wrong_fields(page) == {field} or field in wrong_fields(page)
    assert any("一" <= letter <= "鿿" for letter in "".join(errors(page))) == (language == "zh-hans")
    assert (links.links().total, marks()) == (1, before)


@pytest.mark.parametrize(("language", "said"), [("en", "Visits by day"), ("zh-hans", "每日访问")])
def test_the_page_of_a_link_says_where_it_leads_how_often_and_draws_it_for_print(
    shop: SmallShop, owner: Staff, language: str, said: str
) -> None:
    made = a_link(address="/goods/tea/")
    today = timezone.now().date()
    for day in (today, today, today - timedelta(days=1)):
        followed(day=day)
    owner.read(language)

    page = owner.text(f"tracked-links/{made.id}/")

    assert said in page
    assert "/go/spring" in page
    assert f"{'/zh-hans' if language == 'zh-hans' else '/en'}/goods/tea/?utm_source=poster" in page
    chart = page.split('class="sk-daybars"')[1].split("</svg>")[0]
    assert (chart.count("<rect x="), chart.count("class=none")) == (30, 28)
    assert 'shape-rendering="crispEdges"' in page


def test_the_qr_code_is_a_file_of_its_own(shop: SmallShop, owner: Staff) -> None:
    made = a_link()

    file = owner.get(f"tracked-links/{made.id}/code.svg")

    assert (file["Content-Type"], file["Content-Disposition"]) == ("image/svg+xml; charset=utf-8", 'attachment; filename="spring.svg"')
    assert file.content.startswith(b'<svg xmlns="http://www.w3.org/2000/svg"')


def test_links_are_listed_with_their_counts_narrowed_and_taken_away(shop: SmallShop, owner: Staff) -> None:
    a_link("one", note="in the window")
    a_link("two", is_active=False)
    followed(code="one")

    file = owner.get("tracked-links/?export=csv")
    rows = (b"".join(file.streaming_content) if file.streaming else file.content).decode()

    assert "/go/one" in rows
    assert "/go/two" in rows
    assert "/go/two" not in owner.text("tracked-links/?state=on")
    assert "/go/two" not in owner.text("tracked-links/?q=window")


def test_a_clerk_sees_links_and_changes_none(shop: SmallShop, clerk: Staff) -> None:
    made = a_link()

    assert clerk.get("tracked-links/").status_code == 200
    assert "Change…" not in clerk.text(f"tracked-links/{made.id}/")
    assert clerk.client.post("/console/tracked-links/new/", FILLED).status_code == 403
    assert links.links().total == 1
