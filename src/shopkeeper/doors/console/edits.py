"""One change of many products: how far it is, what became of them, and what staff do with it: stop it, take it back."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.cache import never_cache

from shopkeeper.doors.console import frame
from shopkeeper.doors.console.commanding import missing
from shopkeeper.flows import change_many
from shopkeeper.kit import together
from shopkeeper.kit.console import Command, Done, Fact, pill, word
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.access import public as access
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.console_bulk import EDITS_CALLED, RUNS
from shopkeeper.selling.catalog.shapes_collections import UNDER_WAY, EditRun, RowState, RunState

ROWS = (
    (RowState.DONE, pgettext_lazy("products of a change", "Changed")),
    (RowState.SAME, gettext_lazy("Are so already")),
    (RowState.WAITS, gettext_lazy("Wait for a second person")),
    (RowState.REFUSED, pgettext_lazy("products of a change", "Refused")),
    (RowState.DUE, pgettext_lazy("products of a change", "Not reached")),
    (RowState.BACK, pgettext_lazy("products of a change", "Set back")),
    (RowState.LEFT, pgettext_lazy("products of a change", "Left as they are")),
)
WHY = {
    "waiting_for_approval": gettext_lazy("A second person is asked, under “Second person”"),
    "second_person_needed": gettext_lazy("Changes to products need a second person here: make a draft of it"),
    "price_moved": gettext_lazy("Somebody set another price meanwhile"),
    "out_of_range": gettext_lazy("The price would be nothing, or more than a price can be"),
    "not_found": gettext_lazy("It is not there any more"),
    "not_allowed": gettext_lazy("Whoever began it may no longer do so"),
    "filled_by_rule": gettext_lazy("The collection is filled by its rule now"),
    "collection_is_full": gettext_lazy("The collection is full"),
}
"""Why products, or some of their prices, were left, by the refusal's code."""


@never_cache
@frame.guarded("catalog.view")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one change of many: how far it is while it is under way, and what became of its products."""
    try:
        run, counts, refused = together.read(lambda: catalog.edit_run(pk), lambda: catalog.run_counts(pk), lambda: catalog.run_refusals(pk))
    except NotFound as gone:
        return missing(request, gone)
    wanted = {each for each in (run.actor, run.undone_by) if each is not None}
    people = access.people(wanted) if wanted else {}
    context = {
        "run": run,
        "called": word(EDITS_CALLED, run.edit.kind.value),
        "state": pill(RUNS, run.state.value),
        "is_under_way": run.state in UNDER_WAY,
        "whole": _whole(run),
        "rows": [(label, counts[state.value]) for state, label in ROWS if counts.get(state.value)],
        "refused": [(WHY.get(code, code), number) for code, number in refused.items()],
        "who": _person(people, run.actor),
        "undone_by": _person(people, run.undone_by) if run.undone_by else "",
        "may_stop": run.state is RunState.RUNNING and frame.may(request, Stop.act),
        "may_undo": run.state in (RunState.DONE, RunState.STOPPED) and frame.may(request, TakeBack.act),
    }
    return TemplateResponse(request, "console/edit.html", context)


def _whole(run: EditRun) -> int:
    """Return how many products the work under way goes through."""
    return max(run.changed if run.state is RunState.UNDOING else run.wanted, 1)


def _person(people: Any, user_id: UserId | None) -> str:
    found = people.get(user_id) if user_id is not None else None
    return str(found.name or found.email) if found else _("the command line")


class OfEdit(Command):
    """What is done with one change of many."""

    def prepare(self) -> None:
        self.run_of = catalog.edit_run(self.target_id or 0)

    def name(self) -> str:
        return word(EDITS_CALLED, self.run_of.edit.kind.value)

    def facts(self) -> list[Fact]:
        run = self.run_of
        found: list[tuple[str, Any, Any]] = [
            (_("What was done"), self.name(), "text"), (_("Products"), run.changed, "number"), (_("Reason"), run.reason, "long"),
            (_("When"), run.at, "moment"),
        ]  # fmt: skip
        if run.undone_at:
            found += [(_("Taken back"), run.undone_at, "moment"), (_("Set back"), run.set_back, "number")]
        return [Fact(*each) for each in found]


class Stop(OfEdit):
    """A change under way is stopped; what it has done stays."""

    act = "catalog.edit_products"
    title = gettext_lazy("Stop")
    submit = gettext_lazy("Stop it")
    is_grave = True
    caption = gettext_lazy("What is changed already stays so, and can be taken back within a day. The other products stay as they are.")

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = change_many.stop(edit_id=self.run_of.id, actor=actor, now=now)
        if found.state is not RunState.STOPPED:
            return Done(_("It was through already."), found.id, tone="warn")
        told = ngettext("Stopped: %(n)d product is changed.", "Stopped: %(n)d products are changed.", found.changed)
        return Done(told % {"n": found.changed}, found.id)


class TakeBack(OfEdit):
    """The last edit of many products set back, where nobody changed them since."""

    act = "catalog.undo_edit"
    title = gettext_lazy("Take back")
    submit = gettext_lazy("Take it back")
    caption = gettext_lazy("Each product says again what it said before. What somebody changed since stays as it is.")

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = change_many.undo(edit_id=self.run_of.id, actor=actor, now=now)
        if found.state in UNDER_WAY:
            return Done(_("It is being taken back; this page shows how far it is."), found.id)
        told = ngettext("%(n)d product is as it was before.", "%(n)d products are as they were before.", found.set_back)
        words, left = [told % {"n": found.set_back}], found.changed - found.set_back
        if left:
            words.append(ngettext("%(n)d stays; its page says why.", "%(n)d stay; the page of the change says why.", left) % {"n": left})
        return Done(" ".join(words), found.id, tone="warn" if left else "good")
