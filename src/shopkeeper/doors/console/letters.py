"""What mails say: every letter in both languages, changing its words with a preview, and going back."""

import difflib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.doors.console import frame
from shopkeeper.doors.console.commanding import CommandView, missing, put_beside
from shopkeeper.flows import try_letter, write_again
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.console import KINDS
from shopkeeper.growth.messages.console_letters import MEANINGS, TYPES, number_of, numbered, placeholders
from shopkeeper.growth.messages.shapes import ORDER_KINDS, InForce, Mail, MailKind, Words
from shopkeeper.kit import together
from shopkeeper.kit.console import Command, Done, Fact, Pill, UnitsField, word
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import NotFound, Refusal

LANGUAGES = {"en": "English", "zh-hans": "简体中文"}
GROUNDS = {
    "off": gettext_lazy("Nobody"),
    "consent": gettext_lazy("Buyers who agreed to advertising by mail"),
    "soft_opt_in": gettext_lazy("All buyers, each of whom can refuse (where the law allows it)"),
}
FIELDS = {
    "subject": gettext_lazy("Subject"),
    "preview": gettext_lazy("Line beside the subject"),
    "heading": gettext_lazy("Heading"),
    "greeting": gettext_lazy("Greeting"),
    "body": gettext_lazy("Paragraphs"),
    "button": gettext_lazy("Label of the button"),
    "closing": gettext_lazy("Words below the button"),
}


def title_of(kind: MailKind, language: str) -> str:
    """Return what staff call a letter in a language."""
    return f"{word(KINDS, kind.value)} · {LANGUAGES[language]}"


@frame.guarded("messages.view")
def page(request: HttpRequest) -> HttpResponse:
    """Show every letter in both languages, and when reviews are asked for."""
    found, wanted = together.read(messages.all_in_force, messages.settings)
    rows: dict[MailKind, list[tuple[InForce, Pill, int]]] = {}
    for each in found:
        state = (
            Pill(_("The program’s own words"), "quiet") if each.is_own else Pill(_("Version %(number)d") % {"number": each.version}, "good")
        )
        rows.setdefault(each.letter, []).append((each, state, number_of(each.letter, each.language)))
    context = {
        "rows": [(word(KINDS, kind.value), cells) for kind, cells in rows.items()],
        "ground": word(GROUNDS, wanted.review_ground.value),
        "settings": wanted,
        "may_save": frame.may(request, "messages.save_settings"),
    }
    return TemplateResponse(request, "console/letters.html", context)


@frame.guarded("messages.view")
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a letter says now, with sample data, and every version of its words; `?version=` compares one with those in force."""
    try:
        kind, language = numbered(pk)
        present, versions = together.read(
            lambda: messages.in_force(kind.value, language), lambda: messages.text_versions(kind.value, language)
        )
        older = _older(request, kind, language)
    except NotFound as refusal:
        return missing(request, refusal)
    mail = messages.sample(letter=kind.value, language=language, words=present.words)
    context = {
        "pk": pk,
        "title": title_of(kind, language),
        "present": present,
        "versions": versions,
        "mail": mail,
        "looks": looks(mail),
        "older": older,
        "changes": differences(older[1], present.words) if older else [],
        "may_publish": frame.may(request, "messages.publish"),
    }
    return TemplateResponse(request, "console/letter.html", context)


def _older(request: HttpRequest, kind: MailKind, language: str) -> tuple[str, Words] | None:
    asked = request.GET.get("version", "")
    if asked == "own":
        return _("The program’s own words"), messages.own(kind.value, language)
    if not (asked.isascii() and asked.isdigit() and len(asked) < 9):
        return None
    found = messages.text_version(kind.value, language, int(asked))
    return _("Version %(number)d") % {"number": found.version}, found.words or messages.own(kind.value, language)


def differences(before: Words, after: Words) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return for each part of the words that differs its lines, each marked `-` (was), `+` (is) or blank (same)."""
    found = []
    for name, called in FIELDS.items():
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            lines = difflib.ndiff(was.split("\n"), now.split("\n"))
            found.append((str(called), [(line[0], line[2:]) for line in lines if line[0] != "?"]))
    return found


