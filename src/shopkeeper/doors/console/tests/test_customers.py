"""Staff work with people: groups, notes, duplicates and their undo, consents, companies, a copy of the data; each by its right."""

import io
import json
import re
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.kit.ids import CustomerId
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.customers import models
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.tests.builders import a_group_and_two_alike, guest, member
from shopkeeper.selling.orders import public as orders


@pytest.fixture
def ann(shop: SmallShop) -> CustomerId:
    """Return the guest who bought tea."""
    return shop.buy(TEA=1).buyer_id


def test_customers_ticked_in_their_list_go_into_a_group_and_are_found_by_it(shop: SmallShop, clerk: Staff) -> None:
    made, one, two = a_group_and_two_alike()

    led = clerk.post("customers/", bulk="group", row=[one.id, two.id])
    assert led.status_code == 302
    form = clerk.client.get(led["Location"]).content.decode()
    assert "Tess Win" in form
    assert "T. Win" in form

    done = clerk.client.post(led["Location"], {"group": str(made), "way": "join"})

    assert done.status_code == 302
    assert customers.group(made).members == 2
    shown = clerk.text(f"customers/?group={made}")
    assert "Tess Win" in shown
    assert "Somebody" not in shown
    clerk.client.post(led["Location"], {"group": str(made), "way": "leave"})
    assert customers.group(made).members == 0


@pytest.mark.parametrize(("language", "told"), [("en", "Regulars"), ("zh-hans", "常客")])
def test_a_customers_page_says_everything_staff_work_with(shop: SmallShop, owner: Staff, ann: CustomerId, language: str, told: str) -> None:
    made, _one, _two = a_group_and_two_alike()
    customers.change_members(group_id=made, join=[ann], actor=owner.id, now=NOON)
    customers.save_business(customer_id=ann, company="Shopper Ltd", country="GB", number="980780684", actor=None, now=NOON)
    written = customers.add_note(customer_id=ann, text="Rings twice <b>", actor=owner.id, now=NOON)
    customers.strike_note(note_id=written.id, reason="Moved away", actor=owner.id, now=NOON)
    customers.say(customer_id=ann, given=["marketing.mail"], text_version=1, language="en", source="link", now=NOON)
    owner.read(language)

    page = owner.text(f"customers/{ann}/")

    for each in (told, "Shopper Ltd", "980780684", "<s>Rings twice &lt;b&gt;</s>", "Moved away"):
        assert each in page


def test_a_customers_page_costs_no_more_with_more_on_it(shop: SmallShop, owner: Staff, ann: CustomerId) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert owner.get(f"customers/{ann}/").status_code == 200
        return len(seen)

    cost()
    for number in range(5):
        customers.add_note(customer_id=ann, text=f"Note {number}", actor=owner.id, now=NOON)
        other = guest(f"other{number}@example.org")
        customers.merge(customer_id=ann, merged_id=other.id, reason="Same", actor=owner.id, now=NOON)
        customers.say(customer_id=other.id, given=[], text_version=number + 1, language="en", source="link", now=NOON)
    few = cost()
    for number in range(5, 10):
        customers.add_note(customer_id=ann, text=f"Note {number}", actor=owner.id, now=NOON)

    assert cost() == few
    assert few <= 12


def test_a_note_is_written_and_struck_out_at_the_console(shop: SmallShop, clerk: Staff, ann: CustomerId) -> None:
    clerk.post(f"customers/{ann}/note/", text="Rings twice")
    (note,) = customers.notes(ann)

    empty = clerk.post(f"customers/{ann}/strike/", note=str(note.id), reason="")
    assert empty.status_code == 422
    assert clerk.post(f"customers/{ann}/strike/", note=str(note.id), reason="Moved away").status_code == 302

    assert customers.notes(ann)[0].struck_by == clerk.id


def test_a_merge_is_shown_before_it_is_done_and_undone_from_the_page(shop: SmallShop, manager: Staff, ann: CustomerId) -> None:
    twin = guest("a.nn@example.org", name="Ann Twin", phone="+44 1904 496000").id
    data = {"merged_id": str(twin), "take": ["phone"], "reason": "Same phone"}

    shown = manager.post(f"customers/{ann}/merge/", **data)
    assert shown.status_code == 200
    assert "Ann Twin" in shown.content.decode()
    assert customers.customer(twin).merged_into is None

    done = manager.post(f"customers/{ann}/merge/", **data, seen=str(twin))
    assert done.status_code == 302, done.content.decode()[:2000]
    assert customers.customer(ann).phone == "+44 1904 496000"
    page = manager.text(f"customers/{ann}/")
    assert f"customers/{twin}/" in page
    assert f'href="/console/customers/{ann}/"' in manager.text(f"customers/{twin}/")
    assert "Ann Twin" not in manager.text("customers/?q=nobody")
    assert f'/console/customers/{ann}/"' in manager.text("customers/?q=Ann Twin")

    (made,) = customers.merges(ann)
    assert manager.post(f"customers/{ann}/part/", merge=str(made.id), reason="Two people").status_code == 302
    assert customers.customer(twin).merged_into is None


