"""A product's draft on its way: kept beside the form, looked at against what is live, let go live now or at a moment; and its versions."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shopkeeper.doors import refusals
from shopkeeper.doors.console import frame, reading
from shopkeeper.doors.console.commanding import missing
from shopkeeper.doors.console.differences import Change, changes, seen_now
from shopkeeper.flows import drafts
from shopkeeper.flows.draft_links import link
from shopkeeper.flows.drafts import ACT
from shopkeeper.kit import together
from shopkeeper.kit.console import Command, Done, Fact, Pill, SeenField
from shopkeeper.kit.ids import ProductId, RevisionId, UserId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import NotFound, Refusal
from shopkeeper.kit.time import moment_at
from shopkeeper.ops.access import public as access
from shopkeeper.ops.approvals.shapes import Approval
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.console import NOTHING_YET
from shopkeeper.selling.catalog.console import SaveProduct as SaveProductHere
from shopkeeper.selling.catalog.console_drafts import OfProduct
from shopkeeper.selling.catalog.console_traits import Describe as DescribeHere
from shopkeeper.selling.catalog.shapes import SkuTaken, SlugTaken
from shopkeeper.selling.catalog.shapes_drafts import Desk, DraftMoved, Failure, Kept, NoDraft, ProductMoved, Version, Working

KEEP = "keep_draft"
SHOWN = 25

STEPS: Mapping[str, tuple[Any, str]] = {
    "kept": (pgettext_lazy("a version", "Kept as draft"), "quiet"),
    "live": (pgettext_lazy("a version", "Saved in the shop"), "good"),
    "published": (pgettext_lazy("a version", "Went live"), "good"),
    "scheduled": (pgettext_lazy("a version", "Planned"), "info"),
    "unscheduled": (pgettext_lazy("a version", "Plan taken back"), "quiet"),
    "failed": (pgettext_lazy("a version", "Did not go live"), "bad"),
    "discarded": (pgettext_lazy("a version", "Thrown away"), "quiet"),
}


# ── beside the forms of a product ─────────────────────────────────────────────────────────────────────────────────────


class BeganField(forms.CharField):
    """Which draft stood in the form when it was shown, so that nobody's work is written over unseen."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=20, widget=forms.HiddenInput)


class OnADraft(Command):
    """What the forms that go on with a draft share: they take back nothing unseen that changed in the shop since they were shown."""

    template = "console/draft_form.html"

    work: Any

    began = BeganField()
    seen = SeenField()

    def begin(self) -> None:
        """Say from where the form starts, and begin the comparison with nothing."""
        self.changes: list[Change] | None = None
        self.mark = self.work.mark if self.work else ""
        # A form that is shown again for another reason still begins where it began.
        self.fields["seen"].show(str(self.data.get("seen") or self.mark))  # type: ignore[attr-defined]
        self.start(began=str((self.work.desk.draft_id or 0) if self.work else 0))

    def is_kept(self) -> bool:
        """Return whether the form was sent to be kept as a draft."""
        return KEEP in self.data

    def is_seen(self) -> bool:
        if self.is_kept() or self.work is None or not self.work.desk.draft_id or self.cleaned_data["seen"] in ("", self.mark):
            return True
        self.fields["seen"].show(self.mark)  # type: ignore[attr-defined]
        self.changes = changes(seen_now(self.work), self.said())
        self.add_error(None, _("The product changed in the shop meanwhile. Look at what shoppers would see otherwise, then send it again."))
        return False

    def said(self) -> Version:
        """Return all that the form says."""
        raise NotImplementedError


def _began(text: str) -> RevisionId | None:
    return RevisionId(int(text)) if text.isascii() and text.isdigit() else None


def who(person: UserId | None) -> str:
    """Return who did it; nobody is the shop itself."""
    known = access.people([person]).get(person) if person else None
    return (known.name or known.email) if known else _("the shop itself")


def _drafting(work: Working, setting: Any) -> str:
    desk = work.desk
    assert desk.draft_at is not None
    values = {"who": who(desk.draft_by), "when": reading.moment(desk.draft_at, setting.zone)}
    return _("You are changing the draft of %(who)s, kept %(when)s. Shoppers still see what was there before.") % values


