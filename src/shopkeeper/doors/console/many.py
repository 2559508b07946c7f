"""Many products changed: those ticked in their list, or all that its search and filters leave."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from shopkeeper.doors import refusals
from shopkeeper.doors.console import reading
from shopkeeper.doors.console.listing import MOST_TYPED
from shopkeeper.flows import change_many, change_prices
from shopkeeper.kit import together
from shopkeeper.kit.console import Choice, Command, Done, Fact, Lead, Listing, MoneyField, SeenField, UnitsField
from shopkeeper.kit.ids import ProductId, UserId
from shopkeeper.kit.refusals import Malformed, NotFound, Refusal
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.console import PRODUCTS, category_choices
from shopkeeper.selling.catalog.console_bulk import EDITS_CALLED, MOST_WEIGHT_G
from shopkeeper.selling.catalog.console_collections import collection_choices, rows_in
from shopkeeper.selling.catalog.shapes import TraitKind
from shopkeeper.selling.catalog.shapes_collections import UNDER_WAY, Edit, EditKind, Preview, PriceHow, PriceStep, TooManyAtOnce
from shopkeeper.selling.catalog.shapes_drafts import SecondPersonNeeded
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.console import list_choices

MOST = 10_000
MOST_PERCENT = change_prices.MOST_SHARE // 100
HOW = {
    "set": gettext_lazy("Set to an amount"),
    "up_percent": gettext_lazy("Raise by per cent"),
    "down_percent": gettext_lazy("Lower by per cent"),
    "up": gettext_lazy("Raise by an amount"),
    "down": gettext_lazy("Lower by an amount"),
}
NONE = "none"
"""The answer that takes a shelf or a brand away, so that an empty answer is none."""


def _page(query: str) -> str:
    return f"{reverse('console_products:many')}?{query}"


def _everything(query: QueryDict) -> str:
    kept = query.copy()
    for name in ("p", "order", "export", "rows"):
        kept.pop(name, None)
    kept["all"] = "1"
    return _page(kept.urlencode())


LEAD = Lead(
    name="many",
    label=gettext_lazy("Change many"),
    act="catalog.edit_products",
    url=lambda ids: _page("rows=" + ",".join(map(str, ids))),
    everything=_everything,
    all_of=gettext_lazy("Change all in this list"),
)


IN_COLLECTION = Choice(
    name="collection",
    label=gettext_lazy("Collection"),
    choices=lambda: collection_choices(by_hand=True),
    apply=rows_in,
)


def listed(listing: Listing) -> Listing:
    """Return the list of products with the filter by collection and the way to change many of them."""
    return listing.but(bulk=(LEAD, *listing.bulk), filters=(*listing.filters, IN_COLLECTION))


def wanted(asked: Mapping[str, str]) -> list[ProductId]:
    """Return the products an address names: by id, or by the search and the filters of the list. Raises TooManyAtOnce."""
    if "all" not in asked:
        rows = asked.get("rows", "").split(",")
        return [ProductId(int(each)) for each in dict.fromkeys(rows) if each.isascii() and each.isdigit() and len(each) < 19]
    found = PRODUCTS.rows()
    typed = " ".join(asked.get("q", "").replace("\x00", " ").split())[:MOST_TYPED]
    if typed and PRODUCTS.search:
        found = PRODUCTS.search(found, typed)
    for each in (*PRODUCTS.filters, IN_COLLECTION):
        answer = asked.get(each.name, "")
        if isinstance(each, Choice) and answer in {str(code) for code, _label in each.choices()}:
            found = each.apply(found, answer)
    ids = list(found.order_by(*PRODUCTS.order).values_list("pk", flat=True)[: MOST + 1])
    if len(ids) > MOST:
        raise TooManyAtOnce(found.count(), MOST)
    return [ProductId(each) for each in ids]


class ChangeMany(Command):
    """One thing to do to many products; it is done once its author has seen what it comes to."""

    act = "catalog.edit_products"
    title = gettext_lazy("Change many")
    submit = gettext_lazy("Change them")
    caption = gettext_lazy(
        "Choose one thing to do and answer only what it asks for. First you see what it comes to; nothing changes before."
    )
    RENAMED: ClassVar = {
        "choices": "answers", "choice": "answers", "weight_g": "weight", "collection_id": "collection", "products": "kind",
    }  # fmt: skip

    asked_for: ClassVar = {
        "category": ("kind", ["category"]), "brand": ("kind", ["brand"]), "answers": ("kind", ["answer"]),
        "attribute": ("kind", ["no_answer"]), "collection": ("kind", ["collect", "drop"]), "weight": ("kind", ["weight"]),
        "how": ("kind", ["price"]), "rounding": ("how", ["up_percent", "down_percent", "up", "down"]), "price_list": ("kind", ["price"]),
        "percent": ("how", ["up_percent", "down_percent"]), "amount": ("how", ["set", "up", "down"]),
    }  # fmt: skip

    kind = forms.ChoiceField(label=gettext_lazy("What to do"), choices=lambda: [("", _("Choose")), *EDITS_CALLED.items()])
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    brand = forms.ChoiceField(label=gettext_lazy("Brand"), required=False)
    attribute = forms.ChoiceField(label=gettext_lazy("Attribute"), required=False)
    answers = forms.MultipleChoiceField(
        label=gettext_lazy("Answers"), required=False, help_text=gettext_lazy("Of one attribute; they take the place of what was said.")
    )
    collection = forms.ChoiceField(
        label=gettext_lazy("Collection"), required=False, help_text=gettext_lazy("Those that are filled by hand.")
    )
    weight = UnitsField(label=gettext_lazy("Weight in grams"), most=MOST_WEIGHT_G, required=False)
    how = forms.ChoiceField(label=gettext_lazy("What prices become"), required=False, choices=lambda: [("", ""), *HOW.items()])
    percent = forms.DecimalField(
        label=gettext_lazy("Per cent"), required=False, min_value=Decimal("0.01"), max_value=MOST_PERCENT, decimal_places=2
    )
    amount = MoneyField(label=gettext_lazy("Amount"), least=1, required=False)
    rounding = forms.ChoiceField(
        label=gettext_lazy("Round to"),
        required=False,
        help_text=gettext_lazy("To the nearest multiple, halves up; an amount that is set stays."),
    )
    price_list = forms.ChoiceField(label=gettext_lazy("Price list"), required=False)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)
    seen = SeenField()
    preview: Preview | None = None
    refused: TooManyAtOnce | None = None

    def prepare(self) -> None:
        self.ids: list[ProductId] = []
        try:
            self.ids = wanted(self.asked)
        except TooManyAtOnce as refusal:
            self.refused = refusal
        shelves, brands, attributes, collections, lists = together.read(
            category_choices, catalog.brands, catalog.attributes, lambda: collection_choices(by_hand=True), list_choices
        )
        language = self.setting.language
        named = [(str(each.id), each.name.pick(language)) for each in brands]
        said = [(str(each.id), each.name.pick(language)) for each in attributes]
        groups = [
            (each.name.pick(language), [(f"{each.id}:{choice.id}", choice.name.pick(language)) for choice in each.choices])
            for each in attributes
            if each.kind is TraitKind.CHOICE
        ]
        self._offer("category", [("", ""), (NONE, _("No category")), *shelves])
        self._offer("brand", [("", ""), (NONE, _("No brand")), *named])
        self._offer("attribute", [("", ""), *said])
        self._offer("answers", groups)
        self._offer("collection", [("", ""), *collections])
        self._offer("rounding", [(str(each), reading.money(each, self.setting.currency)) for each in change_prices.STEPS])
        self._offer("price_list", lists)
        self.called: dict[str, dict[int, str]] = {
            "category_id": {int(key): str(label) for key, label in shelves},
            "brand_id": {int(key): label for key, label in named},
            "said": {choice.id: choice.name.pick(language) for each in attributes for choice in each.choices},
        }
        self.groups = [
            (_("What to do"), ["kind", "reason"]),
            (_("The answer it needs"), ["category", "brand", "answers", "attribute", "collection", "weight"]),
            (_("Prices"), ["how", "percent", "amount", "rounding", "price_list"]),
        ]

    def _offer(self, field: str, choices: Sequence[Any]) -> None:
        self.fields[field].choices = choices  # type: ignore[attr-defined]

    def name(self) -> str:
        return ngettext("%(n)d product", "%(n)d products", len(self.ids)) % {"n": len(self.ids)}

    def edit(self) -> Edit:
        """Return what is to be done. Raises Malformed where the answer it needs is missing."""
        found = self.cleaned_data
        kind = EditKind(found["kind"])
        if kind is EditKind.ANSWER:
            pairs = [(int(first), int(second)) for first, _colon, second in (each.partition(":") for each in found["answers"])]
            if len({attribute for attribute, _choice in pairs}) != 1:
                raise Malformed("choices", "", expected="answers")
            return Edit(kind=kind, target=pairs[0][0], choice_ids=tuple(choice for _attribute, choice in pairs))
        if kind is EditKind.WEIGHT:
            return Edit(kind=kind, weight_g=self._needed("weight"))
        if kind is EditKind.PRICE:
            return Edit(kind=kind, price=self._price())
        asked = {
            EditKind.CATEGORY: "category", EditKind.BRAND: "brand", EditKind.NO_ANSWER: "attribute", EditKind.COLLECT: "collection",
            EditKind.DROP: "collection",
        }.get(kind)  # fmt: skip
        return Edit(kind=kind, target=self._needed(asked) if asked else None)

    def _price(self) -> PriceStep:
        way = self.cleaned_data["how"]
        if not way:
            raise Malformed("how", "", expected="answer")
        if way in ("up_percent", "down_percent"):
            if self.cleaned_data["percent"] is None:
                raise Malformed("percent", "", expected="answer")
            how, value = PriceHow.PERCENT, int(self.cleaned_data["percent"] * 100)
        else:
            how, value = PriceHow.SET if way == "set" else PriceHow.AMOUNT, self._needed("amount")
        listed, rounded = self.cleaned_data["price_list"], self.cleaned_data.get("rounding")
        return PriceStep(
            how=how, value=-value if way.startswith("down") else value, step_minor=int(rounded or 1),
            price_list_id=int(listed) if listed else pricing.default_price_list().id,
        )  # fmt: skip

    def _needed(self, field: str) -> Any:
        answer = self.cleaned_data[field]
        if answer in ("", None):
            raise Malformed(field, "", expected="answer")
        return None if answer == NONE else int(answer)

    def is_seen(self) -> bool:
        if self.refused:
            raise self.refused
        edit = self.edit()
        mark = hashlib.sha256(f"{edit} {self.ids}".encode()).hexdigest()[:16]
        if self.cleaned_data["seen"] == mark:
            return True
        self.preview = change_many.preview(product_ids=self.ids, edit=edit, actor=self.reader)
        self.fields["seen"].show(mark)  # type: ignore[attr-defined]
        return False

    def explain(self, refusal: Refusal) -> str:
        if not isinstance(refusal, SecondPersonNeeded):
            return ""
        return _(
            "In this shop a second person approves what shoppers see of a product, so those in the shop are not changed together. Nothing "
            "was changed. Change each on its own page, as a draft; another person is asked then. Those not shown can be changed here."
        )

    def facts(self) -> Sequence[Fact]:
        found = self.preview
        if self.refused:
            told = refusals.explain(self.refused)
            return [Fact(told.problem, told.remedy)]
        if found is None:
            return ()
        lines = [Fact(_("Will change"), found.changed, "number"), Fact(_("Are so already"), found.same, "number")]
        gone = [str(product_id) for product_id, code in found.refused if code == NotFound.code]
        if gone:
            lines.append(Fact(_("Are not there any more"), ", ".join(gone[:20])))
        if len(found.refused) > len(gone):
            lines.append(Fact(_("Stay: need a second person"), len(found.refused) - len(gone), "number"))
            lines.append(Fact(_("What to do with those"), _("Change each on its own page, as a draft; another person is asked then.")))
        language = self.setting.language
        lines += [Fact(each.name.pick(language), f"{self._said(each.before)} → {self._said(each.after)}") for each in found.first]
        if self.cleaned_data.get("kind") == EditKind.PRICE:
            lines.append(Fact(_("Second person"), _("What falls far, or below what a piece costs, waits for one; the others do not.")))
        if len(self.ids) > change_many.SMALL:
            lines.append(Fact(_("How it is done"), _("In the background: a page shows how far it is, and it can be stopped.")))
        return [*lines, Fact(pgettext("a change", "Not done yet"), _("Press “Change them” once more."))]

    def _said(self, state: Mapping[str, Any]) -> str:
        (name, value), *_more = state.items()
        tell: dict[str, Callable[[Any], str]] = {
            "is_published": lambda shown: _("In the shop") if shown else _("Not shown"),
            "position": lambda place: _("not in it") if place is None else _("in it"),
            "weights": lambda weights: ", ".join(f"{each} g" for each in sorted(set(weights.values()))) or "–",
            "prices": lambda prices: ", ".join(sorted({self._amount(each) for each in prices.values()})) or "–",
            "said": lambda rows: ", ".join(self._answer(row) for row in rows) or "–",
        }
        return tell[name](value) if name in tell else self.called[name].get(value, "–")

    def _amount(self, minor: int | None) -> str:
        return _("no price") if minor is None else reading.money(minor, self.setting.currency)

    def _answer(self, row: Sequence[Any]) -> str:
        choice, number, english, chinese, _derived = row
        words = (chinese or english) if self.setting.language.startswith("zh") else (english or chinese)
        return self.called["said"].get(choice, "") or number or words

    def run(self, *, actor: UserId, now: datetime) -> Done:
        run = change_many.change(product_ids=self.ids, edit=self.edit(), reason=self.cleaned_data["reason"], actor=actor, now=now)
        page = reverse("console_edits:page", args=[run.id])
        if run.state in UNDER_WAY:
            return Done(_("It is under way; this page shows how far it is."), url=page)
        told = [ngettext("%(n)d product is changed.", "%(n)d products are changed.", run.changed) % {"n": run.changed}]
        odd = sum(catalog.run_refusals(run.id).values())
        if odd:
            told.append(ngettext("%(n)d waits or was left.", "%(n)d wait or were left.", odd) % {"n": odd})
        told.append(_("Within a day it can be taken back under “Changes of many”."))
        is_whole = not odd and run.wanted == len(self.ids)
        return Done(" ".join(told), tone="good" if is_whole else "warn", url=page if odd else "")
