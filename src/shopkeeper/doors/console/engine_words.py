"""Words for engines of a product, a shelf or a collection: the form, how wide they are, and how an engine would show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.doors.console import frame
from shopkeeper.flows.page_audit import wording
from shopkeeper.kit.console import Command, Done, Fact
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.console_pages import SPOKEN, scored
from shopkeeper.selling.content.shapes_pages import MOST_DESCRIPTION, MOST_TITLE, EngineWords, PageKind, PageRef, WordsKind

_WEB = {WordsKind.PRODUCT: "goods", WordsKind.CATEGORY: "shelves", WordsKind.COLLECTION: "collections"}
_HTML = {"en": "en", "zh-hans": "zh-Hans"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A result as an engine shows it, in one language; `pixels` of `most` are estimates. `name` follows a title that does not hold it."""

    language: str
    spoken: str
    address: str
    title: str
    description: str
    title_px: int
    description_px: int
    otherwise_title: str
    otherwise_description: str
    name: str
    suffix: str


def _line(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=MOST_TITLE, required=False, help_text=help_text)


def _lines(label: Any, help_text: Any = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, max_length=MOST_DESCRIPTION, required=False, help_text=help_text, widget=area)


class SaveEngineWords(Command):
    """What engines are told of one thing instead of what is made from it; empty fields are made from it again."""

    kind: ClassVar[WordsKind]
    act = "content.save_engine_words"
    title = gettext_lazy("Words for engines")
    submit = gettext_lazy("Save words")
    caption = gettext_lazy(
        "What stands in lists of results and where somebody passes the page on. Left empty, it is made from the page itself."
    )
    template = "console/engine_words.html"
    groups = (
        (gettext_lazy("In English"), ("engine_title_en", "engine_description_en")),
        (gettext_lazy("In Chinese"), ("engine_title_zh", "engine_description_zh")),
    )
    engine_title_en = _line(
        gettext_lazy("Title in English"), gettext_lazy("About 60 letters are shown. The shop’s name follows unless it stands in it.")
    )
    engine_title_zh = _line(
        gettext_lazy("Title in Chinese"), gettext_lazy("About 29 characters are shown. The shop’s name follows unless it stands in it.")
    )
    engine_description_en = _lines(gettext_lazy("Description in English"), gettext_lazy("About 140 letters are shown: two lines."))
    engine_description_zh = _lines(gettext_lazy("Description in Chinese"), gettext_lazy("About 65 characters are shown: two lines."))

    def prepare(self) -> None:
        self.about = wording.subject(self.kind, self.target_id or 0)
        self.words = content.engine_words(self.kind, self.about.id)
        self.looks = {each.language: each for each in content.looks(PageRef(kind=PageKind(self.kind.value), subject=str(self.about.id)))}
        self.start(
            engine_title_en=self.words.title.en,
            engine_title_zh=self.words.title.zh,
            engine_description_en=self.words.description.en,
            engine_description_zh=self.words.description.zh,
        )

    def name(self) -> str:
        return self.about.name.pick(self.setting.language)

    def facts(self) -> Sequence[Fact]:
        return [Fact(f"{_('Score')} · {SPOKEN[each.language]}", scored(each.score), "pill") for each in self.looks.values()]

    def snippets(self) -> list[Snippet]:
        """Return the result in both languages, of what is typed where the form was sent, else of what is kept."""
        return [self._snippet("en", "en"), self._snippet("zh-hans", "zh")]

    def _snippet(self, language: str, part: str) -> Snippet:
        own_title, own_description = self._typed(f"engine_title_{part}"), self._typed(f"engine_description_{part}")
        home = frame.home()
        shop, look = home.name.pick(language) if home else "", self.looks.get(language)
        made = "" if getattr(self.words.description, part) or look is None else look.description
        otherwise = made or content.cut_for_engines(" ".join((self.about.text.pick(language) or self.about.name.pick(language)).split()))
        title = own_title or self.about.name.pick(language)
        whole = title if not shop or shop in title else f"{title} · {shop}"
        description = own_description or otherwise
        return Snippet(
            language=_HTML[language],
            spoken=SPOKEN[language],
            address=f"/{language}/{_WEB[self.kind]}/{self.about.slug}/",
            title=content.cut_for_engines(whole, is_title=True),
            description=content.cut_for_engines(description),
            title_px=content.engine_px(whole, is_title=True),
            description_px=content.engine_px(description),
            otherwise_title=self.about.name.pick(language),
            otherwise_description=otherwise,
            name=part,
            suffix=shop,
        )

    def _typed(self, field: str) -> str:
        return " ".join(str(self[field].value() or "").split())

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        words = EngineWords(
            title=Bilingual(found["engine_title_en"], found["engine_title_zh"]),
            description=Bilingual(*(" ".join(found[f"engine_description_{part}"].split()) for part in ("en", "zh"))),
        )
        wording.save(kind=self.kind, subject_id=self.about.id, words=words, actor=actor, now=now)
        return Done(_("The words for engines of “%(name)s” are saved; the page says them at once.") % {"name": self.name()})


class ForProduct(SaveEngineWords):
    """Words for engines of a product."""

    kind = WordsKind.PRODUCT


class ForShelf(SaveEngineWords):
    """Words for engines of a shelf."""

    kind = WordsKind.CATEGORY


class ForCollection(SaveEngineWords):
    """Words for engines of a collection."""

    kind = WordsKind.COLLECTION
