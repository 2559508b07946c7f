"""What a refusal says, by its kind: each module beside this one teaches `say` the words of some. And the words that fit any field."""

import unicodedata
from functools import singledispatch

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from shopkeeper.kit.refusals import Malformed, NotAllowed, NotFound, OutOfRange, Refusal

MOST_SHOWN = 80
"""How much of a value a refusal repeats."""

NAMES = {
    "act": pgettext_lazy("field", "action"),
    "acts": pgettext_lazy("field", "what the role may do"),
    "approval": pgettext_lazy("field", "act that waits"),
    "grace_days": pgettext_lazy("field", "days to put it off"),
    "how": pgettext_lazy("field", "what prices become"),
    "percent": pgettext_lazy("field", "per cent"),
    "price_drop": pgettext_lazy("field", "fall of a price"),
    "rounding": pgettext_lazy("field", "rounding"),
    "secret": pgettext_lazy("field", "key of the app"),
    "session": pgettext_lazy("field", "session"),
    "address": pgettext_lazy("field", "address"),
    "below": pgettext_lazy("field", "highest score"),
    "finding": pgettext_lazy("field", "finding"),
    "engine_title_en": pgettext_lazy("field", "title for engines in English"),
    "engine_title_zh": pgettext_lazy("field", "title for engines in Chinese"),
    "engine_description_en": pgettext_lazy("field", "description for engines in English"),
    "engine_description_zh": pgettext_lazy("field", "description for engines in Chinese"),
    "amount_minor": pgettext_lazy("field", "amount"),
    "basket": pgettext_lazy("field", "basket"),
    "body": pgettext_lazy("field", "request"),
    "brands": pgettext_lazy("field", "brands"),
    "categories": pgettext_lazy("field", "categories"),
    "category": pgettext_lazy("field", "category"),
    "category_id": pgettext_lazy("field", "category"),
    "choice": pgettext_lazy("field", "choice"),
    "city": pgettext_lazy("field", "town or city"),
    "country": pgettext_lazy("field", "country"),
    "currency": pgettext_lazy("field", "currency"),
    "customer": pgettext_lazy("field", "customer"),
    "delivery": pgettext_lazy("field", "delivery"),
    "delivery_option": pgettext_lazy("field", "delivery"),
    "email": pgettext_lazy("field", "email address"),
    "fact": pgettext_lazy("field", "fact"),
    "file": pgettext_lazy("field", "file"),
    "idempotency_key": pgettext_lazy("field", "order form"),
    "invitation": pgettext_lazy("field", "invitation"),
    "district": pgettext_lazy("field", "district"),
    "gift_note": pgettext_lazy("field", "gift note"),
    "invoice_kind": pgettext_lazy("field", "kind of invoice"),
    "invoice_title": pgettext_lazy("field", "name on the invoice"),
    "invoice_email": pgettext_lazy("field", "email address for the invoice"),
    "tax_number": pgettext_lazy("field", "tax number"),
    "return_address": pgettext_lazy("field", "address for returns"),
    "return_days": pgettext_lazy("field", "days to change one’s mind"),
    "request": pgettext_lazy("field", "request"),
    "kind": pgettext_lazy("field", "kind"),
    "language": pgettext_lazy("field", "language"),
    "wait": pgettext_lazy("field", "wish to be told"),
    "wish_list": pgettext_lazy("field", "wish list"),
    "wording": pgettext_lazy("field", "wording"),
    "label": pgettext_lazy("field", "what you call the address"),
    "line1": pgettext_lazy("field", "street and number"),
    "line2": pgettext_lazy("field", "second address line"),
    "name": pgettext_lazy("field", "name"),
    "note": pgettext_lazy("field", "note"),
    "order": pgettext_lazy("field", "order"),
    "page": pgettext_lazy("field", "page"),
    "parent": pgettext_lazy("field", "parent"),
    "password": pgettext_lazy("field", "password"),
    "payment": pgettext_lazy("field", "payment"),
    "code": pgettext_lazy("field", "code"),
    "period": pgettext_lazy("field", "period"),
    "phone": pgettext_lazy("field", "phone number"),
    "postcode": pgettext_lazy("field", "postcode"),
    "price": pgettext_lazy("field", "price"),
    "product": pgettext_lazy("field", "product"),
    "q": pgettext_lazy("field", "search"),
    "reason": pgettext_lazy("field", "reason"),
    "region": pgettext_lazy("field", "province or county"),
    "role": pgettext_lazy("field", "role"),
    "shop": pgettext_lazy("field", "shop"),
    "size": pgettext_lazy("field", "page size"),
    "sku": pgettext_lazy("field", "SKU"),
    "slug": pgettext_lazy("field", "web name"),
    "sort": pgettext_lazy("field", "order of the list"),
    "staff": pgettext_lazy("field", "member of staff"),
    "state": pgettext_lazy("field", "state"),
    "text": pgettext_lazy("field", "text"),
    "title": pgettext_lazy("field", "title"),
    "token": pgettext_lazy("field", "link"),
    "total": pgettext_lazy("field", "total"),
    "units": pgettext_lazy("field", "quantity"),
    "user": pgettext_lazy("field", "person"),
    "variant": pgettext_lazy("field", "choice"),
    "version": pgettext_lazy("field", "version"),
    "warehouse": pgettext_lazy("field", "warehouse"),
    "zone": pgettext_lazy("field", "time zone"),
    "issuer": pgettext_lazy("field", "address of the provider"),
    "client_id": pgettext_lazy("field", "client number at the provider"),
    "most_per_number": pgettext_lazy("field", "messages to one number"),
    "most_per_country": pgettext_lazy("field", "messages to one country"),
    "most_per_shop": pgettext_lazy("field", "messages in all"),
    "providers": pgettext_lazy("field", "number of providers"),
    "about": pgettext_lazy("field", "what is confirmed"),
    "mark": pgettext_lazy("field", "how it stood"),
    "steps": pgettext_lazy("field", "steps of the first day"),
    "asked": pgettext_lazy("field", "words searched for"),
    "words": pgettext_lazy("field", "words"),
    "products": pgettext_lazy("field", "number of products"),
    "synonyms": pgettext_lazy("field", "group of words"),
    "redirect": pgettext_lazy("field", "search that leads elsewhere"),
    "pin": pgettext_lazy("field", "goods that stand first"),
    "attribute": pgettext_lazy("field", "attribute"),
    "brand": pgettext_lazy("field", "brand"),
    "choices": pgettext_lazy("field", "number of answers"),
    "is_filter": pgettext_lazy("field", "narrowing down"),
    "swatch": pgettext_lazy("field", "colour to show"),
    "options": pgettext_lazy("field", "number of options"),
    "values": pgettext_lazy("field", "number of values"),
    "value": pgettext_lazy("field", "value of the option"),
    "option_name": pgettext_lazy("field", "name of the option"),
    "value_name": pgettext_lazy("field", "name of the value"),
    "links": pgettext_lazy("field", "number of goods beside it"),
    "parts": pgettext_lazy("field", "number of parts in a bundle"),
    "pieces": pgettext_lazy("field", "number of pieces in a bundle"),
    "part_line": pgettext_lazy("field", "line for a part"),
    "medium": pgettext_lazy("field", "medium"),
    "campaign": pgettext_lazy("field", "campaign"),
    "size_table": pgettext_lazy("field", "size table"),
    "size_name": pgettext_lazy("field", "size"),
    "columns": pgettext_lazy("field", "number of columns"),
    "column_name": pgettext_lazy("field", "name of the column"),
    "rows": pgettext_lazy("field", "number of lines in the table"),
    "cell": pgettext_lazy("field", "cell"),
    "trait": pgettext_lazy("field", "attribute"),
    "unit": pgettext_lazy("field", "unit"),
    "edit": pgettext_lazy("field", "change of many"),
    "part": pgettext_lazy("field", "part of the collection"),
    "ends_at": pgettext_lazy("field", "end"),
    "days": pgettext_lazy("field", "number of days"),
    "rule": pgettext_lazy("field", "rule"),
    "collection_id": pgettext_lazy("field", "collection"),
    "collection": pgettext_lazy("field", "collection"),
    "budget_minor": pgettext_lazy("field", "budget"),
    "buy": pgettext_lazy("field", "pieces to buy"),
    "count": pgettext_lazy("field", "number of codes"),
    "from_minor": pgettext_lazy("field", "sum a step begins at"),
    "from_units": pgettext_lazy("field", "pieces a step begins at"),
    "get": pgettext_lazy("field", "pieces that get cheaper"),
    "least_minor": pgettext_lazy("field", "least sum"),
    "least_units": pgettext_lazy("field", "fewest pieces"),
    "most_minor": pgettext_lazy("field", "most that comes off an order"),
    "most_times": pgettext_lazy("field", "how often it repeats"),
    "most_uses": pgettext_lazy("field", "uses of a code"),
    "off_minor": pgettext_lazy("field", "what comes off"),
    "price_minor": pgettext_lazy("field", "price"),
    "promotion": pgettext_lazy("field", "promotion"),
    "scope": pgettext_lazy("field", "number of things named"),
    "share_off": pgettext_lazy("field", "share that comes off"),
    "step_minor": pgettext_lazy("field", "sum to spend"),
    "tiers": pgettext_lazy("field", "steps"),
    "together": pgettext_lazy("field", "goods bought together"),
    "unit_minor": pgettext_lazy("field", "price of a piece"),
    "uses": pgettext_lazy("field", "uses"),
    "uses_a_buyer": pgettext_lazy("field", "uses by one buyer"),
    "uses_a_day": pgettext_lazy("field", "uses in a day"),
    "addresses": pgettext_lazy("field", "number of addresses"),
    "amount": pgettext_lazy("field", "amount"),
    "basis_points": pgettext_lazy("field", "tax rate in hundredths of a percent"),
    "body_en": pgettext_lazy("field", "English text"),
    "body_zh": pgettext_lazy("field", "Chinese text"),
    "carrier": pgettext_lazy("field", "carrier"),
    "category_slug": pgettext_lazy("field", "web name of the category"),
    "cost": pgettext_lazy("field", "cost"),
    "counted": pgettext_lazy("field", "number counted"),
    "countries": pgettext_lazy("field", "countries"),
    "days_least": pgettext_lazy("field", "fewest days of delivery"),
    "days_most": pgettext_lazy("field", "most days of delivery"),
    "drawing": pgettext_lazy("field", "drawing"),
    "entry": pgettext_lazy("field", "entry of the trail"),
    "free_from": pgettext_lazy("field", "sum from which delivery is free"),
    "given": pgettext_lazy("field", "consent"),
    "group": pgettext_lazy("field", "group"),
    "customers": pgettext_lazy("field", "number of customers"),
    "merge": pgettext_lazy("field", "merge"),
    "merged_id": pgettext_lazy("field", "other record"),
    "take": pgettext_lazy("field", "what to take over"),
    "source": pgettext_lazy("field", "source"),
    "business": pgettext_lazy("field", "company"),
    "company": pgettext_lazy("field", "name of the company"),
    "billing_email": pgettext_lazy("field", "mail address for invoices"),
    "goods": pgettext_lazy("field", "sum of the goods"),
    "intro": pgettext_lazy("field", "introduction"),
    "left_out": pgettext_lazy("field", "goods left out"),
    "limit": pgettext_lazy("field", "number of rows"),
    "line": pgettext_lazy("field", "line of the order"),
    "lines": pgettext_lazy("field", "number of lines"),
    "message": pgettext_lazy("field", "mail"),
    "number": pgettext_lazy("field", "number of the page"),
    "on_hand": pgettext_lazy("field", "stock on hand"),
    "option": pgettext_lazy("field", "name of the choice"),
    "payment_method": pgettext_lazy("field", "way to pay"),
    "photo_url": pgettext_lazy("field", "address of the picture"),
    "position": pgettext_lazy("field", "place in the list"),
    "price_list": pgettext_lazy("field", "price list"),
    "priority": pgettext_lazy("field", "priority"),
    "provider": pgettext_lazy("field", "payment provider"),
    "qr_text": pgettext_lazy("field", "content of the QR code"),
    "rank": pgettext_lazy("field", "rank"),
    "draft": pgettext_lazy("field", "draft"),
    "revision": pgettext_lazy("field", "kept version"),
    "go_live_at": pgettext_lazy("field", "moment of going live"),
    "expire_at": pgettext_lazy("field", "moment of going off"),
    "refund": pgettext_lazy("field", "refund"),
    "resource": pgettext_lazy("field", "sealed part of the message"),
    "shipment": pgettext_lazy("field", "parcel"),
    "source_name": pgettext_lazy("field", "name at the source"),
    "statement": pgettext_lazy("field", "statement"),
    "stray": pgettext_lazy("field", "payment without an order"),
    "subject": pgettext_lazy("field", "visitor’s key"),
    "tax_rate": pgettext_lazy("field", "tax rate"),
    "text_version": pgettext_lazy("field", "version of the text"),
    "tint": pgettext_lazy("field", "colour"),
    "tracking_number": pgettext_lazy("field", "tracking number"),
    "variants": pgettext_lazy("field", "number of choices"),
    "warehouse_code": pgettext_lazy("field", "code of the warehouse"),
    "weight_g": pgettext_lazy("field", "weight in grams"),
    "answer": pgettext_lazy("field", "answer"),
    "review": pgettext_lazy("field", "review"),
    "question": pgettext_lazy("field", "question"),
    "shown_name": pgettext_lazy("field", "name that everybody sees"),
    "stars": pgettext_lazy("field", "number of stars"),
    "visitor": pgettext_lazy("field", "visitor’s key"),
    "column": pgettext_lazy("field", "column"),
    "format": pgettext_lazy("field", "format"),
    "is_published": pgettext_lazy("field", "standing in the shop"),
    "is_sellable": pgettext_lazy("field", "being on sale"),
    "sheet": pgettext_lazy("field", "file"),
    "letter": pgettext_lazy("field", "mail"),
    "preview": pgettext_lazy("field", "line beside the subject"),
    "heading": pgettext_lazy("field", "heading"),
    "greeting": pgettext_lazy("field", "greeting"),
    "button": pgettext_lazy("field", "label of the button"),
    "closing": pgettext_lazy("field", "words below the button"),
    "review_ground": pgettext_lazy("field", "who is asked for reviews"),
    "review_days": pgettext_lazy("field", "days until a review is asked for"),
    "signature": pgettext_lazy("field", "signature"),
    "mail": pgettext_lazy("field", "mail"),
    "bounce": pgettext_lazy("field", "returned mail"),
    "mailbox": pgettext_lazy("field", "mailbox for returned mails"),
    "stopped_address": pgettext_lazy("field", "address that returned mails"),
    "message_id": pgettext_lazy("field", "Message-ID"),
    "status": pgettext_lazy("field", "code"),
    "id": pgettext_lazy("field", "number of the news"),
    "at": pgettext_lazy("field", "moment"),
    "link": pgettext_lazy("field", "link"),
    "picture": pgettext_lazy("field", "picture"),
    "photos": pgettext_lazy("field", "photos"),
    "video": pgettext_lazy("field", "video"),
    "poster": pgettext_lazy("field", "picture before it plays"),
    "track": pgettext_lazy("field", "written-out words"),
    "alt": pgettext_lazy("field", "what the picture shows"),
    "caption": pgettext_lazy("field", "words below the video"),
    "focus_x": pgettext_lazy("field", "focus from the left"),
    "focus_y": pgettext_lazy("field", "focus from the top"),
    "holder": pgettext_lazy("field", "holder"),
    "width": pgettext_lazy("field", "width"),
}
"""What the reader calls a field; one that is not here is called by its code."""