def test_orders_of_merged_records_are_seen_together_and_stay_where_they_were_placed(
    shop: SmallShop, manager: Staff, ann: CustomerId
) -> None:
    other = guest("other@example.org").id
    made = customers.merge(customer_id=other, merged_id=ann, reason="Same", actor=manager.id, now=NOON)

    again = shop.buy(TEA=1)

    assert again.buyer_id == ann
    assert orders.orders_of(other).total == orders.orders_of(ann).total == 2
    customers.part(merge_id=made.id, reason="Two people", actor=manager.id, now=NOON)
    assert (orders.orders_of(other).total, orders.orders_of(ann).total) == (0, 2)


def test_two_accounts_are_refused_with_the_reason_and_stay_apart(shop: SmallShop, manager: Staff) -> None:
    mia, max_ = member(), member("max@example.org", "Max")

    answer = manager.post(f"customers/{mia.id}/merge/", merged_id=str(max_.id), reason="Same", seen=str(max_.id))

    assert answer.status_code == 422
    assert "account of their own" in answer.content.decode()
    assert customers.customer(max_.id).merged_into is None


def test_likely_duplicates_are_listed_with_the_evidence_and_told_apart_in_bulk(shop: SmallShop, manager: Staff) -> None:
    _made, one, two = a_group_and_two_alike()
    page = manager.text("duplicates/")
    assert "same mail address but for dots" in page
    assert f"customers/{one.id}/merge/?with={two.id}" in page

    (row,) = models.Likeness.objects.all()
    manager.post("duplicates/", bulk="apart", row=[row.pk], sure="1")

    assert not models.Likeness.objects.exists()
    assert audit.entries(act="customers.tell_apart").total == 1


def test_a_likely_duplicate_leads_to_who_signs_in_and_one_that_cannot_be_merged_is_not_listed(shop: SmallShop, manager: Staff) -> None:
    once, mia = guest("mia@example.org"), member("mia@example.org")
    kim, again = guest("kim@example.org"), guest("k.im@example.org")
    for each in (kim, again):
        goes = guest(f"other-{each.email}").id
        customers.merge(customer_id=each.id, merged_id=goes, reason="Same", actor=manager.id, now=NOON)

    page = manager.text("duplicates/")

    assert f"customers/{mia.id}/merge/?with={once.id}" in page
    assert "same mail address<" in page
    assert page.count("/merge/?with=") == 1


def test_a_clerk_neither_sees_duplicates_nor_merges_nor_takes_copies(shop: SmallShop, clerk: Staff, ann: CustomerId) -> None:
    for address in ("duplicates/", f"customers/{ann}/merge/", f"customers/{ann}/copy/"):
        assert clerk.get(address).status_code == 403
    assert clerk.post(f"customers/{ann}/copy/").status_code == 403
    page = clerk.text(f"customers/{ann}/")
    assert f"{ann}/merge/" not in page
    assert f"{ann}/copy/" not in page


def test_what_a_customer_told_staff_is_written_down_with_the_name_of_who_heard_it(shop: SmallShop, clerk: Staff, ann: CustomerId) -> None:
    form = clerk.text(f"customers/{ann}/consent/")
    assert "checked" not in form
    page = clerk.get(f"customers/{ann}/consent/").content.decode()
    assert re.search(r'<div class="sk-prose" tabindex="0"><(h2|p)>', page), "the text reads as a text"

    assert clerk.post(f"customers/{ann}/consent/", given=["marketing.post"]).status_code == 302

    (word,) = customers.standing(ann).words
    assert (word.given, word.source, word.actor) == (("marketing.post",), "staff", clerk.id)
    assert "Clerk Person" in clerk.text(f"customers/{ann}/")


def test_a_wrong_tax_number_is_refused_beside_its_field_and_a_company_is_forgotten(shop: SmallShop, clerk: Staff, ann: CustomerId) -> None:
    data = {"company": "Shopper Ltd", "country": "GB", "tax_number": "980780683", "billing_email": ""}

    wrong = clerk.post(f"customers/{ann}/company/", **data)
    assert wrong.status_code == 422
    assert "check digit" in wrong.content.decode()

    clerk.post(f"customers/{ann}/company/", **{**data, "tax_number": "980780684"})
    assert customers.business(ann) is not None
    clerk.post(f"customers/{ann}/company/", **data, is_person="on")
    assert customers.business(ann) is None


def test_a_copy_of_a_customers_data_is_one_file_and_the_trail_tells_who_took_it(shop: SmallShop, manager: Staff, ann: CustomerId) -> None:
    customers.add_note(customer_id=ann, text="Rings twice", actor=manager.id, now=NOON)
    assert manager.get(f"customers/{ann}/copy/").status_code == 200

    answer = manager.post(f"customers/{ann}/copy/")

    assert "no-store" in answer["Cache-Control"]
    box = zipfile.ZipFile(io.BytesIO(answer.content))
    data = json.loads(box.read("data.json"))
    assert [each["text"] for each in data["notes"]] == ["Rings twice"]
    assert data["orders"][0]["lines"][0]["sku"] == "TEA"
    assert "Rings twice" in box.read("data.html").decode()
    (entry,) = audit.entries(act="customers.copy")
    assert (entry.actor, entry.subject, entry.before, entry.after) == (manager.id, f"customer:{ann}", None, None)
