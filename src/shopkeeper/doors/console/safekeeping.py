"""Backups: what there is, how old, proven when, and taking one now."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache

from shopkeeper.doors.console import frame
from shopkeeper.doors.console.commanding import CommandView
from shopkeeper.flows import back_up
from shopkeeper.kit.console import Command, Done, Fact
from shopkeeper.kit.ids import UserId
from shopkeeper.ops.backup.shapes import Kept

WORRIES = {
    "none": gettext_lazy("There is no backup of this shop. Take one now."),
    "wrong": gettext_lazy("The newest backup that was tried was restored and found NOT right. Look what is wrong with it under Backups."),
    "unproven": gettext_lazy("No backup was ever restored and found right. The nightly job does both; look into its log."),
    "old": gettext_lazy(
        "The newest backup that was restored and found right is older than a day and a half. Look why the nightly job failed."
    ),
}


def worry(request: HttpRequest, now: datetime) -> str:
    """Return what to worry about, in the reader's language, for those who may see backups; empty where all is well."""
    if not frame.may(request, "backup.view"):
        return ""
    found = back_up.safety(now).worry
    return str(WORRIES[found]) if found else ""


@never_cache
@frame.guarded("backup.view")
def page(request: HttpRequest) -> HttpResponse:
    """Show every backup in the shop's backup folder, and how safe that is."""
    now = frame.now()
    found = back_up.safety(now)
    context = {
        "folder": found.folder,
        "worry": WORRIES.get(found.worry, ""),
        "is_same_disk": found.is_same_disk,
        "gaps": found.shelf.gaps,
        "log_until": found.shelf.log_until,
        "unfinished": found.shelf.unfinished,
        "rows": [_row(kept, now) for kept in found.shelf.backups],
        "may_take": frame.may(request, "backup.take"),
    }
    return TemplateResponse(request, "console/backups.html", context)


def _row(kept: Kept, now: datetime) -> dict[str, Any]:
    proof = kept.proof
    return {
        "kept": kept,
        "age": _age(now - kept.point.at),
        "size": filesizeformat(kept.size),
        "tree_size": filesizeformat(kept.tree_size),
        "took": _("%.1f s") % kept.seconds,
        "proof": proof,
        "proof_took": _("%.1f s") % proof.seconds if proof else "",
        "problem": proof.problems[0] if proof and proof.problems else "",
    }


def _age(past: Any) -> str:
    hours = max(0, int(past.total_seconds() // 3600))
    if hours < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d day", "%(n)d days", hours // 24) % {"n": hours // 24}


class BackUpNow(Command):
    """The nightly job, now: a backup, restored beside the shop and audited."""

    act = "backup.take"
    title = gettext_lazy("Back up now")
    submit = gettext_lazy("Back up now")
    caption = gettext_lazy(
        "The shop goes on meanwhile. The backup is then restored beside the shop, its books are audited, and that copy is removed; "
        "it takes some minutes. The outcome shows in the list."
    )

    def facts(self) -> list[Fact]:
        found = back_up.safety(frame.now())
        newest = found.shelf.newest
        return [Fact(_("Backup folder"), str(found.folder)), Fact(_("Newest backup"), newest.point.at if newest else None, "moment")]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        back_up.ask(actor=actor, now=now)
        return Done(_("The backup is under way; it shows in the list once it is whole."))


def _list_url() -> str:
    return reverse("console_backups")


take = CommandView.as_view(command=BackUpNow, list_url=_list_url, list_title=gettext_lazy("Backups"))
