"""Words for engines, where the room that keeps them meets what they speak of: products, shelves and collections."""

from dataclasses import dataclass
from datetime import datetime

from shopkeeper.kit.ids import CollectionId, ProductId, UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.shapes_pages import EngineWords, WordsKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What words for engines speak of: its name, the web name in its address, and the text from which a description is made."""

    kind: WordsKind
    id: int
    name: Bilingual
    slug: str
    text: Bilingual


def subject(kind: WordsKind, subject_id: int) -> Subject:
    """Return what words for engines speak of, shown in the shop or not. Raises NotFound."""
    if kind is WordsKind.PRODUCT:
        product = catalog.product_by_id(ProductId(subject_id))
        return Subject(kind=kind, id=subject_id, name=product.name, slug=product.slug, text=product.text)
    if kind is WordsKind.COLLECTION:
        found = catalog.collection_by_id(CollectionId(subject_id))
        return Subject(kind=kind, id=subject_id, name=found.name, slug=found.slug, text=found.intro)
    for each in catalog.categories():
        if each.id == subject_id:
            return Subject(kind=kind, id=subject_id, name=each.name, slug=each.slug, text=each.intro)
    raise NotFound("category", subject_id)


def save(*, kind: WordsKind, subject_id: int, words: EngineWords, actor: UserId | None, now: datetime) -> EngineWords:
    """Save words for engines and return them. Raises NotFound, and as `content.save_engine_words` does."""
    subject(kind, subject_id)
    return content.save_engine_words(kind=kind, subject_id=subject_id, words=words, actor=actor, now=now)