IN_LANGUAGE = {"_en": pgettext_lazy("field", "%(field)s (English)"), "_zh": pgettext_lazy("field", "%(field)s (Chinese)")}
"""What a field of a text in both languages is called, by the end of its code."""

EXPECTED = {
    "email": gettext_lazy("Write it like name@example.com."),
    "country": gettext_lazy("Choose a country from the list."),
    "currency": gettext_lazy("Use a three-letter currency code such as GBP or CNY."),
    "zone": gettext_lazy("Use a time zone such as Europe/London or Asia/Shanghai."),
    "language": gettext_lazy("Choose English or Simplified Chinese."),
    "line": gettext_lazy("Write it on one line, without control characters."),
    "text": gettext_lazy("Remove the control characters."),
    "token": gettext_lazy("Open the link from the mail again, in full."),
    "whole number": gettext_lazy("Write a whole number such as 1 or 12."),
    "sort": gettext_lazy("Choose an order from the list."),
    "slug": gettext_lazy("Use small letters, figures and hyphens."),
    "choice": gettext_lazy("Choose one of those offered."),
    "purpose": gettext_lazy("Choose among what is offered."),
    "other_customer": gettext_lazy("Choose another record than this one."),
    "newest_text": gettext_lazy("The text has changed meanwhile: read it again, then choose."),
    "phone": gettext_lazy("Use figures, spaces and + only."),
    "amount": gettext_lazy("Write an amount such as 12.50."),
    "date": gettext_lazy("Write a date such as 2026-03-31."),
    "postcode": gettext_lazy("Use letters, figures, spaces and hyphens only."),
    "cn_postcode": gettext_lazy("In China a postcode has six figures, such as 310000."),
    "cn_phone": gettext_lazy("In China a mobile number has eleven figures, such as 13812345678; a landline begins with its area code."),
    "carrier_address": gettext_lazy("Write an https:// address with {number} where the tracking number goes."),
    "statement": gettext_lazy("Choose the CSV file as the provider gives it, and that provider."),
    "six_digits": gettext_lazy("Write the six figures as they stand in the message."),
    "some_countries": gettext_lazy("Choose at least one country before short messages go out."),
    "text_report": gettext_lazy("Send reference or id, and state (delivered or failed)."),
    "json": gettext_lazy("Send one JSON object as the documentation describes it."),
    "sku": gettext_lazy("Write it without blanks inside."),
    "shown_name": gettext_lazy("Use a first name or a nickname, without a mail address or a phone number."),
    "words": gettext_lazy("Write a word or two, not only signs."),
    "line_once": gettext_lazy("Name each line once only."),
    "trait_once": gettext_lazy("Name each attribute once only, with all its answers."),
    "choice_once": gettext_lazy("Name each answer once only."),
    "part_line": gettext_lazy("Begin each line with how many, then the SKU."),
    "code": gettext_lazy("Use capital letters, figures, points, hyphens and underscores."),
    "answer": gettext_lazy("Answer it: what is to be done needs it."),
    "answers": gettext_lazy("Choose answers of one attribute that has answers to choose from."),
    "no_bar": gettext_lazy("Leave out “|”: in a table it parts the columns."),
    "later": gettext_lazy("Choose an end after the start, or leave one of them open."),
    "part": gettext_lazy("Goods are put first or left out only where a rule fills the collection."),
    "left_out": gettext_lazy("Leave it out: what is asked for does not need it."),
    "products": gettext_lazy("Choose products first."),
    "range": gettext_lazy("Give a lowest price, a highest, or both."),
    "choices": gettext_lazy("Shoppers narrow down by answers to choose from, not by numbers or words."),
    "colour": gettext_lazy("Write a colour like #b93a2b."),
    "trait_choice": gettext_lazy("Choose from its answers."),
    "trait_number": gettext_lazy("Write a number."),
    "trait_text": gettext_lazy("Write it in words."),
    "bounce_news": gettext_lazy(
        "Send id, message_id and kind (permanent, temporary or complaint), and status and at where they are known."
    ),
    "moment": gettext_lazy("Write a moment such as 2026-03-31T12:00:00Z."),
    "yes_no": gettext_lazy("Write yes or no."),
    "number": gettext_lazy("Write a number such as 12 or 12.5."),
    "sheet_kind": gettext_lazy("Choose products, customers, stock or prices."),
    "sheet_format": gettext_lazy("Choose csv, xlsx or parquet."),
    "file": gettext_lazy("Choose a file."),
    "shop_page": gettext_lazy("Use the address of a page of this shop that anybody may open: goods, a shelf, a collection, a text."),
    "local_address": gettext_lazy("Use an address of this shop’s own, beginning with a slash."),
}
EXPECTED["each_once"] = gettext_lazy("Name each only once.")
EXPECTED["rising"] = gettext_lazy("Write the steps from the lowest to the highest, each above nothing.")
EXPECTED["amount_or_share"] = gettext_lazy("Give each step either an amount or a share, not both.")
EXPECTED["whole_number"] = EXPECTED["whole number"]
EXPECTED.update(
    (form, EXPECTED["choice"])
    for form in (
        "account_mail_kind",
        "bounce_kind",
        "cancel_reason",
        "category",
        "finding",
        "letter",
        "payment_method",
        "purpose",
        "refund_reason",
        "review_ground",
        "text_kind",
        "wait_mail_kind",
        "warehouse",
    )
)
"""What to do about a value of the wrong form, by the form that was expected."""


