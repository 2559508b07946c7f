"""Every setting has a default, a sentence and a check: those of the machine by their table, those of the shop by their form and room."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from django import forms

from shopkeeper.doors.console.staff import ChangeCurrency
from shopkeeper.kit.configuration import Kind, Setting
from shopkeeper.kit.console import Setting as Reader
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.settings import SETTINGS
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.shop import public as shops
from shopkeeper.selling.shop.console import SaveShop
from shopkeeper.selling.shop.shapes import Shop
from shopkeeper.selling.shop.tests.builders import CHECKS, FIXED, NOON, open_shop

READ_BY_KIND = {Kind.NUMBER, Kind.FLAG, Kind.CHOICE, Kind.FILE, Kind.ADDRESS}
"""A value of these kinds is refused by name where it cannot be read."""

LOOKED_AT = {
    "DATA_DIR": "refused at the start where nobody can write there",
    "SECRET_KEY": "refused at the start where it is too short",
    "STATIC_ROOT": "refused at the start where nobody can write there",
    "BACKUP_DIR": "looked at by shopkeeper check, and on the page of backups",
    "ALLOWED_HOSTS": "looked at by shopkeeper check: the host of PUBLIC_URL must be among them",
    "BOUNCE_SECRET": "news whose signature does not fit are refused",
    "BOUNCE_MAILBOX": "a folder that is no mailbox is told by the job that reads it",
    "WECHAT_PUBLIC_KEY_ID": "a provider whose key is of no use is not offered, and the first day says so",
    "METRICS_TOKEN": "whoever sends another is refused",
    "TEST_TEMPLATE": "a database that is not there ends the test run",
    "TEST_DATABASE_NAME": "a name PostgreSQL does not take ends the test run",
}
"""How settings that are plain text are looked at; those that stand together are refused half given."""


def untold(settings: Iterable[Setting], looked_at: Mapping[str, str] = LOOKED_AT) -> set[str]:
    """Return the settings that lack a default one can read, a sentence in both languages, or a check."""
    found = set()
    for each in settings:
        has_default = bool(each.default or (each.default_is.en and each.default_is.zh))
        has_sentence = each.meaning.en.endswith((".", "!")) and each.meaning.zh.endswith("。")
        has_check = each.kind in READ_BY_KIND or bool(each.together) or each.name in looked_at
        if not (has_default and has_sentence and has_check):
            found.add(each.name)
    return found


def test_every_setting_of_the_machine_has_a_default_a_sentence_and_a_check() -> None:
    assert untold(SETTINGS) == set()


@pytest.mark.parametrize(
    "planted",
    [
        replace(SETTINGS[0], name="PLANTED"),
        replace(SETTINGS[0], meaning=Bilingual("The folder.", "")),
        replace(SETTINGS[0], meaning=Bilingual("Folder", "目录。")),
        replace(SETTINGS[0], default="", default_is=Bilingual()),
    ],
)
def test_a_setting_without_one_of_them_is_found(planted: Setting) -> None:
    assert untold([planted]) == {planted.name}


def unsaid(form: forms.Form) -> set[str]:
    """Return the fields that have no name, or no sentence beside it."""
    seen = [(name, each) for name, each in form.fields.items() if not isinstance(each.widget, forms.HiddenInput)]
    return {name for name, each in seen if not (each.label and each.help_text)}


@pytest.mark.django_db
@pytest.mark.parametrize("command", [SaveShop, ChangeCurrency])
def test_every_setting_of_the_shop_begins_with_what_holds_and_says_what_it_is(command: Any) -> None:
    open_shop()
    form = command(setting=Reader("GBP", "Europe/London", "en"))

    assert unsaid(form) == set()
    assert {name for name, each in form.fields.items() if each.initial is None} == set()
    form.fields["planted"] = forms.CharField(label="Planted")
    assert unsaid(form) == {"planted"}


def unchecked(fields: Iterable[str], checks: Mapping[str, Any]) -> set[str]:
    """Return the shop's fields that can be saved with anything in them."""
    return {each for each in fields if each not in checks and each not in FIXED}


@pytest.mark.django_db
def test_every_field_of_the_shop_is_checked_before_it_is_saved() -> None:
    open_shop()

    assert unchecked(Shop.__dataclass_fields__, CHECKS) == set()
    assert unchecked((*Shop.__dataclass_fields__, "planted"), CHECKS) == {"planted"}
    for name in CHECKS:
        with pytest.raises(Refusal) as refused:
            shops.save(actor=None, now=NOON, **{name: Bilingual("nul\x00") if name in ("name", "tagline") else "nul\x00"})
        assert refused.value.field.startswith(name)
