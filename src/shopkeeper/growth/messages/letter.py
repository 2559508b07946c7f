"""What a mail says, before it has a form: both the HTML and the plain text are made from the same letter."""

from dataclasses import dataclass

from shopkeeper.growth.messages.rules.language import Prose
from shopkeeper.growth.messages.shapes import Attachment


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Who writes: the shop as the reader knows it. `mark` is the one or two characters in the seal, which stands where it has no logo."""

    shop_name: str
    mark: str
    url: str
    small_print: tuple[str, ...]
    logo: "Sign | None" = None


@dataclass(frozen=True, slots=True)
class Sign:
    """The shop's logo at the head of a mail: where it is fetched, and its width and height in CSS pixels."""

    url: str
    width: int
    height: int


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


@dataclass(frozen=True, slots=True)
class Block:
    """What stands between paragraphs: lines of goods, totals, or details."""

    lines: tuple[Line, ...] = ()
    totals: tuple[Total, ...] = ()
    details: tuple[Detail, ...] = ()

    @property
    def kind(self) -> str:
        """Return which of the three it is; empty where there is nothing to show."""
        return "lines" if self.lines else "totals" if self.totals else "details" if self.details else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """`preview` is what a mailbox shows beside the subject; `why` closes the mail: why the reader gets it.

    `text_id` and `words` say which words it was written in; `unsubscribe` is the address that ends mails of this purpose,
    `consents` the one where a guest says what they agree to.
    """

    to: str
    language: str
    head: Head
    subject: str
    preview: str
    heading: str
    body: tuple[Prose | Block, ...]
    button: Link
    closing: tuple[Prose, ...] = ()
    why: str = ""
    attachments: tuple[Attachment, ...] = ()
    unsubscribe: str = ""
    consents: str = ""
    text_id: int | None = None
    words: str = ""

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Return what the body says in words."""
        return tuple(part.words for part in self.body if isinstance(part, Prose))

    @property
    def after(self) -> tuple[str, ...]:
        """Return what stands below the button, in words."""
        return tuple(part.words for part in self.closing)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return every line of goods."""
        return tuple(line for part in self.body if isinstance(part, Block) for line in part.lines)

    @property
    def totals(self) -> tuple[Total, ...]:
        """Return every total."""
        return tuple(total for part in self.body if isinstance(part, Block) for total in part.totals)

    @property
    def details(self) -> tuple[Detail, ...]:
        """Return every detail."""
        return tuple(detail for part in self.body if isinstance(part, Block) for detail in part.details)
