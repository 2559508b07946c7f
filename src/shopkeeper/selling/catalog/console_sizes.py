"""How staff see and edit size tables, and choose one for a product."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shopkeeper.kit import together
from shopkeeper.kit.console import Bulk, Column, Command, Done, Fact, Listing, name_column
from shopkeeper.kit.ids import CategoryId, ProductId, SizeTableId, UserId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import models, option_models
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.console import category_choices
from shopkeeper.selling.catalog.rules import limits
from shopkeeper.selling.catalog.rules import sizes as rules
from shopkeeper.selling.catalog.shapes import Product
from shopkeeper.selling.catalog.shapes_options import SizeTable


def _counted(model: type[models.Category | models.Product]) -> Coalesce:
    of_table = model.objects.filter(size_table=OuterRef("pk")).order_by().values("size_table")
    return Coalesce(Subquery(of_table.annotate(n=Count("pk")).values("n")), 0)


def _rows() -> QuerySet[Any]:
    return option_models.SizeTable.objects.annotate(shelves=_counted(models.Category), goods=_counted(models.Product))


def _remove(pk: int, actor: UserId, now: datetime) -> None:
    catalog.remove_size_table(size_table_id=SizeTableId(pk), actor=actor, now=now)


SIZE_TABLES = Listing(
    name="size-tables",
    title=gettext_lazy("Size tables"),
    caption=gettext_lazy("Measures by size. A table holds for a category and those below it, or for single products."),
    empty=gettext_lazy("Add the first size table: S, M, L and what they measure in centimetres."),
    see="catalog.view",
    rows=_rows,
    order=("name_en", "pk"),
    search=lambda rows, text: rows.filter(Q(name_en__icontains=text) | Q(name_zh__icontains=text)),
    search_hint=pgettext_lazy("of a table", "Name"),
    columns=(
        name_column("size_tables", label=gettext_lazy("Size table"), note=lambda row: ", ".join(each["size"] for each in row.rows[:8])),
        Column(name="shelves", label=gettext_lazy("Categories"), kind="number", sort="shelves"),
        Column(name="goods", label=gettext_lazy("Products with it"), kind="number", sort="goods"),
    ),
    bulk=(
        Bulk(
            name="remove",
            label=gettext_lazy("Remove"),
            act="catalog.save_size_table",
            ask=gettext_lazy("Tables that no category and no product shows are removed."),
            done=gettext_lazy("Removed"),
            run=_remove,
        ),
    ),
)


class SaveSizeTable(Command):
    """A size table: the form for a new one and for changing one."""

    act = "catalog.save_size_table"
    title = gettext_lazy("New size table")
    submit = gettext_lazy("Save size table")
    caption = gettext_lazy(
        "Lines with “|” between the parts. Under a column with a unit stand numbers or spans; centimetres are also told in inches."
    )
    RENAMED: ClassVar = {
        "name": "name_en",
        "note": "note_en",
        "column_name_en": "columns",
        "column_name_zh": "columns",
        "unit": "columns",
        "cell": "rows",
        "size_name": "rows",
        "category": "categories",
    }
    groups = (
        (gettext_lazy("Names"), ("name_en", "name_zh", "note_en", "note_zh")),
        (gettext_lazy("Measures"), ("columns", "rows")),
        (gettext_lazy("Holds for"), ("categories",)),
    )

    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=limits.NAME, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=limits.NAME, required=False)
    note_en = forms.CharField(label=gettext_lazy("Note in English"), max_length=rules.NOTE, required=False)
    note_zh = forms.CharField(label=gettext_lazy("Note in Chinese"), max_length=rules.NOTE, required=False)
    columns = forms.CharField(
        label=pgettext_lazy("of a table", "Columns"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("One a line: English | Chinese | unit. For example: Chest | 胸围 | cm"),
    )
    rows = forms.CharField(
        label=pgettext_lazy("of a table", "Rows"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy("One a line: the size, then one part for each column. For example: S | 86–90 | 60"),
    )
    categories = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Categories"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def prepare(self) -> None:
        self.table: SizeTable | None = None
        if self.target_id:
            table_id = SizeTableId(self.target_id)
            found: tuple[SizeTable, tuple[CategoryId, ...]] = together.read(
                lambda: catalog.size_table_by_id(table_id), lambda: catalog.shelves_with(table_id)
            )
            self.table, shelves = found
            self.title = gettext_lazy("Change size table")
            each = self.table
            self.start(
                name_en=each.name.en, name_zh=each.name.zh, note_en=each.note.en, note_zh=each.note.zh,
                columns=rules.written_columns(each.columns), rows=rules.written_rows(each.rows),
                categories=[str(shelf) for shelf in shelves],
            )  # fmt: skip
        self.fields["categories"].choices = category_choices()  # type: ignore[attr-defined]

    def name(self) -> str:
        return self.table.name.pick(self.setting.language) if self.table else ""

    def facts(self) -> Sequence[Fact]:
        """Return the table as its lines are read, row by row: what was typed where that can be read, else what is saved."""
        columns, rows = (self.table.columns, self.table.rows) if self.table else ((), ())
        if self.is_bound:
            try:
                typed = rules.read_columns(str(self.data.get("columns", "")))
                columns, rows = tuple(typed), tuple(rules.read_rows(str(self.data.get("rows", "")), typed))
            except Refusal:
                pass
        language = self.setting.language
        return [
            Fact(
                row.size,
                " · ".join(
                    f"{column.name.pick(language)} {cell or '–'}{' ' + column.unit if column.unit and cell else ''}"
                    for column, cell in zip(columns, row.cells, strict=True)
                ),
            )
            for row in rows
        ]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        columns = rules.read_columns(found["columns"])
        saved = catalog.save_size_table(
            size_table_id=self.table.id if self.table else None,
            name=Bilingual(found["name_en"], found["name_zh"]),
            note=Bilingual(found["note_en"], found["note_zh"]),
            columns=columns,
            rows=rules.read_rows(found["rows"], columns),
            category_ids=[CategoryId(each) for each in found["categories"]],
            actor=actor,
            now=now,
        )
        return Done(_("“%(name)s” is saved.") % {"name": found["name_en"] or found["name_zh"]}, saved)


class ChooseSizeTable(Command):
    """Which size table a product shows, where it is not its category's."""

    act = "catalog.choose_size_table"
    title = gettext_lazy("Size table")
    submit = gettext_lazy("Save size table")
    caption = gettext_lazy("A product shows the table of its category, unless it has one of its own.")

    size_table = forms.TypedChoiceField(label=gettext_lazy("Size table"), coerce=int, empty_value=None, required=False)

    def prepare(self) -> None:
        product_id = ProductId(self.target_id or 0)
        known: tuple[Product, tuple[SizeTable, ...], Any] = together.read(
            lambda: catalog.product_by_id(product_id), catalog.size_tables, lambda: catalog.own_size_table(product_id)
        )
        self.product, tables, own = known
        named = [(str(each.id), each.name.pick(self.setting.language)) for each in tables]
        self.fields["size_table"].choices = [("", _("That of its category")), *named]  # type: ignore[attr-defined]
        self.start(size_table=own)

    def name(self) -> str:
        return self.product.name.pick(self.setting.language)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        wanted = self.cleaned_data["size_table"]
        catalog.choose_size_table(
            product_id=self.product.id, size_table_id=None if wanted is None else SizeTableId(wanted), actor=actor, now=now
        )
        return Done(_("“%(name)s” has its size table.") % {"name": self.name()}, self.product.id)
