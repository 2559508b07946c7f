"""Every version of the shop's texts stays readable, numbered one by one, and a new shop has texts in both languages."""

import re

import pytest
from django.db import DatabaseError, connection, transaction

from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.shapes import TextKind
from shopkeeper.selling.shop.tests.builders import NOON, facts_told

pytestmark = pytest.mark.django_db


def publish(body="Pay first.", zh="先付款。", kind="terms", title="Terms"):
    return content.publish_text(kind=kind, title=Bilingual(title, "条款"), body=Bilingual(body, zh), actor=None, now=NOON)


def test_the_latest_version_counts_and_the_earlier_ones_stay():
    publish("Pay first.")
    publish("Pay later.")

    assert content.text("terms").version == 2
    assert content.text("terms").body.en == "Pay later."
    assert content.text("terms", version=1).body.en == "Pay first."
    assert [text.version for text in content.versions("terms")] == [2, 1]
    assert content.texts().keys() == {TextKind.TERMS}


def test_publishing_leaves_a_trace_and_a_fact():
    text = publish()

    (entry,) = audit.entries(act="content.publish")
    assert (entry.subject, entry.before, entry.after) == ("text:terms", None, {"version": 1})
    assert facts_told("ShopTextPublished") == [{"text_id": text.id, "kind": "terms", "version": 1}]


def test_publishing_the_same_words_again_makes_no_new_version():
    publish()

    assert publish().version == 1
    assert audit.entries().total == 1


def test_texts_of_different_kinds_are_numbered_apart():
    publish(kind="terms")

    assert publish(kind="privacy").version == 1


@pytest.mark.parametrize(
    ("wrong", "refusal", "field"),
    [
        ({"kind": "imprint"}, Malformed, "kind"),
        ({"body": ""}, OutOfRange, "body_en"),
        ({"title": " "}, OutOfRange, "title_en"),
        ({"body": "x" * 60_001}, OutOfRange, "body_en"),
        ({"zh": "坏\x00"}, Malformed, "body_zh"),
    ],
)
def test_what_cannot_be_published_is_refused_by_field_and_nothing_is_published(wrong, refusal, field):
    with pytest.raises(refusal) as refused:
        publish(**wrong)

    assert refused.value.field == field
    assert content.texts() == {}


def test_a_text_or_version_that_never_was_is_not_found():
    publish()

    with pytest.raises(NotFound):
        content.text("privacy")
    with pytest.raises(NotFound):
        content.text("terms", version=7)
    with pytest.raises(Malformed):
        content.text("imprint")


@pytest.mark.parametrize("statement", ["UPDATE content_shoptext SET body_en = 'x'", "DELETE FROM content_shoptext"])
def test_the_database_refuses_to_rewrite_what_was_published(statement):
    publish()

    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert content.text("terms").body.en == "Pay first."


def test_a_new_shop_starts_with_all_texts_in_both_languages():
    content.install_defaults(now=NOON)

    texts = content.texts()
    assert set(texts) == set(TextKind)
    for text in texts.values():
        assert text.version == 1
        assert re.search("[\u4e00-\u9fff]", text.title.zh + text.body.zh)
        assert not re.search("[\u4e00-\u9fff]", text.title.en + text.body.en)
        # The two say the same: as many headings and list entries in one language as in the other.
        for mark in ("## ", "- "):
            assert text.body.en.count(f"\n{mark}") == text.body.zh.count(f"\n{mark}")


def test_the_starting_texts_say_that_the_operator_must_check_them():
    content.install_defaults(now=NOON)

    for kind in ("terms", "privacy", "returns"):
        assert "template" in content.text(kind).body.en.split("\n")[0]
        assert "范本" in content.text(kind).body.zh.split("\n")[0]


def test_the_starting_texts_never_replace_the_operators_own():
    publish("My own terms.")

    installed = content.install_defaults(now=NOON)

    assert {text.kind for text in installed} == {TextKind.PRIVACY, TextKind.RETURNS, TextKind.CONSENT}
    assert content.text("terms").body.en == "My own terms."
    assert content.install_defaults(now=NOON) == ()
