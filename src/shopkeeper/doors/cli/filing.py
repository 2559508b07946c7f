"""Whole files of goods, customers, stock and prices from the command line: out, in with a dry run before, and back."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from shopkeeper.doors.cli import place
from shopkeeper.doors.cli.refusals import FileMissing, NoSuchFile, told
from shopkeeper.doors.cli.texts import _, language
from shopkeeper.kit.refusals import NotFound

if TYPE_CHECKING:
    from shopkeeper.kit.ids import RunId
    from shopkeeper.kit.refusals import Refusal
    from shopkeeper.ops.imports.shapes import Sheet

KINDS = ("products", "customers", "stock", "prices")
WAIT_S = 0.5
FORMATS = ("csv", "xlsx", "parquet")


def add(words: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the words that bring and take away files."""
    sheet = words.add_parser("sheet", help=_("products, customers, stock and prices as files"))
    what = sheet.add_subparsers(required=True, metavar=_("what"))
    out = what.add_parser("export", help=_("write all of a kind into a file that can be brought back"))
    out.add_argument("kind", choices=KINDS)
    out.add_argument("--format", choices=FORMATS, help=_("how it is written (default: by the file’s ending)"))
    out.add_argument("--out", required=True, metavar="FILE", help=_("the file to write"))
    out.add_argument("--headings", choices=("en", "zh-hans"), default=language(), help=_("language of the headings"))
    out.set_defaults(run=export)
    bring = what.add_parser("import", help=_("try a file out, then take it over"))
    bring.add_argument("kind", choices=KINDS)
    bring.add_argument("file", metavar="FILE")
    bring.add_argument("--dry-run", action="store_true", help=_("only say what would change"))
    bring.add_argument("--refused", metavar="FILE", help=_("where refused rows go, to be mended (default: beside the file)"))
    bring.set_defaults(run=take_over)
    back = what.add_parser("undo", help=_("take back what a file brought, by its number"))
    back.add_argument("number", type=int)
    back.set_defaults(run=undo)


def export(words: argparse.Namespace) -> int:
    """Write all of a kind into a file; what stood there is replaced once the new one is whole."""
    place.refuse_where_none_stands()
    path = Path(words.out)
    form = words.format or path.suffix.lstrip(".").lower()
    with place.shop():
        from shopkeeper.flows import sheets

        outgoing = sheets.export(
            kind=sheets.kind_named(words.kind), form=form, language=words.headings, actor=None, now=datetime.now(UTC)
        )  # fmt: skip
        unfinished = path.with_name(f".{path.name}.part")
        try:
            with unfinished.open("wb") as file:
                file.writelines(outgoing.pieces)
            unfinished.replace(path)
        except OSError as error:
            raise FileMissing(path=path, reason=error.strerror) from error
        finally:
            unfinished.unlink(missing_ok=True)
    print(_("Written: %s") % path)
    return 0


def take_over(words: argparse.Namespace) -> int:
    """Try a file out and, unless only that was asked, take it over; status 1 where rows were refused."""
    path = Path(words.file)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileMissing(path=path, reason=error.strerror) from error
    place.refuse_where_none_stands()
    with place.shop():
        from shopkeeper.flows import sheets

        now = datetime.now(UTC)
        made = sheets.bring(kind=sheets.kind_named(words.kind), file_name=path.name, content=content, actor=None, now=now)
        sheets.choose(sheet_id=made.id, mapping=made.mapping, actor=None, now=now)
        tried = _worked(made.id, now)
        _tell(tried)
        if tried.refusal is None and not words.dry_run and tried.counts.get("new", 0) + tried.counts.get("changed", 0):
            sheets.confirm(sheet_id=tried.id, seen=tried.seen, actor=None, now=now)
            tried = _worked(tried.id, now)
            print(_("Taken over. To take it back: shopkeeper sheet undo %s") % tried.id)
            _tell(tried)
        if tried.counts.get("refused"):
            _write_refused(tried.id, Path(words.refused) if words.refused else path.with_name(f"{path.stem}-refused.csv"))
    return 1 if tried.refusal is not None or tried.counts.get("refused") else 0


def undo(words: argparse.Namespace) -> int:
    """Take back what a file brought; status 1 where rows were left as they are. Raises NoSuchFile."""
    place.refuse_where_none_stands()
    with place.shop():
        from shopkeeper.flows import sheets
        from shopkeeper.kit.ids import RunId

        number, now = RunId(words.number), datetime.now(UTC)
        try:
            sheets.undo(sheet_id=number, actor=None, now=now)
        except NotFound as missing:
            raise NoSuchFile(number=number) from missing
        found = _worked(number, now)
    print(_("Taken back: %(undone)s rows. Left as they are: %(left)s.") % ({"undone": 0, "left": 0} | dict(found.undo_counts)))
    return 1 if found.undo_counts.get("left") else 0


def _worked(number: RunId, now: datetime) -> Sheet:
    """Return a sheet once what it waits for is done: here, or by the worker of a shop that runs."""
    from shopkeeper.flows import sheets
    from shopkeeper.ops.imports.shapes import ImportBusy

    while True:
        try:
            return sheets.work_alone(number, now)
        except ImportBusy:
            time.sleep(WAIT_S)


def _tell(found: Sheet) -> None:
    from shopkeeper.flows import sheets

    if found.refusal is not None:
        print(told(sheets.restored(found.refusal)), file=sys.stderr)
        return
    known = {"new": 0, "changed": 0, "unchanged": 0, "refused": 0} | dict(found.counts)
    print(_("New: %(new)s. Changed: %(changed)s. Unchanged: %(unchanged)s. Refused: %(refused)s.") % known)


def _write_refused(number: RunId, path: Path) -> None:
    from shopkeeper.flows import sheets

    outgoing = sheets.rejects(sheet_id=number, form="csv", language=language(), say=_said, actor=None, now=datetime.now(UTC))
    with path.open("wb") as file:
        file.writelines(outgoing.pieces)
    print(_("The refused rows, with the reason and what to do: %s") % path)


def _said(refusal: Refusal) -> tuple[str, str, str]:
    from django.utils import translation

    from shopkeeper.doors.refusals import explain, name_of

    with translation.override(language()):
        said = explain(refusal)
        return name_of(said.field), said.problem, said.remedy
