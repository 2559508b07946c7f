"""A copy of somebody's data as a file: a page to read and the same as data, in one archive."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from shopkeeper.flows.copy_of_data import DataCopy
from shopkeeper.kit import money

SECTIONS = {
    "particulars": gettext_lazy("Particulars"),
    "addresses": gettext_lazy("Addresses"),
    "company": gettext_lazy("Company"),
    "sign_in": gettext_lazy("Ways you sign in"),
    "consents": gettext_lazy("What you agreed to, word by word"),
    "groups": gettext_lazy("Groups you are in"),
    "notes": gettext_lazy("Notes of the staff"),
    "orders": gettext_lazy("Orders"),
    "requests": gettext_lazy("What you asked for about orders"),
    "said": gettext_lazy("Reviews, questions and answers"),
    "wishes": gettext_lazy("Wishes and goods you wait for"),
    "merges": gettext_lazy("Records of you that were put together"),
    "mails": gettext_lazy("How mails to you fare"),
}
LABELS = {
    "answer": gettext_lazy("Answer of the shop"),
    "complaints": gettext_lazy("Mails you called unwanted"),
    "decided_at": gettext_lazy("Decided"),
    "gift_note": gettext_lazy("Note with the gift"),
    "invoice": gettext_lazy("Invoice to"),
    "parted_at": gettext_lazy("Parted again"),
    "permanent": gettext_lazy("Mails that could never be delivered"),
    "stopped_at": gettext_lazy("Since when we write only what we must"),
    "stopped_for": gettext_lazy("Why we write only what we must"),
    "temporary": gettext_lazy("Mails that could not be delivered for a time"),
    "unwanted": gettext_lazy("Mails you ended"),
    "address": gettext_lazy("Address"),
    "at": gettext_lazy("When"),
    "billing_email": gettext_lazy("Mail address for invoices"),
    "browser": gettext_lazy("Browser"),
    "carrier": gettext_lazy("Carrier"),
    "city": gettext_lazy("Town or city"),
    "company": gettext_lazy("Name of the company"),
    "contact": gettext_lazy("Contact"),
    "country": gettext_lazy("Country"),
    "currency": gettext_lazy("Currency"),
    "delivery_minor": gettext_lazy("Delivery"),
    "email": gettext_lazy("Mail address"),
    "external_code": gettext_lazy("Code in the old books"),
    "given": gettext_lazy("Agreed to"),
    "goods": gettext_lazy("Goods"),
    "goods_minor": gettext_lazy("Goods"),
    "gross_minor": gettext_lazy("Sum"),
    "joined_at": gettext_lazy("First seen"),
    "kind": gettext_lazy("Kind"),
    "language": gettext_lazy("Language"),
    "line1": gettext_lazy("Street and number"),
    "label": gettext_lazy("What you call it"),
    "line2": gettext_lazy("Second address line"),
    "lines": gettext_lazy("Lines"),
    "name": gettext_lazy("Called"),
    "number": gettext_lazy("Number of the record or order"),
    "parcels": gettext_lazy("Parcels"),
    "phone": gettext_lazy("Phone"),
    "placed_at": gettext_lazy("Ordered"),
    "postcode": gettext_lazy("Postcode"),
    "provider": gettext_lazy("Who vouches for you"),
    "reason": gettext_lazy("Reason"),
    "refunded_minor": gettext_lazy("Given back"),
    "region": gettext_lazy("Province or county"),
    "saved_at": gettext_lazy("Saved"),
    "seen_at": gettext_lazy("Last in use"),
    "shipped_at": gettext_lazy("Sent"),
    "shown_name": gettext_lazy("Name shown"),
    "sku": gettext_lazy("Code of the goods"),
    "source": gettext_lazy("How it was said"),
    "stars": gettext_lazy("Stars"),
    "started_at": gettext_lazy("Signed in since"),
    "state": gettext_lazy("State"),
    "struck_at": gettext_lazy("Struck out"),
    "subject": gettext_lazy("What you are called there"),
    "tax_minor": gettext_lazy("Tax"),
    "tax_number": gettext_lazy("Tax number"),
    "text": gettext_lazy("Wording"),
    "text_version": gettext_lazy("Version of the text"),
    "title": gettext_lazy("In one line"),
    "total_minor": gettext_lazy("Total"),
    "tracking_number": gettext_lazy("Tracking number"),
    "unit_minor": gettext_lazy("Price"),
    "units": gettext_lazy("Pieces"),
}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d1b18;background:#fbf9f4}"
    "h1,h2{font-family:serif}dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.2rem 1rem;margin:0}dt{color:#6b645a}"
    "dd{margin:0;overflow-wrap:anywhere;white-space:pre-line}article{border:1px solid #ddd6c8;padding:1rem;margin:0 0 1rem;background:#fff}"
    "@media(max-width:30rem){dl{grid-template-columns:1fr}}"
)


def response(made: DataCopy) -> HttpResponse:
    """Return the copy as an archive to keep; nobody between may keep it too."""
    answer = HttpResponse(archive(made), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="data-{made.customer_id}-{made.made_at:%Y%m%d}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer


def archive(made: DataCopy) -> bytes:
    """Return the archive: `data.json` for machines, `data.html` to read, in the person's language."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("data.json", json.dumps(_for_machines(made), ensure_ascii=False, indent=2, default=_moment))
        with override(made.language):
            box.writestr("data.html", page(made))
    return held.getvalue()


