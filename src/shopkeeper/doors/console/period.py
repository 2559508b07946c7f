"""Which days the first page shows: a word from the row of chips, or two days typed in."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.insight.metrics import public as metrics
from shopkeeper.insight.metrics.shapes import Grain, Period
from shopkeeper.kit.console import DayField

LONGEST = 3_660
CHIPS = (
    ("today", gettext_lazy("Today")),
    ("yesterday", gettext_lazy("Yesterday")),
    ("7", gettext_lazy("7 days")),
    ("28", gettext_lazy("28 days")),
    ("month", gettext_lazy("This month")),
)


class DaysForm(forms.Form):
    """Two days, both included."""

    first = DayField(label=gettext_lazy("From"))
    last = DayField(label=gettext_lazy("To"))

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first, last = found.get("first"), found.get("last")
        if first and last and first > last:
            words = _("The last day, %(last)s, lies before the first, %(first)s: swap them.") % {"last": last, "first": first}
            self.add_error("last", words)
        elif first and last and (last - first).days >= LONGEST:
            self.add_error("last", _("That is more than ten years: choose fewer days."))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The period to show, the chip it belongs to, and the form with what was typed."""

    period: Period
    chip: str
    form: DaysForm

    @property
    def is_wrong(self) -> bool:
        return bool(self.form.is_bound and self.form.errors)

    @property
    def grain(self) -> Grain:
        """Return the steps of the trend: hours of a day, days of a quarter, weeks of two years, else months."""
        days = self.period.days
        return Grain.HOUR if days == 1 else Grain.DAY if days <= 92 else Grain.WEEK if days <= 730 else Grain.MONTH


def choose(asked: QueryDict, *, zone: str, now: datetime) -> Chosen:
    """Return the period asked for; days that cannot be are refused beside the field, and today is shown meanwhile."""
    today = now.astimezone(ZoneInfo(zone)).date()
    so_far = metrics.today(now=now)
    chip = asked.get("period", "today")
    if "first" in asked or "last" in asked:
        form = DaysForm(asked, label_suffix="")
        if form.is_valid():
            first, last = form.cleaned_data["first"], form.cleaned_data["last"]
            return Chosen(period=_until(first, last, today, so_far), chip="custom", form=form)
        return Chosen(period=so_far, chip="custom", form=form)
    first, last = _named(chip, today)
    form = DaysForm(initial={"first": first, "last": last}, label_suffix="")
    return Chosen(period=_until(first, last, today, so_far), chip=chip if chip in dict(CHIPS) else "today", form=form)


def _named(chip: str, today: date) -> tuple[date, date]:
    match chip:
        case "yesterday":
            return today - timedelta(days=1), today - timedelta(days=1)
        case "7" | "28":
            return today - timedelta(days=int(chip) - 1), today
        case "month":
            return today.replace(day=1), today
        case _:
            return today, today


def _until(first: date, last: date, today: date, so_far: Period) -> Period:
    """Return the period; one that ends today is cut at this time of day, and so are those it is compared with."""
    return Period(first, last, so_far.until) if last == today else Period(first, last)
