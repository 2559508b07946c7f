"""Why a file, or a row of it, is refused; and refusals kept as plain values, so that they can be told in any reader's language later."""

from collections.abc import Mapping
from typing import Any

from shopkeeper.kit.refusals import Refusal


class SheetRefusal(Refusal):
    """A file or a row of it cannot be taken over as it is."""

    def __init__(self, *, field: str | None = "file", value: object = None, **values: object) -> None:
        super().__init__(f"{type(self).code}: {value!r} {values}", field=field, value=value)
        self.values = values


class SheetTooLarge(SheetRefusal):
    """The file has more bytes, rows, columns or letters than are taken; `most` and `what` say which."""

    code = "sheet_too_large"


class SheetEmpty(SheetRefusal):
    """There is nothing in the file, or nothing below its headings."""

    code = "sheet_empty"


class SheetUnreadable(SheetRefusal):
    """The file is none of CSV, XLSX and Parquet, or it is damaged; `line` says where, if that is known."""

    code = "sheet_unreadable"


class SheetBomb(SheetRefusal):
    """The file would unpack to far more than it holds."""

    code = "sheet_bomb"


class SheetEncoding(SheetRefusal):
    """The text is in no encoding that is read."""

    code = "sheet_encoding"


class SheetHeaderMissing(SheetRefusal):
    """The first row holds no headings that are known, or lacks one that is needed (`columns`)."""

    code = "sheet_header_missing"


class SheetColumnTwice(SheetRefusal):
    """One column is used for two fields, or a field for two columns."""

    code = "sheet_column_twice"


class SheetNotReady(SheetRefusal):
    """The sheet does not stand where this could be done: `state` says where it stands."""

    code = "sheet_not_ready"


class SheetMoved(SheetRefusal):
    """What the dry run showed is not what would happen now: a newer dry run is there, or the shop changed."""

    code = "sheet_moved"


class SheetGone(SheetRefusal):
    """The rows of the sheet are no longer kept."""

    code = "sheet_gone"


class LineTwice(SheetRefusal):
    """Two rows of the file are about the same thing: `line` is the first."""

    code = "line_twice"


class LineTooLong(SheetRefusal):
    """The row has more cells than there are headings."""

    code = "line_too_long"


class OtherProduct(SheetRefusal):
    """The SKU belongs to a product with another web name: a file does not move it."""

    code = "other_product"


class MailAmbiguous(SheetRefusal):
    """Several customers have this mail address: the column with the customer's number says which."""

    code = "mail_ambiguous"


class MailDiffers(SheetRefusal):
    """The customer of this number has another mail address: a file does not change it."""

    code = "mail_differs"


class LineContradicts(SheetRefusal):
    """An earlier row of the file says something else of the same product: `line` is that row."""

    code = "line_contradicts"


class CannotBeEmptied(SheetRefusal):
    """The value cannot be taken away by a file."""

    code = "cannot_be_emptied"


class AmbiguousNumber(SheetRefusal):
    """The number can be read in two ways."""

    code = "ambiguous_number"

    def __init__(self, field: str, value: str) -> None:
        super().__init__(field=field, value=value)


class OtherCurrency(SheetRefusal):
    """The amount is in another currency than the shop's."""

    code = "other_currency"

    def __init__(self, field: str, value: str, currency: str) -> None:
        super().__init__(field=field, value=value, currency=currency)


class WaitsForSecond(SheetRefusal):
    """The price falls so far that a second person is asked; `approval_id` is 0 in a dry run."""

    code = "waits_for_second"


class ChangedSince(SheetRefusal):
    """Somebody changed the row after the file did, so that its undoing leaves it as it is."""

    code = "changed_since"


class ChangedMeanwhile(SheetRefusal):
    """Somebody changed the row between the dry run and its turn: taking it over would undo what nobody was shown."""

    code = "changed_meanwhile"


class NamedByOptions(SheetRefusal):
    """The choice is called after the values of its product's options: a file does not rename it."""

    code = "named_by_options"


class SheetBroken(SheetRefusal):
    """The work on the sheet broke off for a reason nobody foresaw (`value`), `tries` times by now."""

    code = "sheet_broken"


class StaysNew(SheetRefusal):
    """What the file added cannot be taken away: a customer's record stays."""

    code = "stays_new"


# ── kept as plain values ──────────────────────────────────────────────────────────────────────────────────────────────

_PLAIN = (str, int, float, bool, type(None))


def kept(refusal: Refusal) -> dict[str, Any]:
    """Return a refusal as plain values, from which `restored` makes it again."""
    return {"kind": _name(type(refusal)), "message": str(refusal), "state": {name: _plain(each) for name, each in vars(refusal).items()}}


def restored(found: Mapping[str, Any]) -> Refusal:
    """Return the refusal that was kept; one whose kind is no longer known becomes a plain one."""
    kind = _kinds().get(str(found["kind"]), Refusal)
    made = kind.__new__(kind)
    made.args = (found["message"],)
    made.__dict__.update(found["state"])
    made.__dict__.setdefault("field", None)
    made.__dict__.setdefault("value", None)
    return made


def _plain(value: object) -> Any:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    return str(value)


def _name(kind: type[Refusal]) -> str:
    # Two rooms may call a refusal the same.
    return f"{kind.__module__}.{kind.__name__}"


def _kinds() -> dict[str, type[Refusal]]:
    known: dict[str, type[Refusal]] = {}
    waiting: list[type[Refusal]] = [Refusal]
    while waiting:
        each = waiting.pop()
        known.setdefault(_name(each), each)
        waiting += each.__subclasses__()
    return known
