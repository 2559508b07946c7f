"""The shop's pages as engines read them: the list, one page with what was found and where it is mended, and looking again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from shopkeeper.doors.console import frame
from shopkeeper.doors.console.commanding import missing
from shopkeeper.doors.wordings import found as words
from shopkeeper.flows import page_audit
from shopkeeper.kit import together
from shopkeeper.kit.console import Bar, Choice, Column, Command, Done, Fact, Pill, Tone, word
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.console_pages import BANDS, PAGES, SPOKEN, scored, with_finding
from shopkeeper.selling.content.shapes_pages import Finding, FixAt, Look, PageKind, PageRef, Severity

_TONES: dict[Severity, Tone] = {Severity.STOPS: "bad", Severity.GRAVE: "warn", Severity.MINOR: "quiet"}
_FIRST = 2


def spread() -> Sequence[Bar]:
    """Return how many pages lie in each band of scores, for the picture above the list."""
    counts = content.scores()
    return [
        Bar(
            label=band.replace("-", "–"),
            value=sum(counts[first // 10 : last // 10 + 1][: 10 - first // 10]),
            url=f"?score={band}",
            tone=tone,
        )
        for band, (first, last, tone) in BANDS.items()
    ]


def _found(row: Any) -> str:
    return ", ".join(word(words.CALLED, each["code"]) for each in row.findings[:_FIRST]) or pgettext("found on a page", "nothing")


def _more(row: Any) -> str | None:
    more = len(row.findings) - _FIRST
    return ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more} if more > 0 else None


_OWN = {
    "findings": Column(name="findings", label=PAGES.columns[3].label, value=_found, note=_more, kind="long"),
    "kind": Column(name="kind", label=PAGES.columns[4].label, value=lambda row: word(words.KINDS, row.kind), is_minor=True),
}
LISTING = PAGES.but(
    bars=spread,
    bars_of=gettext_lazy("Pages by score"),
    columns=tuple(_OWN.get(each.name, each) for each in PAGES.columns),
    filters=(
        *PAGES.filters,
        Choice(
            name="finding",
            label=PAGES.columns[3].label,
            choices=lambda: list(words.CALLED.items()),
            apply=with_finding,
        ),
        Choice(
            name="kind",
            label=gettext_lazy("Kind"),
            choices=lambda: list(words.KINDS.items()),
            apply=lambda rows, value: rows.filter(kind=value),
        ),
    ),
)


# ── one page ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_DESKS = {PageKind.PRODUCT: "products", PageKind.CATEGORY: "categories", PageKind.COLLECTION: "goods_collections"}
_FORMS = {FixAt.WORDS: ("engines", gettext_lazy("Words for engines")), FixAt.TEXT: ("edit", gettext_lazy("Change"))}
_ANYWHERE = {
    FixAt.WORDS: ("console_settings_change", gettext_lazy("Shop settings")),
    FixAt.TEXT: ("console_settings_change", gettext_lazy("Shop settings")),
    FixAt.SHOP: ("console_first_day", gettext_lazy("First day")),
    FixAt.OPERATOR: ("console_health", gettext_lazy("Health")),
}


def mended_at(page: PageRef, fix: FixAt) -> tuple[str, str]:
    """Return the address and the name of the form in which a finding is mended."""
    desk = _DESKS.get(page.kind)
    if desk and fix in _FORMS:
        verb, name = _FORMS[fix]
        return reverse(f"console_{desk}:{verb}", args=[page.subject]), str(name)
    if page.kind is PageKind.TEXT and fix in _FORMS:
        return reverse("console_texts:index"), _("Shop texts")
    if fix is FixAt.PICTURES:
        return _pictures(page)
    way, name = _ANYWHERE[fix]
    return reverse(way), str(name)


def _pictures(page: PageRef) -> tuple[str, str]:
    if page.kind is PageKind.PRODUCT:
        return reverse("console_products:pictures", args=[page.subject]), _("Pictures")
    if page.kind is PageKind.CATEGORY:
        return f"{reverse('console_products:index')}?category={page.subject}", _("Products on this shelf")
    return reverse("console_products:index"), _("Products")


def _line(look: Look, finding: Finding) -> tuple[words.Told, Pill, tuple[str, str] | None]:
    state = Pill(str(words.SEVERITIES[finding.severity.value]), _TONES[finding.severity])
    return words.told(finding), state, mended_at(look.page, finding.fix)


@frame.guarded("content.view")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how one page was found, what is wrong with it, and where that is mended."""
    try:
        (look,) = together.read(lambda: content.look(pk))
    except NotFound as refusal:
        return missing(request, refusal)
    looks, goods = together.read(lambda: content.looks(look.page), lambda: page_audit.goods_round(look.page))
    others = [each for each in looks if each.id != look.id]
    context = {
        "look": look,
        "called": look.title or look.address,
        "kind": word(words.KINDS, look.page.kind),
        "spoken": SPOKEN[look.language],
        "score": scored(look.score),
        "change": None if look.score_before is None else look.score - look.score_before,
        "findings": [_line(look, each) for each in look.findings],
        "others": [(each, SPOKEN[each.language], scored(each.score)) for each in others],
        "shown_title": content.cut_for_engines(look.title, is_title=True),
        "shown_description": content.cut_for_engines(look.description),
        "goods": goods,
        "is_under_way": goods is not None and goods.is_under_way(frame.now()),
        "may_look": frame.may(request, "content.look_at_pages"),
    }
    return TemplateResponse(request, "console/engine_page.html", context)


class LookAgain(Command):
    """One page that was looked at before, looked at again."""

    act = "content.look_at_pages"
    title = pgettext_lazy("at a page", "Look again")
    submit = pgettext_lazy("at a page", "Look now")
    caption = gettext_lazy("The page is read in both languages, as an engine would read it now.")

    def prepare(self) -> None:
        self.look = content.look(self.target_id or 0)

    def name(self) -> str:
        return self.look.title or self.look.address

    def facts(self) -> Sequence[Fact]:
        return [Fact(_("Score"), scored(self.look.score), "pill"), Fact(_("Looked at"), self.look.looked_at, "moment")]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = page_audit.look_again(self.look.page, actor=actor, now=now)
        scores = ", ".join(f"{SPOKEN[each.language]} {each.score}" for each in found)
        return Done(_("Looked at just now: %(scores)s.") % {"scores": scores})


class LookNow(Command):
    """A page, or a shelf with the goods on it, by its address."""

    act = "content.look_at_pages"
    title = gettext_lazy("Look at a page")
    submit = pgettext_lazy("at a page", "Look now")
    caption = gettext_lazy("Pages are read in both languages, as an engine would read them now.")
    address = forms.CharField(
        label=gettext_lazy("Address of the page"),
        max_length=400,
        help_text=gettext_lazy("As it stands in the browser when the page is open in the shop, in either language."),
    )
    with_goods = forms.BooleanField(
        label=gettext_lazy("The goods on it too"),
        required=False,
        help_text=gettext_lazy("Of a shelf or a collection: all goods on it, changed ones first, while you go on with your work."),
    )

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = page_audit.look_by_address(self.cleaned_data["address"], with_goods=self.cleaned_data["with_goods"], actor=actor, now=now)
        goods = page_audit.goods_round(found[0].page) if self.cleaned_data["with_goods"] else None
        said = _("Looked at the page; its score is %(score)d.") % {"score": min(each.score for each in found)}
        if goods and goods.of:
            more = ngettext("%(count)d page of goods follows.", "%(count)d pages of goods follow.", goods.of) % {"count": goods.of}
            said = f"{said} {more}"
        return Done(said, found[0].id)