def _ask_words() -> str:
    """Return what stands on the button of a draft where a second person is asked first; nothing where it goes live at once."""
    return _("Ask a second person") if catalog.products_need_two() else ""


class SaveProduct(SaveProductHere, OnADraft):
    """The form of a product: into the shop at once, or kept as a draft. Where there is a draft, the form goes on with it."""

    submit: Any = SaveProductHere.submit
    caption: Any = SaveProductHere.caption

    def prepare(self) -> None:
        super().prepare()
        self.also_submits = ((KEEP, _("Keep as draft")),)
        self.begin()
        if self.work and self.work.desk.draft_id:
            self.submit = _ask_words() or _("Let it go live")
            self.caption = _drafting(self.work, self.setting)
            # A draft that goes live is shown.
            del self.fields["is_published"]

    def _refuse_moved(self) -> RevisionId | None:
        """Return which draft whoever writes had before them. Raises DraftMoved where another was kept since."""
        began = _began(self.cleaned_data["began"])
        if self.work and began is not None and began != (self.work.desk.draft_id or 0):
            raise DraftMoved(self.work.desk.product_id)
        return began

    def run(self, *, actor: UserId, now: datetime) -> Done:
        began, said = self._refuse_moved(), self.said()
        called = said.name.pick(self.setting.language)
        if self.is_kept():
            return Done(_("The draft of “%(name)s” is kept. Shoppers see nothing of it yet.") % {"name": called}, self._keep(actor, now))
        if self.work is None:
            return self._make(actor, now)
        product_id = self.work.desk.product_id
        if self.work.desk.draft_id:
            drafts.keep_and_publish(product_id=product_id, version=said, began_with=began, actor=actor, now=now, seen=self.mark)
            return Done(_("“%(name)s” went live.") % {"name": called}, product_id)
        shown = self.cleaned_data["is_published"]
        drafts.save_or_ask(
            product_id=product_id, save=lambda: self.save(is_published=shown, actor=actor, now=now), version=said, actor=actor, now=now
        )
        return Done(_("“%(name)s” is saved.") % {"name": called}, product_id)

    def _keep(self, actor: UserId, now: datetime) -> ProductId:
        if self.work is None:
            return drafts.keep_new(save=lambda: self.save(is_published=False, actor=actor, now=now).id, actor=actor, now=now)
        product_id = self.work.desk.product_id
        catalog.keep_draft(product_id=product_id, version=self.said(), actor=actor, now=now, began_with=_began(self.cleaned_data["began"]))
        return product_id

    def _make(self, actor: UserId, now: datetime) -> Done:
        shown = self.cleaned_data["is_published"]
        made = drafts.make_or_ask(
            save=lambda is_published: self.save(is_published=is_published, actor=actor, now=now).id, shown=shown, actor=actor, now=now
        )
        return Done(_("“%(name)s” is saved.") % {"name": self.said().name.pick(self.setting.language)}, made)


class DraftProduct(SaveProduct):
    """The same form for whoever may prepare changes and not put them before shoppers."""

    act: ClassVar[str] = "catalog.keep_draft"
    submit: Any = gettext_lazy("Keep as draft")

    def prepare(self) -> None:
        super().prepare()
        self.also_submits = ()
        self.submit = _("Keep as draft")
        self.fields.pop("is_published", None)

    def is_kept(self) -> bool:
        return True


