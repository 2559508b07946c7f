"""A room's command as a page: its form, what is true now beside it, and refusals beside the field."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from shopkeeper.doors import refusals
from shopkeeper.doors.console import cells, frame, reading
from shopkeeper.kit import together
from shopkeeper.kit.console import Command
from shopkeeper.kit.refusals import NotFound, Refusal
from shopkeeper.ops.approvals.shapes import WaitingForApproval

LEVELS = {"good": messages.SUCCESS, "warn": messages.WARNING, "bad": messages.ERROR}


class CommandView(View):
    """One command. `list_url` and `list_title` lead back; `page_url` makes the address of the row's own page, where it has one.

    `ways` are other commands about the same row, by the name of their address.
    """

    command: type[Command] = Command
    list_url: Any = None
    list_title: Any = ""
    page_url: Any = None
    ways: Mapping[str, type[Command]] = {}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not frame.may(request, self.command.act):
            return frame.refused(request)
        self.setting = frame.setting()
        try:
            return super().dispatch(request, *args, **kwargs)
        except NotFound as refusal:
            return missing(request, refusal)

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        # Forms ask for the same lists more than once: read together, each is fetched once.
        page, *_also = together.read(
            lambda: self.shown(self.command(target_id=pk, setting=self.setting, asked=request.GET.dict()), pk), *self.besides()
        )
        return page  # type: ignore[no-any-return]

    def besides(self) -> tuple[together.Question, ...]:
        """Return what the page around the form will ask, so that it travels with the form's first question."""
        return ()

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        form = self.command(request.POST, request.FILES, target_id=pk, setting=self.setting, asked=request.GET.dict())
        if not form.is_valid():
            return self.shown(form, pk, status=422)
        try:
            form.reader = reader = frame.reader(request)
            if not form.is_seen():
                return self.shown(form, pk)
            done = form.run(actor=reader, now=frame.now())
        except WaitingForApproval as waits:
            # Not a mistake: what was asked stands, and somebody else decides.
            told = _("It is not done yet: it waits for a second person, under “Second person”, until %(moment)s.")
            until = reading.moment(waits.approval.expires_at, self.setting.zone)
            messages.warning(request, " ".join([*form.why_it_waits(waits.approval.values), told % {"moment": until}]))
            return redirect(frame.way_back(request, self.after(pk)))
        except Refusal as refusal:
            put_beside(form, refusal)
            return self.shown(form, pk, status=422)
        messages.add_message(request, LEVELS[done.tone], done.sentence)
        return redirect(frame.way_back(request, done.url or self.after(done.target_id if done.target_id is not None else pk)))

    def after(self, pk: int | None) -> str:
        """Return where the reader goes when it is done: the row's own page if it has one, else the list."""
        return str(self.page_url(pk)) if self.page_url and pk is not None else str(self.list_url())

    def shown(self, form: Command, pk: int | None, status: int = 200) -> HttpResponse:
        name = form.name()
        context = {
            "form": form,
            "name": name,
            "groups": grouped(form),
            "facts": [(fact.label, cells.draw(fact.value, fact.kind, self.setting)) for fact in form.facts()],
            "back": frame.way_back(self.request, self.after(pk)),
            # Only where somebody is wanted back: without it, what was just made is shown on its own page.
            "next": frame.way_back(self.request, ""),
            "crumbs": self.crumbs(name, pk),
            "ways": [
                (reverse(way, args=[pk]), each.title)
                for way, each in self.ways.items()
                if pk is not None and frame.may(self.request, each.act)
            ],
            "wrong": list(form.non_field_errors()),
        }
        return TemplateResponse(self.request, getattr(form, "template", "console/command.html"), context, status=status)

    def crumbs(self, name: str, pk: int | None) -> list[tuple[str, str]]:
        found = [(str(self.list_url()), str(self.list_title))]
        if self.page_url and pk is not None and name:
            found.append((str(self.page_url(pk)), name))
        return found


def grouped(form: Command) -> list[tuple[str, list[BoundField]]]:
    """Return the form's visible fields under their headings; what no group names comes first."""
    named = {name for _title, names in form.groups for name in names}
    loose = [each for each in form.visible_fields() if each.name not in named]
    shown = {each.name: each for each in form.visible_fields()}
    return [("", loose)] * bool(loose) + [(str(title), [shown[name] for name in names if name in shown]) for title, names in form.groups]


def put_beside(form: Command, refusal: Refusal) -> None:
    """Say a refusal beside the field it is about, or above the form."""
    form.add_error(form.field_of(refusal.field), form.explain(refusal) or str(refusals.explain(refusal)))


def missing(request: HttpRequest, refusal: NotFound) -> HttpResponse:
    """Return the designed page for something that is not there."""
    context = {"kind": refusal.kind, "value": refusal.value, "problem": _("There is nothing here.")}
    return TemplateResponse(request, "console/missing.html", context, status=404)
