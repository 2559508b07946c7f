"""Consents over the API: read and written down by staff, said by a guest with the secret of a mail's link, on a text with a version."""

from typing import Any

import pytest

from shopkeeper.doors.api.tests.builders import PASSWORD, Caller, Staff
from shopkeeper.flows import join
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.kit.ids import CustomerId
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.audit import public as audit
from shopkeeper.ops.limits.shapes import CONSENTS_OF_CLIENT
from shopkeeper.selling.content import public as content
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import CHOICES

EMAIL = "ann@example.com"


@pytest.fixture
def texts(shop: SmallShop) -> None:
    content.install_defaults(now=NOON)


@pytest.fixture
def owner(texts: None) -> Staff:
    return Staff(Role.OWNER)


@pytest.fixture
def ann(texts: None) -> CustomerId:
    return customers.guest(email=EMAIL, name="Ann Lee", phone="", language="en", country="GB", now=NOON).id


def given(body: dict[str, Any]) -> list[str]:
    return [each["choice"] for each in body["choices"] if each["is_given"]]


def test_staff_write_consents_down_and_read_them_by_purpose_and_channel(owner: Staff, ann: CustomerId) -> None:
    path = f"staff/customers/{ann}/consents"
    before = owner.get(path)
    said, again = (owner.put(path, {"given": ["marketing.mail", "analytics"], "text_version": 1, "language": "en"}) for _ in range(2))

    assert (before.status, given(before.body), before.body["words"]) == (200, [], [])
    assert [(each["purpose"], each["channel"]) for each in before.body["choices"]][:3] == [
        ("analytics", None), ("marketing", "mail"), ("marketing", "sms"),
    ]  # fmt: skip
    assert [each["choice"] for each in before.body["choices"]] == list(CHOICES)
    assert (said.status, given(said.body), again.body) == (200, ["analytics", "marketing.mail"], said.body)
    (word,) = said.body["words"]
    assert (word["text_version"], word["source"], word["staff_id"], word["language"]) == (1, "staff", owner.user_id, "en")
    assert owner.get(path).body == said.body
    assert [entry.act for entry in audit.entries(actor=owner.user_id).items] == ["customers.consent"]


def test_a_word_on_a_text_that_is_not_in_force_is_not_kept(owner: Staff, ann: CustomerId) -> None:
    content.publish_text(kind="consent", title=Bilingual("Choice"), body=Bilingual("Other words"), actor=None, now=NOON)
    path = f"staff/customers/{ann}/consents"

    late = owner.put(path, {"given": ["analytics"], "text_version": 1})

    assert (late.status, late.code, late.body["field"]) == (422, "malformed", "text_version")
    assert owner.get(path).body["newest_text_version"] == 2
    assert customers.standing(ann).words == ()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"given": ["resale"], "text_version": 1}, "malformed"),
        ({"given": ["analytics"], "text_version": 0}, "invalid"),
        ({"given": ["analytics"]}, "invalid"),
        ({"given": "analytics", "text_version": 1}, "invalid"),
        ({"given": ["analytics"] * 10, "text_version": 1}, "invalid"),
        ({"given": [], "text_version": 1, "language": "fr"}, "malformed"),
    ],
)
def test_what_cannot_be_agreed_to_is_refused_and_nothing_is_kept(
    owner: Staff, caller: Caller, ann: CustomerId, wrong: dict[str, Any], code: str
) -> None:
    for who, path in ((owner, f"staff/customers/{ann}/consents"), (caller, f"consents/{customers.link_token(ann, EMAIL)}")):
        refused = who.put(path, wrong)
        assert (refused.status, refused.code) == (422, code)

    assert customers.standing(ann).words == ()


def test_a_guest_speaks_with_the_secret_of_a_mail(caller: Caller, ann: CustomerId) -> None:
    path = f"consents/{customers.link_token(ann, EMAIL)}"

    before = caller.get(path).body
    said, again = (caller.put(path, {"given": ["marketing.mail"], "text_version": before["text"]["version"]}) for _ in range(2))
    taken = caller.put(path, {"given": [], "text_version": 1})

    assert (given(before), before["said_at"], before["text"]["kind"]) == ([], None, "consent")
    assert (said.status, given(said.body), again.body) == (200, ["marketing.mail"], said.body)
    assert given(taken.body) == []
    assert [(each.given, each.source) for each in customers.standing(ann).words] == [((), "link"), (("marketing.mail",), "link")]


def test_no_other_secret_speaks_for_a_guest_and_none_for_who_has_an_account(caller: Caller, ann: CustomerId) -> None:
    member = join.register(email="ben@example.com", password=PASSWORD, name="Ben", language="en", now=NOON).customer_id
    body = {"given": ["analytics"], "text_version": 1}

    for token in ("nothing", customers.link_token(ann, "eve@example.com"), customers.link_token(ann, EMAIL)[:-1]):
        assert caller.get(f"consents/{token}").status == caller.put(f"consents/{token}", body).status == 404
    own = f"consents/{customers.link_token(member, 'ben@example.com')}"
    assert caller.get(own).code == caller.put(own, body).code == "not_signed_in"
    assert customers.standing(ann).words == customers.standing(member).words == ()


def test_one_client_says_only_so_much(caller: Caller, ann: CustomerId) -> None:
    path = f"consents/{customers.link_token(ann, EMAIL)}"
    for _ in range(CONSENTS_OF_CLIENT.most):
        caller.put(path, {"given": ["resale"], "text_version": 1})

    assert caller.put(path, {"given": [], "text_version": 1}).status == 429


def test_the_shop_s_texts_are_read_with_all_their_versions(owner: Staff) -> None:
    content.publish_text(kind="consent", title=Bilingual("Choice", "选择"), body=Bilingual("Other words"), actor=None, now=NOON)

    newest = {each["kind"]: each["version"] for each in owner.get("staff/texts").body["items"]}
    versions = owner.get("staff/texts/consent/versions").body["items"]

    assert newest == {"terms": 1, "privacy": 1, "returns": 1, "consent": 2}
    assert versions[0]["title"]["zh"] == "选择"
    assert [each["version"] for each in versions] == [2, 1]
    assert owner.get("staff/texts/imprint/versions").status == 422


def test_nobody_s_consents_are_not_found(owner: Staff) -> None:
    body = {"given": [], "text_version": 1}

    assert owner.get("staff/customers/1000000000/consents").status == 404
    assert owner.put("staff/customers/1000000000/consents", body).status == 404