def looks(mail: Mail) -> list[tuple[str, str, str]]:
    """Return the mail as a wide window, a phone and a dark phone show it: what it is called, its style, its HTML.

    The frame runs no script and reaches nothing; a dark mailbox is shown by letting the dark rules count always.
    """
    dark = mail.html.replace("@media (prefers-color-scheme: dark)", "@media all")
    light = mail.html.replace("@media (prefers-color-scheme: dark)", "@media not all")
    return [(_("Wide"), "wide", light), (_("On a phone"), "phone", light), (_("On a phone, dark"), "phone", dark)]


class LetterView(CommandView):
    """The form of a letter's words, which can also be looked at and sent to oneself before it is published."""

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Show or send a draft where that was asked; else publish."""
        wanted = request.POST.get("do", "")
        if wanted not in ("look", "test"):
            return super().post(request, pk)
        form = EditLetter(request.POST, target_id=pk, setting=self.setting, asked=request.GET.dict())
        form.is_test = wanted == "test"
        if not form.is_valid():
            return self.shown(form, pk, status=422)
        try:
            form.try_out(actor=frame.reader(request), now=frame.now())
        except Refusal as refusal:
            put_beside(form, refusal)
            return self.shown(form, pk, status=422)
        return self.shown(form, pk)


class EditLetter(Command):
    """The words of a letter in one language."""

    act = "messages.publish"
    title = gettext_lazy("Change the words")
    submit = gettext_lazy("Publish")
    caption = gettext_lazy(
        "Mails that go out from now on say it. Paragraphs are set apart by empty lines, headings begin with ##, list lines with a hyphen; "
        "**strong** and [words](https://…) work too. What stands in braces is filled in for each mail."
    )
    template = "console/letter_edit.html"
    is_test = False
    mail: Mail | None = None
    sent_to = ""
    subject = forms.CharField(label=FIELDS["subject"], max_length=200)
    preview = forms.CharField(label=FIELDS["preview"], max_length=300, required=False)
    heading = forms.CharField(label=FIELDS["heading"], max_length=200)
    greeting = forms.CharField(label=FIELDS["greeting"], max_length=200, required=False)
    body = forms.CharField(label=FIELDS["body"], max_length=10_000, widget=forms.Textarea(attrs={"rows": 12}))
    button = forms.CharField(label=FIELDS["button"], max_length=80)
    closing = forms.CharField(label=FIELDS["closing"], max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    order = forms.CharField(
        label=gettext_lazy("Look at it with this order"), max_length=40, required=False,
        help_text=gettext_lazy("Number of the order; empty: sample data. A test mail always has sample data."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def prepare(self) -> None:
        self.kind, self.language = numbered(self.target_id or 0)
        self.present = messages.in_force(self.kind.value, self.language)
        words = self._begun_from()
        self.start(**{name: getattr(words, name) for name in FIELDS}, version=self.present.version)
        if self.kind not in ORDER_KINDS:
            del self.fields["order"]
        for name in FIELDS:
            self.fields[name].widget.attrs["lang"] = "en" if self.language == "en" else "zh-Hans"

    def _begun_from(self) -> Words:
        asked = self.asked.get("version", "")
        if asked.isascii() and asked.isdigit() and len(asked) < 9:
            old = messages.text_version(self.kind.value, self.language, int(asked))
            return old.words or messages.own(self.kind.value, self.language)
        return self.present.words

    def name(self) -> str:
        return title_of(self.kind, self.language)

    def facts(self) -> Sequence[Fact]:
        return [Fact(_("Version in force"), self.present.version, "number"), *_placeholder_facts(self.kind)]

    def words(self) -> Words:
        """Return the words as they were typed."""
        return Words(**{name: self.cleaned_data[name] for name in FIELDS})

    def looks(self) -> list[tuple[str, str, str]]:
        """Return what the draft looks like, once it was asked for."""
        return looks(self.mail) if self.mail else []

    def try_out(self, *, actor: UserId, now: datetime) -> None:
        """Let the draft be seen below the form, and send it to the reader where that was asked. Raises every refusal of words."""
        letter, language, words = self.kind.value, self.language, self.words()
        number = self.cleaned_data.get("order", "")
        self.mail = try_letter.look(order_number=number, letter=letter, language=language, words=words, actor=actor)
        self.sent_to = try_letter.send_test(now=now, letter=letter, language=language, words=words, actor=actor) if self.is_test else ""

    def run(self, *, actor: UserId, now: datetime) -> Done:
        done = messages.publish(
            letter=self.kind.value, language=self.language, words=self.words(), seen_version=self.cleaned_data["version"], actor=actor,
            now=now,
        )  # fmt: skip
        return Done(_("Version %(version)d of “%(name)s” is in force.") % {"version": done.version, "name": self.name()})


def _placeholder_facts(kind: MailKind) -> list[Fact]:
    return [
        Fact(
            f"{{{each.name}}}" + (_(" · must stay") if each.is_required else ""),
            _("%(meaning)s (%(type)s)") % {"meaning": word(MEANINGS, each.name), "type": word(TYPES, each.kind.value)},
            "long",
        )
        for each in placeholders(kind)
    ]


class UseOwn(Command):
    """Back to the words that come with the program."""

    act = "messages.publish"
    title = gettext_lazy("Use the program’s own words again")
    submit = gettext_lazy("Use the program’s own words again")
    caption = gettext_lazy("The mail says again what the program brings along, and becomes better with it. Your versions are kept.")

    def prepare(self) -> None:
        self.kind, self.language = numbered(self.target_id or 0)
        self.present = messages.in_force(self.kind.value, self.language)

    def name(self) -> str:
        return title_of(self.kind, self.language)

    def facts(self) -> Sequence[Fact]:
        own = messages.own(self.kind.value, self.language)
        return [Fact(_("Version in force"), self.present.version, "number"), Fact(_("Subject"), own.subject, "long")]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        messages.use_own(letter=self.kind.value, language=self.language, actor=actor, now=now)
        return Done(_("“%(name)s” is in the program’s own words again.") % {"name": self.name()})


class SaveSettings(Command):
    """When, and whom, the shop asks for reviews."""

    act = "messages.save_settings"
    title = gettext_lazy("Asking for reviews")
    submit = gettext_lazy("Save")
    caption = gettext_lazy(
        "Once for each order, some days after its last parcel, of goods that were kept and not reviewed yet; every such mail has a link "
        "that ends them. Whether you may ask without consent depends on the law where your buyers live."
    )
    review_ground = forms.ChoiceField(label=gettext_lazy("Who is asked"), choices=list(GROUNDS.items()))
    review_days = UnitsField(label=gettext_lazy("Days after the last parcel"), least=1, most=90)

    def prepare(self) -> None:
        found = messages.settings()
        self.start(review_ground=found.review_ground.value, review_days=found.review_days)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        messages.save_settings(
            review_ground=self.cleaned_data["review_ground"], review_days=self.cleaned_data["review_days"], actor=actor, now=now
        )
        return Done(_("Saved."))


class WriteAgain(Command):
    """An address that returned mails was found to be right: all mail goes there again."""

    act = "messages.write_again"
    title = gettext_lazy("Write to this address again")
    submit = gettext_lazy("Write to it again")
    caption = gettext_lazy(
        "Do this when the reader says that the address is right and wants mails. If it is wrong, put it right at the customer instead: a "
        "new address begins anew."
    )

    def prepare(self) -> None:
        self.found = write_again.look(self.target_id or 0)

    def name(self) -> str:
        return _("Returned mail %(number)s") % {"number": self.found.bounce_id}

    def facts(self) -> Sequence[Fact]:
        standing = self.found.standing
        return [
            Fact(_("Address"), self.found.address),
            Fact(_("Came back for good"), standing.permanent, "number"),
            Fact(_("Came back for now"), standing.temporary, "number"),
            Fact(_("Called spam"), standing.complaints, "number"),
        ]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        write_again.write_again(bounce_id=self.found.bounce_id, actor=actor, now=now)
        return Done(_("All mail goes to this address again."))


def _list_url() -> str:
    return reverse("console_letters")


def _page_url(pk: int) -> str:
    return reverse("console_letter", args=[pk])


_OF_LETTERS: dict[str, Any] = {"list_url": _list_url, "list_title": gettext_lazy("Texts of mails")}
edit = LetterView.as_view(command=EditLetter, page_url=_page_url, **_OF_LETTERS)
own = CommandView.as_view(command=UseOwn, page_url=_page_url, **_OF_LETTERS)
settings = CommandView.as_view(command=SaveSettings, **_OF_LETTERS)
