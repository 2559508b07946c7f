"""The first day in words: what each step is called, why it matters, what the law asks, and what is wrong with how to mend it."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.doors.console import reading
from shopkeeper.flows.first_day import Finding
from shopkeeper.kit.console import word
from shopkeeper.selling.content.console import KINDS

TITLES = {
    "name": gettext_lazy("Give the shop its name"),
    "place": gettext_lazy("Say where it is and how it is reached"),
    "licence": gettext_lazy("Show who answers for it"),
    "logo": gettext_lazy("Choose its mark"),
    "taxes": gettext_lazy("Settle taxes"),
    "delivery": gettext_lazy("Say where goods go and what that costs"),
    "texts": gettext_lazy("Read the shop texts through"),
    "payment": gettext_lazy("Connect payment"),
    "products": gettext_lazy("Put the first product on the shelf"),
    "mail": gettext_lazy("Send a letter to yourself"),
    "staff": gettext_lazy("Invite a second person"),
    "backups": gettext_lazy("Prove a backup"),
    "open": gettext_lazy("Open the shop"),
}

WHY = {
    "name": gettext_lazy("It stands on every page, mail and invoice, in the language of whoever reads."),
    "place": gettext_lazy("Country and currency decide taxes and prices; the time zone decides when a day of trade begins."),
    "licence": gettext_lazy("Buyers and authorities look for it at the foot of every page, and it is printed on every invoice."),
    "logo": gettext_lazy("A mark of your own is recognised again; until you have one, a red seal with a drawing stands there."),
    "taxes": gettext_lazy("Every price you type contains this tax, or has it added. It is reckoned to the smallest coin on every invoice."),
    "delivery": gettext_lazy("Nobody can order to a country that no way of delivery reaches."),
    "texts": gettext_lazy("Terms, privacy and returns bind you, not us. They are templates until somebody here answers for them by name."),
    "payment": gettext_lazy("Test payments let you try everything. No money comes in with them, so they are not for real trade."),
    "products": gettext_lazy("One product that is shown, priced, in stock and pictured shows the whole way to the buyer."),
    "mail": gettext_lazy("Confirmations and forgotten passwords go by mail. What does not arrive, buyers ask for by phone."),
    "staff": gettext_lazy(
        "Large refunds and steep price cuts wait for a second person, and somebody should be able to sign in when you cannot."
    ),
    "backups": gettext_lazy("A backup counts once it was restored and its books were found right. The nightly job does both."),
    "open": gettext_lazy("Before it is opened visitors read “opens soon”; you and your staff, signed in, see the whole shop."),
}

LAW = {
    ("licence", "CN"): gettext_lazy(
        "E-Commerce Law of China, article 15: the business licence stands on the home page, clearly and always. The number is the unified "
        "social credit code."
    ),
    ("licence", "GB"): gettext_lazy(
        "Companies (Trading Disclosures) and E-Commerce Regulations of the United Kingdom: legal name, place and number of registration, "
        "address and a mail address stand on the website."
    ),
    ("licence", "EU"): gettext_lazy(
        "Directive 2000/31/EC, article 5: name, address, mail address, the trade register and its number stand where they are easily found."
    ),
    ("licence", ""): gettext_lazy(
        "Most countries want the seller’s name, address and register number on the website. Ask what yours wants."
    ),
    ("taxes", "CN"): gettext_lazy("Prices for consumers contain value added tax."),
    ("taxes", "GB"): gettext_lazy("Prices for consumers contain VAT; below the threshold for registration the rate is 0."),
    ("taxes", "EU"): gettext_lazy("Prices for consumers contain VAT (Directive 98/6/EC)."),
    ("texts", "CN"): gettext_lazy(
        "E-Commerce Law of China, article 33: terms and the privacy policy stand on the home page, to be read and kept."
    ),
    ("texts", "GB"): gettext_lazy(
        "Consumer Contracts Regulations: terms, right to cancel within 14 days and privacy are told before the order."
    ),
    ("texts", "EU"): gettext_lazy(
        "Directive 2011/83/EU and the GDPR: terms, withdrawal within 14 days and privacy are told before the order."
    ),
}
_UNION = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())


def law(step: str, country: str) -> str:
    """Return what the law of the shop's country asks at a step, as far as we know it; else nothing."""
    for code in (country, "EU" if country in _UNION else "", ""):
        if (step, code) in LAW:
            return str(LAW[step, code])
    return ""