class Describe(DescribeHere, OnADraft):
    """Brand and attributes: into the shop at once, or into the draft. Where there is a draft, the form goes on with it."""

    submit: Any = DescribeHere.submit
    caption: Any = DescribeHere.caption

    def prepare(self) -> None:
        super().prepare()
        self.also_submits = ((KEEP, _("Keep as draft")),)
        self.begin()
        if self.work.desk.draft_id:
            self.submit = _ask_words() or _("Let it go live")
            self.caption = _drafting(self.work, self.setting)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        product_id, said, began = self.work.desk.product_id, self.said(), _began(self.cleaned_data["began"])
        if began is not None and began != (self.work.desk.draft_id or 0):
            raise DraftMoved(product_id)
        if KEEP in self.data:
            catalog.keep_draft(product_id=product_id, version=said, actor=actor, now=now, began_with=began)
            return Done(_("The draft of “%(name)s” is kept. Shoppers see nothing of it yet.") % {"name": self.name()}, product_id)
        if self.work.desk.draft_id:
            drafts.keep_and_publish(product_id=product_id, version=said, began_with=began, actor=actor, now=now, seen=self.mark)
            return Done(_("“%(name)s” went live.") % {"name": self.name()}, product_id)
        drafts.save_or_ask(product_id=product_id, save=lambda: self.save(actor=actor, now=now), version=said, actor=actor, now=now)
        return Done(_("“%(name)s” is described.") % {"name": self.name()}, product_id)


# ── going live ────────────────────────────────────────────────────────────────────────────────────────────────────────


class GoLive(OfProduct):
    """A draft against what is live, and the word that lets shoppers see it."""

    act: ClassVar[str] = ACT
    template = "console/draft_go_live.html"
    title = gettext_lazy("Let the draft go live")
    submit: Any = gettext_lazy("Let it go live now")
    caption: Any = gettext_lazy(
        "Shoppers see at once what stands here. Prices, stock and pictures are not part of a draft and stay as they are."
    )

    seen = SeenField()

    def prepare(self) -> None:
        super().prepare()
        desk = self.work.desk
        self.changes = changes(seen_now(self.work), self.work.version)
        self.mark = f"{desk.draft_id}.{self.work.mark}"
        self.fields["seen"].show(self.mark)  # type: ignore[attr-defined]
        if catalog.products_need_two():
            self.submit = _ask_words()
            self.caption = _("In this shop a second person looks at it first: they are asked, and it goes live when they approve.")

    def facts(self) -> Sequence[Fact]:
        desk = self.work.desk
        if desk.draft_id is None:
            return [Fact(_("Draft"), _("there is none"))]
        found = [Fact(_("Draft of"), who(desk.draft_by)), Fact(_("Kept on"), desk.draft_at, "moment")]
        return [*found, Fact(_("Goes live"), desk.go_live_at, "moment")] if desk.go_live_at else found

    def is_seen(self) -> bool:
        # Where the draft or the product changed since the page was shown, it is shown again with what is different now.
        return bool(self.cleaned_data["seen"] == self.mark)

    def _draft(self) -> RevisionId:
        found = self.work.desk.draft_id
        if found is None:
            raise NoDraft(self.product_id)
        return found

    def run(self, *, actor: UserId, now: datetime) -> Done:
        drafts.publish(product_id=self.product_id, revision_id=self._draft(), seen=self.work.mark, actor=actor, now=now)
        return Done(_("“%(name)s” went live.") % {"name": self.work.version.name.pick(self.setting.language)}, self.product_id)


def _moment_field(label: Any, help_text: Any = "") -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )


