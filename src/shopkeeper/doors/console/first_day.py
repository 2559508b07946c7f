"""The first day: every step in order, each as the shop stands, the one that is next open with its form."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.doors.console import cells, frame
from shopkeeper.doors.console import first_day_words as words
from shopkeeper.doors.console.commanding import CommandView
from shopkeeper.doors.console.first_day_forms import FORMS
from shopkeeper.flows import first_day
from shopkeeper.flows.first_day import Day, Finding, State, Step
from shopkeeper.kit import together
from shopkeeper.kit.console import Command, Pill, Tone, pill, word
from shopkeeper.ops.access import public as access
from shopkeeper.selling.content.console import KINDS
from shopkeeper.selling.content.shapes import ShopText
from shopkeeper.selling.payments.console import way_of_paying

PILLS: dict[str, tuple[Any, Tone]] = {
    State.DONE: (gettext_lazy("Done"), "good"),
    State.OPEN: (gettext_lazy("To do"), "quiet"),
    State.LOOK: (gettext_lazy("Needs a look"), "warn"),
}
ELSEWHERE = {
    "delivery": (("console_delivery:index", "pricing.view", gettext_lazy("All ways of delivery")),),
    "taxes": (("console_taxes:index", "pricing.view", gettext_lazy("Rates of other countries")),),
    "texts": (("console_texts:index", "content.view", gettext_lazy("All shop texts")),),
    "payment": (("console_health", "health.view", gettext_lazy("Health of the providers")),),
    "products": (
        ("console_products:new", "catalog.save_product", gettext_lazy("The whole product form")),
        ("console_files", "sheets.view", gettext_lazy("Bring a file with all products")),
    ),
    "place": (("console_warehouses:index", "inventory.view", gettext_lazy("Warehouses")),),
    "staff": (("console_staff", "staff.view", gettext_lazy("Staff")),),
    "mail": (("console_letters", "messages.view", gettext_lazy("Texts of mails")),),
    "backups": (("console_backups", "backup.view", gettext_lazy("Backups")),),
}
"""Where a step goes on outside the guide, for whom, and what that page is called."""
MENDED = {
    "no_price": ("console_products:page", "catalog.view", gettext_lazy("Its page")),
    "no_stock": ("console_products:page", "catalog.view", gettext_lazy("Its page")),
    "no_picture": ("console_products:pictures", "media.save_pictures", gettext_lazy("Change pictures")),
    "one_language": ("console_products:edit", "catalog.save_product", gettext_lazy("Change product")),
}
"""Where what a product lacks is mended, for whom, and what that page is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A step as the page writes it."""

    name: str
    number: int
    title: str
    state: str
    pill: Pill
    minutes: int
    findings: tuple["Found", ...]
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is wrong in a step, and where the product it speaks of is mended: its address and what that page is called, for who may."""

    sentence: str
    url: str = ""
    page: str = ""


@frame.guarded("shop.view")
def page(request: HttpRequest) -> HttpResponse:
    """Show the steps; the one asked for, else the next one, is open."""
    (shown,) = together.read(lambda: _page(request, request.GET.get("step", "")), remembered=frame.known(request))
    return shown  # type: ignore[no-any-return]


class StepView(CommandView):
    """One form of one step: it stands within the guide, also where it is refused, and leads on to the next step."""

    step = ""
    key = ""

    def after(self, pk: int | None) -> str:
        return reverse("console_first_day") + "#here"

    def besides(self) -> tuple[together.Question, ...]:
        return (_day,)

    def shown(self, form: Command, pk: int | None, status: int = 200) -> HttpResponse:
        return _page(self.request, self.step, bound={self.key: form}, status=status)


VIEWS = tuple(
    (step, key, StepView.as_view(command=command, step=step, key=key, list_url=lambda: reverse("console_first_day")))
    for step, forms in FORMS.items()
    for key, command in forms.items()
)


def _day() -> Day:
    """Return the first day; the roles that its step about staff offers travel with it."""
    day, _roles = together.read(lambda: first_day.read(frame.began()), access.own_roles)
    return day  # type: ignore[no-any-return]