def _for_machines(made: DataCopy) -> dict[str, Any]:
    return {"made_at": made.made_at, "currency": made.currency, "customer": int(made.customer_id), **made.sections}


def _moment(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def page(made: DataCopy) -> str:
    """Return the copy as a page that needs nothing else, in the active language."""
    parts = [_section(str(title), made.sections.get(name, ()), made) for name, title in SECTIONS.items()]
    head = format_html(
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>{}</title><style>{}</style>',
        _("Your data"),
        mark_safe(_STYLE),  # noqa: S308 - our own constant
    )
    told = _("What this shop holds about you, as of %(moment)s.") % {"moment": _shown(made.made_at, "", made)}
    left = _(
        "Not in this copy: earlier wordings of your reviews and their photos, mails we sent, your searches, baskets you left, and what our "
        "figures are counted from. Ask us for them."
    )
    body = format_html_join("", "{}", ((each,) for each in parts))
    language = "zh-Hans" if made.language.startswith("zh") else "en"
    return format_html(
        '<!doctype html><html lang="{}"><head>{}</head><body><h1>{}</h1><p>{}</p><p>{}</p>{}</body></html>',
        language,
        head,
        _("Your data"),
        told,
        left,
        body,
    )


def _section(title: str, rows: Sequence[Mapping[str, Any]], made: DataCopy) -> SafeString:
    if not rows:
        return format_html("<h2>{}</h2><p>{}</p>", title, _("Nothing is held."))
    body = format_html_join("", "<article>{}</article>", ((_row(each, made),) for each in rows))
    return format_html("<h2>{}</h2>{}", title, body)


def _row(row: Mapping[str, Any], made: DataCopy) -> SafeString:
    pairs = ((str(LABELS.get(name, name)), _shown(value, name, made)) for name, value in row.items() if value not in (None, "", [], ()))
    return format_html("<dl>{}</dl>", format_html_join("", "<dt>{}</dt><dd>{}</dd>", pairs))


def _shown(value: Any, name: str, made: DataCopy) -> Any:
    if isinstance(value, Mapping):
        return _row(value, made)
    if isinstance(value, list | tuple):
        if value and isinstance(value[0], Mapping):
            return format_html_join("", "{}", ((_row(each, made),) for each in value))
        return ", ".join(str(each) for each in value)
    if isinstance(value, datetime):
        return f"{value.astimezone(ZoneInfo(made.zone)):%Y-%m-%d %H:%M}"
    if name.endswith("_minor"):
        return f"{money.to_decimal(value, made.currency)} {made.currency}"
    return str(value)