class Plan(OfProduct):
    """When a draft goes live, and when the product goes off."""

    act: ClassVar[str] = ACT
    template = "console/draft_go_live.html"
    title = gettext_lazy("Plan")
    submit = gettext_lazy("Plan it")
    caption = gettext_lazy(
        "By the clocks of the shop. Where clocks are put back and an hour comes twice, its first time counts. "
        "If the product is changed before, the draft does not go live by itself: the first page says so then."
    )

    go_live_at = _moment_field(gettext_lazy("The draft goes live"))
    expire_at = _moment_field(gettext_lazy("The product goes off"), gettext_lazy("Left empty, it stays in the shop."))

    def prepare(self) -> None:
        super().prepare()
        desk, zone = self.work.desk, ZoneInfo(self.setting.zone)
        self.changes = changes(seen_now(self.work), self.work.version)
        if desk.draft_id is None:
            del self.fields["go_live_at"]
        for name, moment in (("go_live_at", desk.go_live_at), ("expire_at", desk.expire_at)):
            if name in self.fields and moment:
                self.start(**{name: moment.astimezone(zone).replace(tzinfo=None)})

    def facts(self) -> Sequence[Fact]:
        return [Fact(_("Time zone of the shop"), self.setting.zone), Fact(_("Now"), frame.began(), "moment")]

    def clean_go_live_at(self) -> datetime | None:
        return self._moment("go_live_at")

    def clean_expire_at(self) -> datetime | None:
        return self._moment("expire_at")

    def _moment(self, name: str) -> datetime | None:
        said: datetime | None = self.cleaned_data[name]
        if said is None:
            return None
        moment = moment_at(said.replace(tzinfo=None), self.setting.zone)
        if moment is None:
            raise forms.ValidationError(
                _("“%(value)s” does not exist: clocks are put forward over it. Take a time an hour later."),
                params={"value": said.strftime("%Y-%m-%d %H:%M")},
            )
        return moment

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not found.get("go_live_at") and not found.get("expire_at"):
            raise forms.ValidationError(_("No moment is given: say when the draft goes live, when the product goes off, or both."))
        return found

    def run(self, *, actor: UserId, now: datetime) -> Done:
        go_live_at = self.cleaned_data.get("go_live_at")
        drafts.schedule(
            product_id=self.product_id,
            revision_id=self.work.desk.draft_id if go_live_at else None,
            go_live_at=go_live_at,
            expire_at=self.cleaned_data["expire_at"],
            seen=None,
            actor=actor,
            now=now,
        )
        return Done(_("It is planned for “%(name)s”.") % {"name": self.name()}, self.product_id)


# ── what a product's page says ────────────────────────────────────────────────────────────────────────────────────────


