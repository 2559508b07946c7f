"""Setting up how customers sign in: providers, codes, and what the settings and a customer's page say of it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shopkeeper.doors.console import frame
from shopkeeper.flows import set_up_provider
from shopkeeper.kit import together
from shopkeeper.kit.console import Done, word
from shopkeeper.kit.ids import CustomerId, UserId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.console_sign_in import CARRIERS, TEXT_STATES, ProviderForm


class SaveProvider(ProviderForm):
    """Saves a provider, or only reads its document."""

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        if "try" in self.data:
            origin = customers.read_issuer(found["issuer"])
            told = _("It answers as it should; its own page stands at %(address)s. Nothing was saved.")
            return Done(told % {"address": origin}, self.target_id)
        saved = set_up_provider.save(
            provider_id=self.target_id, code=found["slug"], name=Bilingual(found["name_en"], found["name_zh"]), issuer=found["issuer"],
            client_id=found["client_id"], secret=found["secret"], is_on=found["is_on"], actor=actor, now=now,
        )  # fmt: skip
        return Done(_("“%(name)s” is saved.") % {"name": found["name_en"]}, saved.id)


def in_settings() -> dict[str, Any]:
    """Return what the page of settings says about signing in."""
    rule, providers, texts = together.read(customers.sign_in_rule, customers.providers, lambda: customers.texts_of_day(frame.began()))
    return {
        "rule": rule,
        "carrier": word(CARRIERS, customers.carrier()),
        "countries": rule.countries,
        "providers": providers,
        "texts": [(word(TEXT_STATES, state.value), count) for state, count in texts.items() if count],
    }


def of_customer(customer_id: CustomerId) -> dict[str, Any]:
    """Return how a customer signs in besides the password."""
    numbers, linked = together.read(lambda: customers.proven_numbers([customer_id]), lambda: customers.linked([customer_id]))
    return {"number": numbers.get(customer_id), "linked": linked.get(customer_id, ())}
