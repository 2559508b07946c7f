"""Setting up how customers sign in at the console: providers tried before they are offered, limits on text messages, numbers taken away."""

from collections.abc import Iterator
from typing import Any

import pytest

from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.flows import join
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.ops.audit.models import Record as Entry
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.adapters import oidc
from shopkeeper.selling.customers.adapters.fakes.oidc_server import CLIENT_ID, SECRET, Issuer, issuer
from shopkeeper.selling.customers.models import sign_in_models as models
from shopkeeper.selling.customers.shapes import Vouched

pytestmark = pytest.mark.django_db


@pytest.fixture
def lantern() -> Iterator[Issuer]:
    oidc.kept.forget()
    with issuer() as known:
        yield known
    oidc.kept.forget()


def filled_in(known: Issuer, **changes: str) -> dict[str, str]:
    return {
        "name_en": "Lantern", "name_zh": "灯笼", "slug": "lantern", "issuer": known.address, "client_id": CLIENT_ID, "secret": SECRET,
        "is_on": "on", **changes,
    }  # fmt: skip


def test_a_provider_is_read_before_it_is_offered_and_its_secret_is_kept_sealed(shop: SmallShop, owner: Staff, lantern: Issuer) -> None:
    owner.post("sign-in-providers/new/", **filled_in(lantern))

    (found,) = customers.offered_providers()
    row = models.Provider.objects.get()
    page = owner.text(f"sign-in-providers/{row.pk}/edit/")
    trail = Entry.objects.filter(act="customers.save_provider").earliest("pk")
    assert found.origin == lantern.address
    assert SECRET not in row.sealed_secret
    assert SECRET not in page
    assert SECRET not in str(trail.after)
    assert "/sign-in/back/lantern/" in page


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ("other issuer", "not the address given"), ("no JSON", "is not a provider’s document"), ("500", "Nothing usable came"),
        ("weak", "proves nothing"), ("no endpoint", "lacks “jwks_uri”"), ("inward", "may not call"), ("redirect", "Nothing usable came"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused_by_name_and_not_saved(shop: SmallShop, owner: Staff, lantern: Issuer, trouble: str, said: str) -> None:
    lantern.trouble = trouble

    answer = owner.post("sign-in-providers/new/", **filled_in(lantern))

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not models.Provider.objects.exists()


@pytest.mark.parametrize(
    "address", ["http://id.example.com", "https://10.0.0.1", "https://u:p@id.example.com", "https://id.example.com?x=1"]
)
def test_addresses_the_shop_may_not_call_are_refused(shop: SmallShop, owner: Staff, lantern: Issuer, address: str) -> None:
    answer = owner.post("sign-in-providers/new/", **filled_in(lantern, issuer=address))

    assert answer.status_code == 422
    assert address in answer.content.decode()
    assert not models.Provider.objects.exists()
    assert lantern.asked == []


def test_the_address_to_enter_at_the_provider_is_shown_whole(shop: SmallShop, owner: Staff, lantern: Issuer, settings: Any) -> None:
    settings.PUBLIC_URL = "http://localhost:8123"
    new = owner.get("sign-in-providers/new/").content.decode()
    refused = owner.post("sign-in-providers/new/", **filled_in(lantern, issuer="nowhere")).content.decode()
    owner.post("sign-in-providers/new/", **filled_in(lantern))
    saved = owner.get(f"sign-in-providers/{models.Provider.objects.get().pk}/edit/").content.decode()

    assert '<code>http://localhost:8123/sign-in/back/<span data-typed="slug">…</span>/</code>' in new
    assert '<code>http://localhost:8123/sign-in/back/<span data-typed="slug">lantern</span>/</code>' in refused
    assert "<code>http://localhost:8123/sign-in/back/lantern/</code>" in saved


def test_trying_saves_nothing(shop: SmallShop, owner: Staff, lantern: Issuer) -> None:
    owner.post("sign-in-providers/new/", **filled_in(lantern), **{"try": "1"})

    assert lantern.asked
    assert not models.Provider.objects.exists()


def test_an_empty_secret_keeps_the_one_there_is_and_linked_people_keep_the_issuer(shop: SmallShop, owner: Staff, lantern: Issuer) -> None:
    owner.post("sign-in-providers/new/", **filled_in(lantern))
    row = models.Provider.objects.get()
    ann = join.register(email="ann@example.com", password="quiet lantern shelf", name="Ann", language="en", now=NOON)
    said = Vouched(provider_id=row.pk, provider_code="lantern", subject="s", email="ann@example.com", is_email_verified=True, name="")
    customers.link(customer_id=ann.customer_id, vouched=said, now=NOON)

    owner.post(f"sign-in-providers/{row.pk}/edit/", **filled_in(lantern, secret="", name_en="Lantern id"))
    refused = owner.post(f"sign-in-providers/{row.pk}/edit/", **filled_in(lantern, issuer="https://id.example.com", is_on=""))

    after = models.Provider.objects.get()
    assert after.sealed_secret == row.sealed_secret
    assert after.name_en == "Lantern id"
    assert refused.status_code == 422
    assert "1 customer is linked" in refused.content.decode()
    assert after.issuer == lantern.address


def test_a_web_name_is_one_providers_only(shop: SmallShop, owner: Staff, lantern: Issuer) -> None:
    owner.post("sign-in-providers/new/", **filled_in(lantern))

    answer = owner.post("sign-in-providers/new/", **filled_in(lantern))

    assert answer.status_code == 422
    assert "web name “lantern” already" in answer.content.decode()


def test_only_the_owner_sets_it_up(shop: SmallShop, clerk: Staff, lantern: Issuer) -> None:
    assert clerk.post("sign-in-providers/new/", **filled_in(lantern)).status_code == 403
    assert clerk.post("settings/sign-in/", mail_codes="").status_code == 403
    assert lantern.asked == []


def test_the_limits_are_saved_with_a_trace_and_shown(shop: SmallShop, owner: Staff) -> None:
    owner.post(
        "settings/sign-in/", mail_codes="on", phone_codes="on", most_per_number="3", most_per_country="50", most_per_shop="60",
        countries=["GB", "CN"],
    )  # fmt: skip

    rule = customers.sign_in_rule()
    assert (rule.phone_codes, rule.countries, rule.most_per_number) == (True, ("CN", "GB"), 3)
    assert Entry.objects.get(act="customers.save_sign_in").after["countries"] == ["CN", "GB"]
    assert "United Kingdom" in owner.text("settings/")
    assert "SMS_GATEWAY_URL" in owner.text("settings/sign-in/")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [("most_per_number", "51", "50"), ("most_per_shop", "0", "1"), ("countries", [], "countries")],
)
def test_limits_out_of_reason_are_refused(shop: SmallShop, owner: Staff, field: str, value: object, said: str) -> None:
    form = {"phone_codes": "on", "most_per_number": "3", "most_per_country": "50", "most_per_shop": "60", "countries": ["GB"], field: value}

    answer = owner.post("settings/sign-in/", **form)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not customers.sign_in_rule().phone_codes


def test_a_customers_page_says_how_they_sign_in_and_a_number_is_taken_away(shop: SmallShop, owner: Staff) -> None:
    ann = join.register(email="ann@example.com", password="quiet lantern shelf", name="Ann", language="en", now=NOON)
    customers.keep_number(customer_id=ann.customer_id, number="+447400123456", now=NOON)
    page = owner.text(f"customers/{ann.customer_id}/")

    owner.post(f"customers/{ann.customer_id}/number/")

    trail = Entry.objects.get(act="customers.remove_number")
    assert "+44 ••• 456" in page
    assert "+447400123456" not in page
    assert customers.by_number("+447400123456") is None
    assert "7400" not in str(trail.after)
