"""How customers sign in, over the API: read and ruled by staff, and reports on text messages by the gateway's signature alone."""

import json
from typing import Any

import pytest
from django.utils import timezone

from shopkeeper.doors.api.tests.builders import Caller, Staff
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.ops.access.shapes import Role
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.adapters import oidc
from shopkeeper.selling.customers.adapters.fakes.oidc_server import CLIENT_ID, SECRET, issuer
from shopkeeper.selling.customers.adapters.fakes.sms_gateway import KEY, report
from shopkeeper.selling.customers.models import sign_in_models as models

RULE = {
    "mail_codes": True, "phone_codes": True, "countries": ["CN"], "most_per_number": 3, "most_per_country": 30, "most_per_shop": 40,
}  # fmt: skip


def test_the_owner_rules_by_what_codes_customers_sign_in(shop: SmallShop) -> None:
    owner = Staff(Role.OWNER)

    saved = owner.call("PUT", "staff/sign-in", RULE)
    read = owner.get("staff/sign-in")

    assert saved.status == read.status == 200
    assert read.body == {**RULE, "providers": []}
    assert customers.sign_in_rule().countries == ("CN",)


@pytest.mark.parametrize(
    ("changed", "field"), [({"most_per_shop": 0}, "most_per_shop"), ({"countries": []}, "countries"), ({"countries": ["XX"]}, "countries")]
)
def test_a_rule_out_of_reason_is_refused_by_its_field(shop: SmallShop, changed: dict[str, Any], field: str) -> None:
    refused = Staff(Role.OWNER).call("PUT", "staff/sign-in", {**RULE, **changed})

    assert (refused.status, refused.body["field"]) == (422, field)
    assert not models.SignInRule.objects.exists()


def test_a_provider_is_saved_without_its_secret_ever_being_told(shop: SmallShop) -> None:
    owner = Staff(Role.OWNER)
    oidc.kept.forget()
    with issuer() as known:
        body = {"name_en": "Lantern", "issuer": known.address, "client_id": CLIENT_ID, "secret": SECRET, "is_on": True}
        saved = owner.call("PUT", "staff/sign-in/providers/lantern", body)
        again = owner.call("PUT", "staff/sign-in/providers/lantern", {**body, "secret": "", "is_on": False})

    assert (saved.status, saved.body["is_on"], again.body["is_on"]) == (200, True, False)
    assert saved.body["back_to"].endswith("/sign-in/back/lantern/")
    assert SECRET not in json.dumps([saved.body, owner.get("staff/sign-in").body])
    assert models.Provider.objects.count() == 1


def test_a_provider_the_shop_may_not_call_is_refused(shop: SmallShop) -> None:
    body = {"name_en": "Inside", "issuer": "https://169.254.169.254", "client_id": "c", "secret": "s", "is_on": True}

    refused = Staff(Role.OWNER).call("PUT", "staff/sign-in/providers/inside", body)

    assert (refused.status, refused.code) == (422, "provider_unusable")
    assert not models.Provider.objects.exists()


def test_reports_count_by_their_signature_and_once(shop: SmallShop, caller: Caller, settings: Any) -> None:
    settings.SMS_GATEWAY_KEY = KEY
    models.ShortMessage.objects.create(key="k1", code_id=1, mark="m", country="GB", state="sent", queued_at=NOON, next_try_at=NOON)
    body, signature = report({"reference": "k1", "state": "delivered"}, at=timezone.now())
    odd, odd_signature = report({"state": "delivered"}, at=timezone.now())

    heard = [caller.call("POST", "text-news", body, X_Shopkeeper_Signature=signature) for _ in range(2)]
    forged = caller.call("POST", "text-news", body, X_Shopkeeper_Signature="t=1,v1=00")
    wrong = caller.call("POST", "text-news", odd, X_Shopkeeper_Signature=odd_signature)

    assert [each.body for each in heard] == [{"changed": 1}, {"changed": 0}]
    assert (forged.status, forged.code, wrong.status, wrong.body["field"]) == (403, "forged_report", 422, "body")
    assert models.ShortMessage.objects.get().state == "delivered"
