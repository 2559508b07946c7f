"""Links as they are made, changed, followed and counted."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from shopkeeper.events.models import OutboxFact
from shopkeeper.growth.links import models
from shopkeeper.growth.links import public as links
from shopkeeper.growth.links.shapes import MOST_ADDRESS, LinkCodeTaken
from shopkeeper.growth.links.tests.builders import NOON, a_link, draft, followed
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.ops.audit import public as audit

pytestmark = pytest.mark.django_db

DAY = NOON.date()


def told() -> list[dict[str, object]]:
    return [row.body for row in OutboxFact.objects.filter(kind="TrackedLinkFollowed").order_by("id")]


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/en/", "//elsewhere.example/", "/\\elsewhere.example", "\\\\elsewhere.example", "/en/goods/lamp/ x",
        "javascript:alert(1)", "/en//elsewhere.example/", "/console/", "/api/v1/shop", "/go/spring", "/nowhere/", "/en/orders/secret/",
        "/en/basket/", "/en/sign-out/", "/en/wishes/shared/abc/", "/en/mails/abc/", "/zh/goods/lamp/", "", "goods/lamp/", "/healthz",
        "/en/goods/lamp/\x00", "/en/goods/%2e%2e/%2e%2e/",
    ],
)  # fmt: skip
def test_a_link_never_leads_out_of_the_shop_nor_to_what_belongs_to_somebody(address: str) -> None:
    with pytest.raises((Malformed, OutOfRange)) as refused:
        a_link(address=address)

    assert refused.value.field == "address"
    assert links.links().total == 0


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/en/goods/lamp/", "/en/goods/lamp/"),
        ("/zh-hans/goods/lamp", "/zh-hans/goods/lamp/"),
        ("/goods/lamp/?variant=3", "/goods/lamp/?variant=3"),
        ("/", "/"),
        ("/?x=1", "/?x=1"),
        ("/en/about/returns/#days", "/en/about/returns/#days"),
        (" /en/collections/gifts/ ", "/en/collections/gifts/"),
    ],
)
def test_pages_that_anybody_may_open_are_taken(address: str, kept: str) -> None:
    assert a_link(address=address).draft.address == kept


def test_a_whole_address_of_this_shop_is_understood_and_of_one_that_begins_alike_is_not(settings: object) -> None:
    settings.PUBLIC_URL = "https://shop.example"  # type: ignore[attr-defined]

    assert a_link(address="https://shop.example/en/goods/lamp/").draft.address == "/en/goods/lamp/"
    with pytest.raises(Malformed):
        a_link("other", address="https://shop.example.org/en/goods/lamp/")


def test_an_address_counts_as_it_is_kept_without_the_shops_own_and_with_its_slash(settings: object) -> None:
    settings.PUBLIC_URL = "https://shop.example"  # type: ignore[attr-defined]
    longest = "/search/?q=" + "a" * (MOST_ADDRESS - 11)

    assert a_link(address=f"https://shop.example{longest}").draft.address == longest
    assert a_link("front", address="https://shop.example").draft.address == "/"
    with pytest.raises(OutOfRange) as refused:
        a_link("other", address="/search?q=" + "a" * (MOST_ADDRESS - 10))
    assert refused.value.field == "address"


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example/", "/\\evil", "evil", "/en\\x"])
def test_the_database_itself_refuses_an_address_that_leaves_the_shop(address: str) -> None:
    made = a_link()

    with pytest.raises(IntegrityError), transaction.atomic():
        models.Link.objects.filter(pk=made.id).update(address=address)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"source": " "}, "source"), ({"medium": "m" * 61}, "medium"), ({"campaign": "a\x07"}, "campaign"), ({"note": "n" * 201}, "note")],
)
def test_words_that_do_not_fit_are_refused_by_name(changes: dict[str, str], field: str) -> None:
    with pytest.raises((OutOfRange, Malformed)) as refused:
        a_link(**changes)

    assert refused.value.field == field


def test_a_code_belongs_to_one_link_and_stays() -> None:
    made = a_link("Spring-27")

    with pytest.raises(LinkCodeTaken):
        a_link("spring-27", source="letter")
    changed = links.change_link(link_id=made.id, draft=draft(source="letter"), actor=None, now=NOON)

    assert (made.code, changed.code, changed.draft.source) == ("spring-27", "spring-27", "letter")
    with pytest.raises(Malformed):
        a_link("two words")


def test_the_same_again_changes_nothing_and_leaves_no_second_trace() -> None:
    first = links.put_link(code="spring", draft=draft(), actor=None, now=NOON)
    again = links.put_link(code="spring", draft=draft(), actor=None, now=NOON + timedelta(days=1))
    links.change_link(link_id=first.id, draft=draft(), actor=None, now=NOON + timedelta(days=2))

    assert again == first
    assert [each.act for each in audit.entries().items] == ["links.save_link"]


def test_a_visit_is_counted_by_link_and_day_and_told_without_a_name() -> None:
    made = a_link()

    led = [followed(), followed(), followed(day=DAY + timedelta(days=1))]

    assert set(led) == {"/en/goods/lamp/?utm_source=poster&utm_medium=print&utm_campaign=spring&utm_content=spring"}
    days = links.days(made.id, first=DAY, last=DAY + timedelta(days=5))
    assert [(each.visits, each.people) for each in days] == [(2, 0), (1, 0)]
    assert told() == [{"link_id": made.id, "subject": ""}] * 3
    assert models.Visitor.objects.count() == 0


def test_people_are_told_apart_only_who_agreed_and_each_once_a_day() -> None:
    made = a_link()

    for subject in ("ann", "ann", "bob", ""):
        followed(subject=subject)
    followed(subject="ann", day=DAY + timedelta(days=1))

    found = links.link(made.id)
    assert (found.visits, found.people) == (5, 3)
    assert [row["subject"] for row in told()] == ["ann", "ann", "bob", "", "ann"]
    assert not any(b"ann" in bytes(mark) for mark in models.Visitor.objects.values_list("mark", flat=True))


def test_what_does_not_count_is_led_on_and_leaves_nothing() -> None:
    made = a_link()

    assert followed(is_counted=False, subject="ann").startswith("/en/goods/lamp/?")

    assert (links.link(made.id).visits, told(), models.Visitor.objects.count()) == (0, [], 0)


def test_a_link_that_is_off_or_unknown_leads_nowhere_and_keeps_its_counts() -> None:
    made = a_link()
    followed(code="SPRING")
    links.change_link(link_id=made.id, draft=draft(is_active=False), actor=None, now=NOON)

    for code in ("spring", "never"):
        with pytest.raises(NotFound):
            followed(code=code)
    assert links.link(made.id).visits == 1
    assert len(told()) == 1


def test_who_came_is_forgotten_once_the_day_is_over_and_the_counts_stay() -> None:
    made = a_link()
    followed(subject="ann")
    followed(subject="ann", day=DAY + timedelta(days=3))

    assert links.forget_visitors(before=DAY + timedelta(days=1)) == 1

    assert models.Visitor.objects.get().day == DAY + timedelta(days=3)
    assert links.link(made.id).people == 2


def test_links_are_listed_newest_first_with_their_counts() -> None:
    a_link("one")
    a_link("two")
    followed(code="one")

    found = links.links(number=1, size=1)

    assert ([each.code for each in found], found.total) == (["two"], 2)
    assert [each.visits for each in links.links()] == [0, 1]


@pytest.mark.django_db(transaction=True)
def test_however_many_come_at_once_each_visit_counts_once_and_a_person_once() -> None:
    made, start = a_link(), Barrier(6)

    def visit() -> None:
        try:
            start.wait()
            for _ in range(3):
                followed(subject="ann")
        finally:
            connection.close()

    threads = [Thread(target=visit) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    found = links.link(made.id)
    assert (found.visits, found.people, len(told())) == (18, 1, 18)