FINDINGS: dict[str, Any] = {
    "name_en_missing": gettext_lazy("There is no name in English: English readers see the Chinese one. Enter one, or leave it so."),
    "name_zh_missing": gettext_lazy("There is no name in Chinese: Chinese readers see the English one. Enter one, or leave it so."),
    "name_is_first": gettext_lazy("It is still called “%(name)s”, as every new shop is: give it a name of its own."),
    "email_missing": gettext_lazy("There is no mail address under which buyers reach you: enter one you read every day."),
    "place_unconfirmed": gettext_lazy(
        "It begins in %(country)s, in %(currency)s, by the clock of %(zone)s: change that or save it as it is."
    ),
    "zone_elsewhere": gettext_lazy("The time zone %(zone)s is not one of %(country)s: look whether that is meant."),
    "warehouse_elsewhere": gettext_lazy(
        "No warehouse stands in %(country)s: change its country under “Warehouses” if goods leave from there."
    ),
    "legal_name_missing": gettext_lazy("The legal name is missing: the person or company that sells."),
    "address_missing": gettext_lazy("The address is missing: street and town, no post box."),
    "licence_number_missing": gettext_lazy("The licence or register number is missing."),
    "licence_authority_missing": gettext_lazy("The authority that issued it is missing."),
    "licence_number_wrong": gettext_lazy(
        "“%(number)s” is no unified social credit code: its 18 signs and check digit do not fit. Compare it with the licence."
    ),
    "logo_missing": gettext_lazy("There is no logo yet: choose a picture, or keep the seal."),
    "rate_missing": gettext_lazy("No tax rate is set for %(country)s: enter the general one, 0 if you charge none."),
    "taxes_unconfirmed": gettext_lazy("Nobody has confirmed the tax rate yet: look at the example, then save."),
    "taxes_changed": gettext_lazy("The rate changed after it was confirmed: look at the example, then save."),
    "rate_unusual": gettext_lazy("The general rate in %(country)s is %(usual)s: look whether another one holds for your goods."),
    "not_reached": gettext_lazy("No way of delivery reaches %(country)s: nobody at home can order. Add one."),
    "way_one_language": gettext_lazy("The way %(code)s has a name in one language only: add the other."),
    "delivery_unconfirmed": gettext_lazy("Nobody has confirmed price and days of delivery yet: look at the example, then save."),
    "delivery_changed": gettext_lazy("The ways of delivery changed after they were confirmed: look at the example, then save."),
    "text_template": gettext_lazy("“%(kind)s” still says that it is a template: read it, change it or confirm it."),
    "text_unread": gettext_lazy("“%(kind)s” is as it came with the shop: read it, change it or confirm it."),
    "provider_unusable_key": gettext_lazy(
        "%(provider)s is set up but its key is of no use (%(value)s): correct the setting and start again."
    ),
    "provider_wrong_currency": gettext_lazy("%(provider)s takes %(value)s only, not the currency of the books: it is not offered."),
    "no_payment": gettext_lazy("No way to pay is offered: set up a payment provider and start again."),
    "only_test_payments": gettext_lazy(
        "Every way to pay is a test: anybody can order without paying. Set up a payment provider before real trade."
    ),
    "test_payments_beside": gettext_lazy("Test payments are offered beside real ones: set TEST_PAYMENTS to 0 before real trade."),
    "no_product": gettext_lazy("Nothing is on the shelf: add one here, or bring a file with all of them."),
    "no_price": gettext_lazy("“%(product)s” has no price, so it cannot be bought: set one."),
    "no_stock": gettext_lazy("“%(product)s” is out of stock: receive its first pieces."),
    "no_picture": gettext_lazy("“%(product)s” has no picture: a drawing stands in its place."),
    "one_language": gettext_lazy("“%(product)s” has a name in one language only: add the other."),
    "no_mail_server": gettext_lazy("No mail server is set: mails are written to the terminal. Set SMTP_URL and start again."),
    "mail_untried": gettext_lazy("No letter was tried yet: send one and look into your mailbox."),
    "nobody_else": gettext_lazy("You are the only one here: invite somebody, or say that you work alone."),
    "invitation_open": gettext_lazy("The invitation was not accepted yet: remind whoever has it."),
    "backup_none": gettext_lazy("There is no backup yet: take the first one now."),
    "backup_unproven": gettext_lazy("No backup was restored and found right yet: wait for the one under way, or take another."),
    "backup_wrong": gettext_lazy("The newest backup that was tried is not right: look under “Backups” what is wrong."),
    "backup_old": gettext_lazy(
        "The newest proven backup is older than a day and a half: take another, and look why the nightly job failed."
    ),
    "not_open": gettext_lazy("Visitors are not let in yet."),
    "only_here": gettext_lazy(
        "The shop’s address is %(address)s: only this machine reaches it. Set PUBLIC_URL to the address shoppers use."
    ),
}
"""What each check finds wrong, and how it is mended."""

_SAID: dict[str, Callable[[Any], str]] = {
    "country": reading.country,
    "kind": lambda value: word(KINDS, value),
    "usual": lambda value: reading.percent(int(value)),
    "provider": lambda value: {"stripe": "Stripe", "alipay": _("Alipay"), "wechat": _("WeChat Pay")}.get(value, value),
}


def said(finding: Finding) -> str:
    """Return a finding as a sentence in the reader's language."""
    return str(FINDINGS[finding.code]) % {name: _SAID.get(name, str)(value) for name, value in finding.values.items()}
