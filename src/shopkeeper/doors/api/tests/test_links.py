"""Tracked links over the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shopkeeper.doors.api.tests.builders import Staff
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.growth.links import public as links
from shopkeeper.growth.links.tests.builders import a_link, followed
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.audit import public as audit

SAID = {"address": "/goods/tea/", "source": "poster", "medium": "print", "campaign": "spring", "note": "", "is_active": True}


@pytest.fixture
def owner(shop: SmallShop) -> Staff:
    return Staff(Role.OWNER)


def test_a_link_is_made_and_changed_under_its_code_and_the_same_again_changes_nothing(owner: Staff) -> None:
    first, again = (owner.call("PUT", "staff/links/Window", SAID) for _ in range(2))
    changed = owner.call("PUT", "staff/links/window", {**SAID, "is_active": False})

    assert (first.status, first.body["code"], first.body["link"].endswith("/go/window")) == (200, "window", True)
    assert again.body == first.body
    assert (changed.body["is_active"], changed.body["made_at"]) == (False, first.body["made_at"])
    assert [each.act for each in audit.entries(actor=owner.user_id).items] == ["links.save_link", "links.save_link"]


def test_links_are_listed_and_one_is_read_with_its_days(owner: Staff) -> None:
    a_link("one")
    a_link("two")
    today = timezone.now().date()
    for day in (today, today, today - timedelta(days=40)):
        followed(code="one", day=day, subject="ann")

    listed = owner.get("staff/links?size=1").body
    one = owner.get("staff/links/one").body

    assert ([each["code"] for each in listed["items"]], listed["total"]) == (["two"], 2)
    assert (one["visits"], one["people"], one["days"]) == (3, 2, [{"day": today.isoformat(), "visits": 2, "people": 1}])
    since = (today - timedelta(days=60)).isoformat()
    assert len(owner.get(f"staff/links/one?first={since}").body["days"]) == 2
    assert owner.get("staff/links/never").status == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"address": "https://elsewhere.example/"}, "address"), ({"source": ""}, "source"), ({"medium": "m" * 61}, "medium")],
)
def test_what_does_not_fit_is_refused_by_name_and_changes_nothing(owner: Staff, changes: dict[str, Any], field: str) -> None:
    refused = owner.call("PUT", "staff/links/window", {**SAID, **changes})

    assert (refused.status, refused.body["field"], bool(refused.body["remedy"])) == (422, field, True)
    assert links.links().total == 0


def test_a_code_and_a_span_that_do_not_fit_are_refused(owner: Staff) -> None:
    a_link("one")

    assert owner.call("PUT", "staff/links/two%20words", SAID).body["field"] == "code"
    assert owner.get("staff/links/one?first=2020-01-01").body["field"] == "days"
    assert owner.get("staff/links/one?first=2027-01-02&last=2027-01-01").status == 422
