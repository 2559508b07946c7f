"""What a mail says, before it has a form: both the HTML and the plain text are made from the same letter."""

from dataclasses import dataclass

from shopkeeper.growth.messages.shapes import Attachment


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Who writes: the shop as the reader knows it. `mark` is the one or two characters in the seal."""

    shop_name: str
    mark: str
    url: str
    small_print: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of goods: its name, how many (or another note), what it costs as text; no amount where none is told."""

    name: str
    note: str
    amount: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    label: str
    amount: str
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class Detail:
    """A small labelled block: delivery address, carrier and tracking number."""

    label: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """`preview` is what a mailbox shows beside the subject; `why` closes the mail: why the reader gets it."""

    to: str
    language: str
    head: Head
    subject: str
    preview: str
    heading: str
    paragraphs: tuple[str, ...]
    button: Link | None = None
    lines: tuple[Line, ...] = ()
    totals: tuple[Total, ...] = ()
    details: tuple[Detail, ...] = ()
    after: tuple[str, ...] = ()
    why: str = ""
    attachments: tuple[Attachment, ...] = ()
