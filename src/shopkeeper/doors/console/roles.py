"""Roles: what the built-in ones include, and roles the shop makes for itself, act by act."""

from collections.abc import Sequence
from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.doors.console import frame, reading, words
from shopkeeper.flows import staff as staff_flow
from shopkeeper.kit.console import Command, Done, Fact, word
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import OwnRole, Role, UnknownRole


def choices() -> list[tuple[str, str]]:
    """Return every role a person can be given, with what it means."""
    built_in = [(role.value, f"{words.ROLES[role.value]}{reading.colon()}{words.DUTIES[role.value]}") for role in Role]
    return built_in + [(each.code.value, words.role(each.code.value)) for each in access.own_roles()]


@frame.guarded("staff.view")
def page(request: HttpRequest) -> HttpResponse:
    """Show which role includes which act, and the shop's own roles."""
    own = access.own_roles()
    included = [(str(words.ROLES[role.value]), access.acts_of_built_in(role)) for role in Role]
    included += [(words.role(each.code.value), each.acts) for each in own]
    everything = access.acts_of_built_in(Role.OWNER)
    rooms: dict[str, list[tuple[str, list[bool]]]] = {}
    for act in sorted(everything, key=_place):
        rooms.setdefault(act.partition(".")[0], []).append((word(words.ACTS, act), [act in acts for _name, acts in included]))
    context = {
        "heads": [name for name, _acts in included],
        "rooms": [(word(words.ROOMS, room), rows) for room, rows in rooms.items()],
        "own": [{"role": each, "name": words.role(each.code.value), "pk": _number(each)} for each in own],
        "may_save": frame.may(request, "staff.save_role"),
    }
    return TemplateResponse(request, "console/roles.html", context)


def _place(act: str) -> int:
    return list(words.ACTS).index(act)


def _number(role: OwnRole) -> int:
    return int(role.code.removeprefix("own-"))


class RoleCommand(Command):
    """What making, changing and removing a role share."""

    act = "staff.save_role"

    def prepare(self) -> None:
        self.role: OwnRole | None = None
        if self.target_id:
            try:
                self.role = access.own_role(f"own-{self.target_id}")
            except UnknownRole as unknown:
                raise NotFound("role", self.target_id) from unknown

    def name(self) -> str:
        return words.role(self.role.code.value) if self.role else ""


class SaveRole(RoleCommand):
    """A role of the shop's own: a name in both languages, and the acts it includes by room."""

    title = gettext_lazy("A role of your own")
    submit = gettext_lazy("Save the role")
    caption = gettext_lazy("Tick what it includes. It holds from the next click on, for everybody who carries it.")
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=40)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=40, required=False)

    def prepare(self) -> None:
        super().prepare()
        self.groups = []
        for room, acts in access.offered_acts().items():
            field = forms.MultipleChoiceField(
                label=word(words.ROOMS, room),
                choices=[(act, word(words.ACTS, act)) for act in acts],
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
            self.fields[f"acts_{room}"] = field
            if self.role:
                field.initial = [act for act in acts if act in self.role.acts]
        if self.role:
            self.start(name_en=self.role.name.en, name_zh=self.role.name.zh)

    def field_of(self, name: str | None) -> str | None:
        return "name_en" if name == "name" else super().field_of(name)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        acts = [act for room in access.offered_acts() for act in found[f"acts_{room}"]]
        name = Bilingual(found["name_en"], found["name_zh"])
        saved = staff_flow.save_role(code=self.role.code if self.role else None, name=name, acts=acts, actor=actor, now=now)
        return Done(_("The role “%(name)s” is saved.") % {"name": words.role(saved.code.value)})


class RemoveRole(RoleCommand):
    """A role of the shop's own that nobody carries."""

    title = gettext_lazy("Remove the role")
    submit = gettext_lazy("Remove the role")
    caption = gettext_lazy("Only a role nobody carries and nobody is invited as can be removed.")
    is_grave = True

    def facts(self) -> Sequence[Fact]:
        return [Fact(_("People who carry it"), self.role.people if self.role else 0, "number")]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        name = self.name()
        staff_flow.remove_role(code=str(self.role.code if self.role else ""), actor=actor, now=now)
        return Done(_("The role “%(name)s” is removed.") % {"name": name})
