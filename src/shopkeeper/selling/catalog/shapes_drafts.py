"""Drafts and versions of products as they cross the catalogue's face. Beside the room's other shapes (`shapes`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shopkeeper.kit.ids import BrandId, CategoryId, ProductId, RevisionId, UserId, VariantId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog.shapes import TraitDraft
from shopkeeper.selling.catalog.shapes_options import OptionDraft

Place = tuple[int, int]
"""An answer to an option of the same version: the option's place and the answer's place in it, both from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionVariant:
    """A variant in a version: without `id` it is new. `stands` names one answer of each option, by place."""

    id: VariantId | None = None
    sku: str
    option: Bilingual = field(default_factory=Bilingual)
    weight_g: int = 0
    is_sellable: bool = True
    stands: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """All that staff say of a product, at one moment: what a draft holds and a history keeps. Prices, stock and pictures are not in it.

    Options and answers that have an id are those of the product; answers that stand for an attribute's choice carry its name to be read.
    """

    slug: str
    name: Bilingual
    text: Bilingual = field(default_factory=Bilingual)
    category_id: CategoryId | None = None
    brand_id: BrandId | None = None
    photo_url: str = ""
    options: tuple[OptionDraft, ...] = ()
    variants: tuple[VersionVariant, ...] = ()
    traits: tuple[TraitDraft, ...] = ()


class Step(StrEnum):
    """What can happen to a version. LIVE: it was saved straight into the shop; PUBLISHED: a draft that went live."""

    KEPT = "kept"
    LIVE = "live"
    PUBLISHED = "published"
    SCHEDULED = "scheduled"
    UNSCHEDULED = "unscheduled"
    FAILED = "failed"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why what was due did not happen: the refusal's code, field and value."""

    code: str
    field: str
    value: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """How the work on a product stands. `draft_id`: the draft, None where there is none; `due_id` what goes live at `go_live_at`."""

    product_id: ProductId
    draft_id: RevisionId | None = None
    draft_by: UserId | None = None
    draft_at: datetime | None = None
    due_id: RevisionId | None = None
    go_live_at: datetime | None = None
    expire_at: datetime | None = None
    scheduled_by: UserId | None = None
    failure: Failure | None = None
    live_id: RevisionId | None = None

    @property
    def has_news(self) -> bool:
        """Whether there is anything to say of it: a draft, a moment to come, or something that failed."""
        return bool(self.draft_id or self.go_live_at or self.expire_at or self.failure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """What a form begins with: the draft where there is one, else what is live. `mark` is the fingerprint of what is live."""

    desk: Desk
    version: Version
    live: Version
    mark: str
    is_published: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A version as history keeps it, and what happened to it, first to last."""

    id: RevisionId
    product_id: ProductId
    version: Version
    by: UserId | None
    at: datetime
    steps: tuple["Happened", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A step of a version: who (None: the shop itself, or whoever wrote it before history began) and when."""

    step: Step
    by: UserId | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: `kind` is “same”, “in” (only in the later text) or “out” (only in the earlier)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field that two versions say differently. `about` names the variant, attribute or option; None: it is not there at all."""

    field: str
    about: str = ""
    before: str | None
    after: str | None
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What ids in a version are called now, for people who compare; what went is called by its number."""

    categories: Mapping[int, str] = field(default_factory=dict)
    brands: Mapping[int, str] = field(default_factory=dict)
    attributes: Mapping[int, str] = field(default_factory=dict)
    choices: Mapping[int, str] = field(default_factory=dict)


class NoDraft(Refusal):
    """The product has no draft, or the version named is not its draft."""

    code = "no_draft"

    def __init__(self, product_id: ProductId) -> None:
        super().__init__("There is no draft of this product", field="draft", value=product_id)


class DraftMoved(Refusal):
    """Somebody else kept another draft meanwhile; nothing was changed."""

    code = "draft_moved"

    def __init__(self, product_id: ProductId) -> None:
        super().__init__("Another draft was kept meanwhile", field="draft", value=product_id)


class ProductMoved(Refusal):
    """What shoppers see was changed since it was looked at, asked for or scheduled: going live would take that back unseen."""

    code = "product_moved"

    def __init__(self, product_id: ProductId) -> None:
        super().__init__("The product was changed meanwhile", field="draft", value=product_id)


class MomentPast(Refusal):
    """A moment of the schedule lies in the past, or so near that it cannot be kept."""

    code = "moment_past"

    def __init__(self, field: str, value: datetime) -> None:
        super().__init__(f"{field} lies in the past", field=field, value=value.isoformat())


class EndsBeforeItBegins(Refusal):
    """The product would go off before it goes live."""

    code = "ends_before_it_begins"

    def __init__(self, value: datetime) -> None:
        super().__init__("It would go off before it goes live", field="expire_at", value=value.isoformat())


class SecondPersonNeeded(Refusal):
    """In this shop a second person agrees to what shoppers see of a product: this way would go round them. Nothing was changed."""

    code = "second_person_needed"

    def __init__(self, product_id: ProductId | None) -> None:
        super().__init__("Changes to products need a second person", field="product", value=product_id)