def shown(value: object) -> str:
    """Return as much of a value as a page repeats: short, and without characters that would break the line."""
    if value is None:
        return ""
    text = "".join(char if char.isprintable() or unicodedata.category(char) == "So" else "�" for char in str(value)[: MOST_SHOWN + 1])
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + "…"


def name_of(field: str | None) -> str:
    """Return what the reader calls a field."""
    code = field or ""
    if code not in NAMES and code[:-3] in NAMES and (said := IN_LANGUAGE.get(code[-3:])) is not None:
        return said % {"field": NAMES[code[:-3]]}
    return str(NAMES.get(code, code.replace("_", " ")))


@singledispatch
def say(refusal: Refusal) -> tuple[str, str]:
    return _("This cannot be done."), _("Nothing was changed. Please check what you entered and try again.")


@say.register
def _not_found(refusal: NotFound) -> tuple[str, str]:
    values = {"kind": name_of(refusal.kind), "value": shown(refusal.value)}
    return _("There is no %(kind)s “%(value)s”.") % values, _("Check the address or the number, or start again from the list.")


@say.register
def _out_of_range(refusal: OutOfRange) -> tuple[str, str]:
    values = {"field": name_of(refusal.field), "value": shown(refusal.value), "least": refusal.least, "most": refusal.most}
    if isinstance(refusal.value, str):
        return _text_out_of_range(refusal, values)
    problem = _("“%(value)s” is outside what %(field)s allows.") % values
    if refusal.most is None:
        return problem, _("Enter %(least)s or more.") % values
    if refusal.least is None:
        return problem, _("Enter %(most)s or less.") % values
    if isinstance(refusal.most, int) and isinstance(refusal.least, int) and refusal.most < refusal.least:
        return problem, _("There is no more room for this.")
    return problem, _("Enter something from %(least)s to %(most)s.") % values


def _text_out_of_range(refusal: OutOfRange, values: dict[str, object]) -> tuple[str, str]:
    if not refusal.value:
        return _("The %(field)s is missing.") % values, _("Please fill it in.")
    if isinstance(refusal.most, int):
        remedy = ngettext("Use at most %(most)s character.", "Use at most %(most)s characters.", refusal.most) % values
        return _("The %(field)s does not have the right length.") % values, remedy
    return _("The %(field)s does not have the right length.") % values, _("Enter something from %(least)s to %(most)s.") % values


@say.register
def _malformed(refusal: Malformed) -> tuple[str, str]:
    if refusal.value in ("", None):
        return _("The %(field)s is missing.") % {"field": name_of(refusal.field)}, _("Please fill it in.")
    problem = _("“%(value)s” does not work as %(field)s.") % {"value": shown(refusal.value), "field": name_of(refusal.field)}
    remedy = EXPECTED.get(refusal.expected)
    return problem, str(remedy) if remedy else _("Expected: %(form)s.") % {"form": refusal.expected}


@say.register
def _not_allowed(refusal: NotAllowed) -> tuple[str, str]:
    return _("Your role does not include this action."), _("Ask the owner of the shop to do it or to widen your role.")
