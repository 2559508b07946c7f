"""How staff see what is being worked on, throw drafts away, take plans back and return to earlier versions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.kit.console import Choice, Command, Done, Fact
from shopkeeper.kit.ids import ProductId, RevisionId, UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.draft_models import ProductDesk

STATES = {
    "in": gettext_lazy("In the shop"),
    "out": gettext_lazy("Not shown"),
    "draft": gettext_lazy("Has a draft"),
    "planned": gettext_lazy("Planned"),
    "failed": gettext_lazy("Did not go live"),
}


def _narrowed(rows: QuerySet[Any], state: str) -> QuerySet[Any]:
    if state in ("in", "out"):
        return rows.filter(is_published=state == "in")
    desks = {
        "draft": ProductDesk.objects.filter(has_unpublished_changes=True),
        "planned": ProductDesk.objects.filter(go_live_at__isnull=False) | ProductDesk.objects.filter(expire_at__isnull=False),
        "failed": ProductDesk.objects.filter(failed_at__isnull=False),
    }
    return rows.filter(pk__in=desks[state].values("product"))


STATE = Choice(name="state", label=gettext_lazy("State"), choices=lambda: list(STATES.items()), apply=_narrowed)


class OfProduct(Command):
    """What every act on a product's draft shares."""

    def prepare(self) -> None:
        self.work = catalog.working(ProductId(self.target_id or 0))
        self.product_id = self.work.desk.product_id

    def name(self) -> str:
        return self.work.live.name.pick(self.setting.language)


class DiscardDraft(OfProduct):
    """A draft thrown away."""

    act = "catalog.keep_draft"
    title = gettext_lazy("Throw the draft away")
    submit = gettext_lazy("Throw it away")
    caption = gettext_lazy("Shoppers see no difference. The draft stays among the versions, and can be taken up again from there.")
    is_grave = True

    def facts(self) -> Sequence[Fact]:
        """Return the plan that goes with the draft."""
        desk = self.work.desk
        is_planned = desk.due_id is not None and desk.due_id == desk.draft_id
        return [Fact(_("Planned, and taken back with it"), desk.go_live_at, "moment")] if is_planned else []

    def run(self, *, actor: UserId, now: datetime) -> Done:
        catalog.discard_draft(product_id=self.product_id, actor=actor, now=now)
        return Done(_("The draft of “%(name)s” is thrown away.") % {"name": self.name()}, self.product_id)


class Unschedule(OfProduct):
    """What was to happen by itself does not happen."""

    act = "catalog.publish_draft"
    title = gettext_lazy("Take the plan back")
    submit = gettext_lazy("Take it back")
    caption = gettext_lazy("Nothing happens by itself any more. The draft stays.")

    def facts(self) -> Sequence[Fact]:
        desk = self.work.desk
        moments = ((_("Goes live"), desk.go_live_at), (_("Goes off"), desk.expire_at))
        return [Fact(label, moment, "moment") for label, moment in moments if moment]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        catalog.unschedule_draft(product_id=self.product_id, actor=actor, now=now)
        return Done(_("Nothing is planned for “%(name)s” any more.") % {"name": self.name()}, self.product_id)


class DraftAgain(OfProduct):
    """An earlier version becomes the draft."""

    act = "catalog.keep_draft"
    title = gettext_lazy("Go back to an earlier version")
    submit = gettext_lazy("Make it the draft")
    caption = gettext_lazy(
        "It becomes the draft, in place of the one there is now, which stays among the versions. Shoppers see it once you let it go live. "
        "Prices, stock and pictures stay as they are."
    )

    version = forms.IntegerField(widget=forms.HiddenInput)

    def prepare(self) -> None:
        super().prepare()
        # Without one being named, what shoppers see now: a draft is begun anew from there.
        asked = str(self.data.get("version") or self.asked.get("version", "") or self.work.desk.live_id or "")
        if asked and not (asked.isascii() and asked.isdigit()):
            raise NotFound("revision", asked[:20])
        self.kept = catalog.version(self.product_id, RevisionId(int(asked))) if asked else None
        self.start(version=asked)

    def facts(self) -> Sequence[Fact]:
        if self.kept is None:
            return []
        return [Fact(_("Version of"), self.kept.at, "moment"), Fact(_("Name"), self.kept.version.name, "bilingual")]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        revision_id = RevisionId(self.cleaned_data["version"])
        catalog.draft_again(product_id=self.product_id, revision_id=revision_id, actor=actor, now=now)
        return Done(_("The earlier version of “%(name)s” is its draft now.") % {"name": self.name()}, self.product_id)