def beside(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    """Return what a product's page says of its draft, its plan and what failed."""
    return {
        "desk": desk,
        "drafted_by": who(desk.draft_by) if desk.draft_id else "",
        "failed_because": failed_because(desk) if desk.failure else "",
        "may_draft": frame.may(request, "catalog.keep_draft"),
        "may_go_live": frame.may(request, ACT),
    }


def failed_because(desk: Desk) -> str:
    """Return why what was due did not happen, and what to do, in the reader's words."""
    assert desk.failure is not None
    refusal = _refusal(desk.failure, desk.product_id)
    if refusal is not None:
        return str(refusals.explain(refusal))
    told = _("It was refused: %(code)s %(value)s. Change the draft, then let it go live or plan it anew.")
    return told % {"code": desk.failure.code.replace("_", " "), "value": desk.failure.value}


def _refusal(failure: Failure, product_id: ProductId) -> Refusal | None:
    known: Mapping[str, Callable[[], Refusal]] = {
        SkuTaken.code: lambda: SkuTaken(failure.value),
        SlugTaken.code: lambda: SlugTaken(failure.value),
        ProductMoved.code: lambda: ProductMoved(product_id),
        NotFound.code: lambda: NotFound(failure.field, failure.value),
    }
    return known[failure.code]() if failure.code in known else None


def mark_in_list(desk: Desk | None, people: Mapping[UserId, Any]) -> str | None:
    """Return what a list says of a product that is worked on, None where nobody works on it."""
    if desk is None or not desk.has_news:
        return None
    if desk.failure:
        return _("did not go live")
    if desk.draft_id:
        person = people.get(desk.draft_by) if desk.draft_by else None
        return _("draft by %(who)s") % {"who": (person.name or person.email) if person else _("the shop itself")}
    return _("planned")


def told(values: Mapping[str, Any]) -> list[Fact]:
    """Return what would go live, or went, for the page of what waits for a second person."""
    product_id = ProductId(values["product_id"])
    found = [Fact(_("Product"), catalog.product_by_id(product_id).name, "bilingual")]
    if not values.get("is_shown", True):
        found.append(Fact(_("When it was asked"), _("not in the shop")))
    if values.get("parts"):
        found.append(Fact(_("What is in the bundle"), " · ".join(values["parts"])))
    kept = catalog.version(product_id, RevisionId(values["revision_id"]))
    found += [Fact(_("Draft of"), who(kept.by)), Fact(_("Kept on"), kept.at, "moment")]
    for label, name in ((_("Goes live"), "go_live_at"), (_("Goes off"), "expire_at")):
        if values[name]:
            found.append(Fact(label, datetime.fromisoformat(values[name]), "moment"))
    return found


def asked_changes(found: Approval) -> list[Change]:
    """Return what a draft that waits for a second person, or waited, says otherwise than shoppers saw when it was asked.

    What is said of a product that was not shown is no news to whoever wrote it, and all of it to shoppers.
    """
    product_id = ProductId(int(str(found.values["product_id"])))
    asked = catalog.version(product_id, RevisionId(int(str(found.values["revision_id"]))))
    if not found.values.get("is_shown", True):
        return changes(NOTHING_YET, asked.version)
    known = catalog.versions(product_id, size=100)
    before = next((each.version for each in known if catalog.version_mark(each.version) == found.values["live"]), None)
    return changes(before or catalog.working(product_id).live, asked.version)


# ── versions ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@frame.guarded("catalog.view")
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Show every version of a product, who made it and what happened to it, and what any two say differently."""
    product_id, number = ProductId(pk), max(_number(request.GET.get("p", "")), 1)
    chosen = [RevisionId(each) for name in ("a", "b") if (each := _number(request.GET.get(name, "")))]
    found: tuple[Working, Page[Kept], dict[RevisionId, Kept]]
    try:
        found = together.read(
            lambda: catalog.working(product_id),
            lambda: catalog.versions(product_id, number=number, size=SHOWN),
            lambda: catalog.versions_by_id(product_id, chosen),
        )
    except NotFound as refusal:
        return missing(request, refusal)
    work, page, picked = found
    people = access.people({step.by for kept in (*page.items, *picked.values()) for step in kept.steps if step.by})
    older, newer = _two(chosen, picked, page)
    context = {
        "product_id": product_id,
        "name": work.live.name,
        "rows": [_row(each, work.desk, people) for each in page.items],
        "page": page,
        "older": older,
        "newer": newer,
        "changes": changes(older.version, newer.version) if older and newer else None,
        "may_draft": frame.may(request, "catalog.keep_draft"),
    }
    return TemplateResponse(request, "console/draft_history.html", context)


def _two(chosen: Sequence[RevisionId], picked: Mapping[RevisionId, Kept], page: Page[Kept]) -> tuple[Kept | None, Kept | None]:
    """Return the two versions to compare, the older first: those that were chosen, else the last two."""
    two = [picked[each] for each in dict.fromkeys(chosen) if each in picked]
    if not chosen and page.number == 1:
        two = list(page.items[:2])
    two.sort(key=lambda each: each.id)
    return (two[0], two[1]) if len(two) == 2 else (None, None)


def _row(kept: Kept, desk: Desk, people: Mapping[UserId, Any]) -> dict[str, Any]:
    state = None
    if kept.id == desk.live_id:
        state = Pill(_("In the shop"), "good")
    if kept.id == desk.draft_id:
        state = Pill(_("Draft"), "info")
    steps = []
    for each in kept.steps:
        person = people.get(each.by) if each.by else None
        called, tone = STEPS[each.step.value]
        # Nobody's first version is what stood there when the history began.
        by = (person.name or person.email) if person else _("the shop itself")
        steps.append((str(called), tone, by, each.at))
    return {"kept": kept, "state": state, "steps": steps}


@frame.guarded("catalog.view")
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to a draft as shoppers would see it, by a link that is good for a short while."""
    try:
        desk = catalog.working(ProductId(pk)).desk
        wanted = RevisionId(_number(request.GET.get("version", "")) or desk.draft_id or desk.live_id or 0)
        catalog.version(ProductId(pk), wanted)
    except NotFound as refusal:
        return missing(request, refusal)
    answer = redirect(reverse("storefront:preview", args=[link(ProductId(pk), wanted, frame.reader(request))]))
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
