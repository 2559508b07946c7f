"""What goods show: pictures for the product as such or for some of its variants, and videos. Catalogue and media meet here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from shopkeeper.kit import checks, together
from shopkeeper.kit.ids import PictureId, ProductId, UserId, VariantId, VideoId
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.requests import public as requests
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Product
from shopkeeper.selling.media import public as media
from shopkeeper.selling.media.shapes import MOST_ALT, MOST_PICTURES, Picture, PictureDraft, Sent, Video


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureWish:
    """What is wished of a picture that is there: its place among the others, what is said of it, or that it goes."""

    id: PictureId
    position: int
    draft: PictureDraft
    is_removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoWish:
    """What is wished of a video that is there: what is said below it, or that it goes."""

    id: VideoId
    caption: Bilingual
    is_removed: bool = False


@transaction.atomic
def save_pictures(
    *, product_id: ProductId, files: Sequence[Sent], wishes: Sequence[PictureWish], actor: UserId | None, now: datetime
) -> tuple[Picture, ...]:
    """Save a product's pictures as one page shows them, all or nothing, and return them: new ones follow those that are there.

    Raises NotFound, also for a picture or a variant of another product, and as `media.add` does.
    """
    there = {each.id for each in media.gallery(product_id).pictures}
    for each in wishes:
        if each.id not in there:
            raise NotFound("picture", each.id)
    for each in wishes:
        if each.is_removed:
            media.remove(picture_id=each.id, actor=actor, now=now)
        else:
            change(picture_id=each.id, draft=each.draft, actor=actor, now=now)
    kept = sorted((each for each in wishes if not each.is_removed), key=lambda each: each.position)
    media.arrange(product_id=product_id, order=[each.id for each in kept], actor=actor, now=now)
    if files:
        add(product_id=product_id, files=files, actor=actor, now=now)
    return media.gallery(product_id).pictures


@transaction.atomic
def save_videos(
    *,
    product_id: ProductId,
    film: Sent | None,
    poster: Sent | None,
    caption: Bilingual,
    track: bytes | None,
    track_language: str,
    track_of: VideoId | None,
    wishes: Sequence[VideoWish],
    actor: UserId | None,
    now: datetime,
) -> tuple[Video, ...]:
    """Save a product's videos as one page shows them, all or nothing, and return them; `track_of` None: of the new one.

    Raises NotFound, also for a video of another product, and as `media.add_video` and `media.add_track` do.
    """
    there = {each.id for each in media.gallery(product_id).videos}
    for each in wishes:
        if each.id not in there:
            raise NotFound("video", each.id)
        if each.is_removed:
            media.remove_video(video_id=each.id, actor=actor, now=now)
        else:
            media.change_video(video_id=each.id, caption=each.caption, actor=actor, now=now)
    new = add_video(product_id=product_id, film=film, caption=caption, poster=poster, actor=actor, now=now) if film else None
    about = track_of or (new.id if new else None)
    if track is not None:
        if about is None:
            raise Malformed("video", "", expected="file")
        media.add_track(video_id=about, language=track_language, content=track, actor=actor, now=now)
    return media.gallery(product_id).videos


def add(*, product_id: ProductId, files: Sequence[Sent], actor: UserId | None, now: datetime) -> tuple[Picture, ...]:
    """Add pictures to a product, all or none, and return them; one without words in either language is called like the goods it shows.

    Raises NotFound, also for a variant of another product, and as `media.add` does.
    """
    product = catalog.product_by_id(product_id)
    named = [replace(each, draft=_named(product, each.draft)) for each in files]
    return media.add(product_id=product_id, files=named, actor=actor, now=now)


def add_once(*, product_id: ProductId, file: Sent, actor: UserId | None, now: datetime, key: str | None = None) -> Picture:
    """Add one picture to a product and return it; repeating the idempotency key repeats the answer. Raises as `add` does, and KeyReused."""

    def work() -> dict[str, int]:
        return {"picture": add(product_id=product_id, files=[file], actor=actor, now=now)[0].id}

    asked = {"product": product_id, "file": sha256(file.content).hexdigest(), "name": file.name}
    done = requests.once(key=key, asker=requests.STAFF, act="media.save_pictures", asked=asked, work=work, now=now)
    return media.picture(PictureId(done["picture"]))


@transaction.atomic
def place(*, picture_id: PictureId, draft: PictureDraft, position: int | None, actor: UserId | None, now: datetime) -> Picture:
    """Change what is said of a picture and, where given, its place among the others, from 1, and return it. Raises as `change` does."""
    changed = change(picture_id=picture_id, draft=draft, actor=actor, now=now)
    if position is not None:
        checks.whole(position, field="position", least=1, most=MOST_PICTURES)
        order = [each.id for each in media.gallery(changed.product_id).pictures if each.id != picture_id]
        order.insert(position - 1, picture_id)
        media.arrange(product_id=changed.product_id, order=order, actor=actor, now=now)
    return changed


def change(*, picture_id: PictureId, draft: PictureDraft, actor: UserId | None, now: datetime) -> Picture:
    """Change what is said of a picture and return it. Raises NotFound, also for a variant of another product, Malformed, OutOfRange."""
    product = catalog.product_by_id(media.picture(picture_id).product_id)
    return media.change(picture_id=picture_id, draft=_named(product, draft), actor=actor, now=now)


def add_video(*, product_id: ProductId, film: Sent, caption: Bilingual, poster: Sent | None, actor: UserId | None, now: datetime) -> Video:
    """Add a video to a product and return it; without words it is called like the product. Raises NotFound, and as `media.add_video`."""
    product = catalog.product_by_id(product_id)
    said = caption if caption.en.strip() or caption.zh.strip() else product.name
    return media.add_video(product_id=product_id, film=film, caption=said, poster=poster, actor=actor, now=now)


def of_variants(variant_ids: Sequence[VariantId]) -> dict[VariantId, Picture]:
    """Return the picture that stands for each of these variants: its own, else the first of its product; two statements."""
    product_of = {each.variant_id: each.product_id for each in catalog.goods(variant_ids).values()}
    return of_lines(product_of)


def of_lines(product_of: Mapping[VariantId, ProductId]) -> dict[VariantId, Picture]:
    """Return the picture that stands for each of these variants, given its product: its own, else the product's first; one statement."""
    products = sorted(set(product_of.values()))
    own, first = together.read(lambda: media.of_variants(products, list(product_of)), lambda: media.first(products))
    found = {variant: own.get(variant) or first.get(product) for variant, product in product_of.items()}
    return {variant: picture for variant, picture in found.items() if picture is not None}


def _named(product: Product, draft: PictureDraft) -> PictureDraft:
    known: Mapping[VariantId, Bilingual] = {each.id: each.option for each in product.variants}
    for each in draft.variants:
        if each not in known:
            raise NotFound("variant", each)
    if draft.alt.en.strip() or draft.alt.zh.strip():
        return draft
    option = known[draft.variants[0]] if len(draft.variants) == 1 else Bilingual()
    return replace(draft, alt=Bilingual(_called(product.name.en, option.en, ", "), _called(product.name.zh, option.zh, "，")))


def _called(name: str, option: str, comma: str) -> str:
    return (f"{name}{comma}{option}" if name and option else name)[:MOST_ALT]
