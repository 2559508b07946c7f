"""Words for refusals about files of goods, customers, stock and prices, and about the rows in them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.doors.wordings.say import name_of, say, shown
from shopkeeper.flows.sheets import refusals as sheets

_STATES = {
    "brought": gettext_lazy("Choose its columns and have the dry run made first."),
    "trying": gettext_lazy("Its dry run is under way. Wait until it is done."),
    "tried": gettext_lazy("Its dry run waits for you to confirm it."),
    "moved": gettext_lazy("The shop changed since its dry run. Have another one made."),
    "running": gettext_lazy("It is being taken over. Wait until that is done."),
    "done": gettext_lazy("It was taken over already."),
    "undoing": gettext_lazy("It is being undone. Wait until that is done."),
    "undone": gettext_lazy("It was undone already. Bring the file again to take it over once more."),
    "failed": gettext_lazy("It could not be read. Mend the file and bring it again."),
    "nothing": gettext_lazy("Nothing in it is new or changed. There is nothing to take over."),
}

_TOO_LARGE = {
    "bytes": (gettext_lazy("The file is larger than 50 MB."), gettext_lazy("Split it into several files.")),
    "rows": (gettext_lazy("The file has more than %(most)s rows."), gettext_lazy("Split it into several files.")),
    "columns": (gettext_lazy("The file has more than %(most)s columns."), gettext_lazy("Remove the columns that are not needed.")),
    "letters": (
        gettext_lazy("A cell in line %(line)s holds more than %(most)s characters."),
        gettext_lazy("Shorten it. If it is not one cell at all, look for a quotation mark that is missing."),
    ),
    "cells": (
        gettext_lazy("The table has far more cells than rows with something in them."),
        gettext_lazy("Copy the rows into a new file."),
    ),
}

_UNREADABLE = {
    "old_excel": (
        gettext_lazy("This is an old Excel file (.xls), or one with a password."),
        gettext_lazy("Open it, save it as .xlsx without a password, and bring that."),
    ),
    "binary": (gettext_lazy("This is not a file of rows."), gettext_lazy("Bring CSV, XLSX or Parquet.")),
    "no_table": (gettext_lazy("This is a packed file without a table in it."), gettext_lazy("Unpack it and bring the CSV or XLSX inside.")),
    "quotes": (
        gettext_lazy("A quotation mark in line %(line)s is not closed or stands in the wrong place."),
        gettext_lazy("Put the cell into quotation marks and write each quotation mark inside it twice."),
    ),
    "damaged": (gettext_lazy("The file is damaged."), gettext_lazy("Open it, save it anew, and bring that.")),
}


def _field(code: str | None) -> str:
    return name_of("trait" if (code or "").startswith("trait:") else code)


@say.register
def _sheet(refusal: sheets.SheetRefusal) -> tuple[str, str]:
    return _("This file cannot be taken over as it is."), _("Look through it and bring it again.")


@say.register
def _too_large(refusal: sheets.SheetTooLarge) -> tuple[str, str]:
    problem, remedy = _TOO_LARGE.get(str(refusal.values.get("what")), _TOO_LARGE["bytes"])
    known = {"most": "", "line": ""} | refusal.values
    return str(problem) % known, str(remedy)


@say.register
def _empty(refusal: sheets.SheetEmpty) -> tuple[str, str]:
    return _("The file has no rows below its headings."), _("Put the headings into the first row and one thing into each row below.")


@say.register
def _unreadable(refusal: sheets.SheetUnreadable) -> tuple[str, str]:
    problem, remedy = _UNREADABLE.get(str(refusal.values.get("why")), _UNREADABLE["damaged"])
    return str(problem) % ({"line": ""} | refusal.values), str(remedy)


@say.register
def _bomb(refusal: sheets.SheetBomb) -> tuple[str, str]:
    return _("The file would unpack to far more than it holds."), _("Copy its rows into a new file and bring that.")


@say.register
def _encoding(refusal: sheets.SheetEncoding) -> tuple[str, str]:
    return _("The letters of the file are in no encoding that is read here."), _("Save it as CSV in UTF-8, or as XLSX.")


@say.register
def _header(refusal: sheets.SheetHeaderMissing) -> tuple[str, str]:
    columns = refusal.values.get("columns")
    lacking = [name_of(str(each)) for each in columns] if isinstance(columns, list) else []
    if not lacking:
        return _("The first row of the file is empty."), _("Put the names of the columns into it.")
    return _("No column was chosen for: %(columns)s.") % {"columns": _(", ").join(lacking)}, _("Choose the column that holds it.")


@say.register
def _column_twice(refusal: sheets.SheetColumnTwice) -> tuple[str, str]:
    return _("The column “%(value)s” was chosen twice.") % {"value": shown(refusal.value)}, _("Choose another column for one of the two.")


@say.register
def _not_ready(refusal: sheets.SheetNotReady) -> tuple[str, str]:
    return _("This cannot be done with the file now."), str(_STATES.get(str(refusal.values.get("state")), _STATES["brought"]))


@say.register
def _moved(refusal: sheets.SheetMoved) -> tuple[str, str]:
    return _("The shop changed since the dry run: the file would now do something else. Nothing was written."), _(
        "Have another dry run made, look at it, and confirm that."
    )


@say.register
def _gone(refusal: sheets.SheetGone) -> tuple[str, str]:
    return _("The rows of this file are no longer kept; that ends after 90 days."), _("Bring the file again.")


@say.register
def _line_twice(refusal: sheets.LineTwice) -> tuple[str, str]:
    values = {"value": shown(refusal.value), "line": refusal.values.get("line", "")}
    return _("“%(value)s” stands in line %(line)s already.") % values, _("Keep one of the two rows.")


@say.register
def _line_too_long(refusal: sheets.LineTooLong) -> tuple[str, str]:
    return _("The row has more cells than there are headings; the first one too many is “%(value)s”.") % {"value": shown(refusal.value)}, _(
        "Put a text that holds the separator into quotation marks."
    )


@say.register
def _other_product(refusal: sheets.OtherProduct) -> tuple[str, str]:
    values = {"value": shown(refusal.value), "own": shown(refusal.values.get("own", ""))}
    return _("This SKU belongs to the product “%(own)s”, not to “%(value)s”.") % values, _(
        "Write “%(own)s”. A product gets another web name on its own page."
    ) % values


@say.register
def _mail_ambiguous(refusal: sheets.MailAmbiguous) -> tuple[str, str]:
    return _("Several customers have the mail address “%(value)s”.") % {"value": shown(refusal.value)}, _(
        "Add the column “Customer number”, as an export has it, to say which one."
    )


@say.register
def _mail_differs(refusal: sheets.MailDiffers) -> tuple[str, str]:
    return _("The customer of this number has another mail address than “%(value)s”.") % {"value": shown(refusal.value)}, _(
        "Leave the cell empty: a file does not change mail addresses."
    )


@say.register
def _contradicts(refusal: sheets.LineContradicts) -> tuple[str, str]:
    values = {"field": _field(refusal.field), "line": refusal.values.get("line", ""), "value": shown(refusal.value)}
    return _("For %(field)s, line %(line)s says something else of the same product.") % values, _(
        "Write the same into both rows, or leave the cell of one of them empty."
    )


@say.register
def _cannot_be_emptied(refusal: sheets.CannotBeEmptied) -> tuple[str, str]:
    return _("A file cannot empty this: %(field)s.") % {"field": _field(refusal.field)}, _("Write a value, or leave the cell empty.")


@say.register
def _ambiguous(refusal: sheets.AmbiguousNumber) -> tuple[str, str]:
    return _("“%(value)s” can be read as two numbers.") % {"value": shown(refusal.value)}, _(
        "Write it without setting thousands apart, with a point before decimals, like 1234.50."
    )


@say.register
def _other_currency(refusal: sheets.OtherCurrency) -> tuple[str, str]:
    values = {"value": shown(refusal.value), "currency": refusal.values.get("currency", "")}
    return _("“%(value)s” is in another currency than the shop’s.") % values, _("Write the amount in %(currency)s.") % values


@say.register
def _waits(refusal: sheets.WaitsForSecond) -> tuple[str, str]:
    return _("This price falls so far, or so far below cost, that a second person decides."), _(
        "Nothing more to do: it is set once somebody approves it under “Second person”."
    )


@say.register
def _changed_since(refusal: sheets.ChangedSince) -> tuple[str, str]:
    values = {"field": _field(refusal.field), "value": shown(refusal.value)}
    return _("Somebody changed this after the file did: %(field)s is “%(value)s” now.") % values, _(
        "It was left as it is. Change it by hand if it should be as it was before."
    )


@say.register
def _changed_meanwhile(refusal: sheets.ChangedMeanwhile) -> tuple[str, str]:
    values = {"field": _field(refusal.field), "value": shown(refusal.value)}
    return _("Somebody changed this after the dry run: %(field)s is “%(value)s” now.") % values, _(
        "It was left as it is. Bring the row again if it should be as the file says."
    )


@say.register
def _named_by_options(refusal: sheets.NamedByOptions) -> tuple[str, str]:
    return _("This choice is called after its options, so that a file cannot call it “%(value)s”.") % {"value": shown(refusal.value)}, _(
        "Leave the cell empty. The values of the options are renamed on the product’s own page."
    )


@say.register
def _broken(refusal: sheets.SheetBroken) -> tuple[str, str]:
    values = {"value": shown(refusal.value), "tries": refusal.values.get("tries", 1)}
    return _(
        "The work on this file broke off unexpectedly, %(tries)s times by now (%(value)s). What was done until then stands."
    ) % values, _("It is tried again five times by itself; after that, start it once more. The program’s log says where it broke.")


@say.register
def _stays_new(refusal: sheets.StaysNew) -> tuple[str, str]:
    return _("This customer came by the file; a customer’s record is not taken away."), _("It was left as it is.")