def _page(request: HttpRequest, wanted: str, *, bound: dict[str, Command] | None = None, status: int = 200) -> HttpResponse:
    day = _day()
    here = wanted if wanted in first_day.NAMES else day.next or "open"
    country = day.seen.shop.country
    context = {
        "day": day,
        "steps": [_shown(request, each, number, here) for number, each in enumerate(day.steps, 1)],
        "of": len(day.steps),
        "share": round(100 * day.done / len(day.steps)),
        "why": words.WHY[here],
        "law": words.law(here, country),
        "forms": _forms(request, here, bound or {}),
        "may_not": [str(each.title) for each in FORMS[here].values() if not frame.may(request, each.act)],
        "links": [(f"{reverse(url)}", said) for url, act, said in ELSEWHERE.get(here, ()) if frame.may(request, act)],
        "here": here,
        "back": reverse("console_first_day") + f"?step={here}",
        **_more(request, here, day),
    }
    return TemplateResponse(request, "console/first_day.html", context, status=status)


def _shown(request: HttpRequest, each: Step, number: int, here: str) -> Shown:
    return Shown(
        name=each.name,
        number=number,
        title=str(words.TITLES[each.name]),
        state=each.state.value,
        pill=pill(PILLS, each.state),
        minutes=each.minutes,
        findings=tuple(_found(request, finding) for finding in each.findings),
        is_here=each.name == here,
    )


def _found(request: HttpRequest, finding: Finding) -> Found:
    url, act, page = MENDED.get(finding.code, ("", "", ""))
    if not url or not frame.may(request, act):
        return Found(sentence=words.said(finding))
    return Found(sentence=words.said(finding), url=reverse(url, args=[finding.values["id"]]), page=str(page))


def _forms(request: HttpRequest, here: str, bound: dict[str, Command]) -> list[dict[str, Any]]:
    """Return the forms of the open step that the reader may use, one that was sent as it was sent."""
    found = []
    for key, command in FORMS[here].items():
        if not frame.may(request, command.act):
            continue
        form = bound.get(key) or command(target_id=None, setting=frame.setting(), asked={})
        facts = [(fact.label, cells.draw(fact.value, fact.kind, frame.setting())) for fact in form.facts()]
        found.append({"form": form, "url": reverse(f"console_first_day_{key}"), "facts": facts, "wrong": list(form.non_field_errors())})
    return found


def _more(request: HttpRequest, here: str, day: Day) -> dict[str, Any]:
    if here == "texts":
        return {"texts": _texts(request, day)}
    if here == "payment":
        return {"methods": [(way_of_paying(each.provider, each.code), each.is_test) for each in day.seen.methods]}
    if here == "logo":
        mark = day.seen.shop.logo
        return {"logo": mark, "logo_width": mark.smallest if mark else 0}
    if here == "open":
        return {"left": [str(words.TITLES[name]) for name in (*day.in_the_way, *day.left)], "is_open": not day.seen.shop.opens_soon}
    return {}


def _texts(request: HttpRequest, day: Day) -> list[dict[str, Any]]:
    """Return every text with who confirmed it and when, and where it is changed."""
    unread = {each.kind for each in first_day.unread(day.seen)}
    people = access.people([each.user_id for each in day.seen.confirmations.values() if each.user_id])
    return [_text(each, each.kind in unread, day, people, frame.may(request, "content.publish")) for each in day.seen.texts]


def _text(each: ShopText, is_unread: bool, day: Day, people: Any, may_publish: bool) -> dict[str, Any]:
    said = day.seen.confirmations.get(f"text:{each.kind.value}")
    is_current = said is not None and said.mark == first_day.text_mark(each)
    person = people.get(said.user_id) if said and is_current else None
    return {
        "name": word(KINDS, each.kind.value),
        "version": each.version,
        "is_unread": is_unread,
        "by": (person.name or person.email) if person else "",
        "at": said.at if said and is_current else None,
        "url": reverse("console_texts:publish", args=[each.id]) if may_publish else "",
        "read": reverse("storefront:text", args=[each.kind.value]),
    }


def link(request: HttpRequest) -> str:
    """Return what Today says of the first day while the shop opens soon; nothing where it is open, put away or not for this reader."""
    home = frame.home()
    if home is None or not frame.may(request, "shop.view") or not first_day.is_wanted(home):
        return ""
    return _("Visitors are not let in yet.")


def on_today(request: HttpRequest) -> dict[str, Any]:
    """Return the steps as Today lists them while there is no trade, and whether somebody put the guide away."""
    (day,) = together.read(lambda: first_day.glance(frame.began()), remembered=frame.known(request))
    steps = [
        {"title": words.TITLES[each.name], "why": words.WHY[each.name], "done": each.state is State.DONE,
         "url": f"{reverse('console_first_day')}?step={each.name}#here"}
        for each in day.steps
    ]  # fmt: skip
    return {"steps": steps, "day_done": day.done, "day_of": len(day.steps), "is_put_away": first_day.GUIDE in day.seen.confirmations}
