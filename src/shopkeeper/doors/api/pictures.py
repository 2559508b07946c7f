"""Routes for pictures of goods: anybody reads what a product shows, staff add, change and remove."""

from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema

from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.orders import RepeatKey
from shopkeeper.doors.api.staff import StaffSession, actor
from shopkeeper.doors.api.values import Both, Name, Number, Sent, Text, Whole, both
from shopkeeper.flows import pictures
from shopkeeper.kit import together
from shopkeeper.kit.ids import PictureId, VariantId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.media import public as media
from shopkeeper.selling.media import shapes
from shopkeeper.selling.media.shapes import MOST_ALT, MOST_BYTES, Cut, Format, Picture, PictureDraft

router = Router(tags=["catalogue"])
staff_router = Router(tags=["staff"])

_RAW_BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}

Alt = Annotated[str, Field(max_length=MOST_ALT)]


class CutOut(Schema):
    __doc__ = gettext_noop(
        "A picture whole, or a square out of it: fetch `address` with one of its widths and formats filled in. What stands under such an "
        "address never changes."
    )

    address: str
    widths: list[int]
    formats: list[str]
    width: int
    height: int


class PictureOut(Schema):
    __doc__ = gettext_noop("A picture of a product. `variants` are those it shows, none where it shows them all; the focus is in per cent.")

    id: int
    whole: CutOut
    square: CutOut
    alt: Both
    focus_x: int
    focus_y: int
    variants: list[int]


class PictureIn(Sent):
    __doc__ = gettext_noop(
        "What is said of a picture. Without words it is called like the goods; `position` puts it among the others, from 1."
    )

    alt_en: Alt = ""
    alt_zh: Alt = ""
    focus_x: Whole = 50
    focus_y: Whole = 50
    variants: Annotated[list[Number], Field(max_length=200)] = []
    position: Whole | None = None


@router.get("/products/{slug}/pictures", response=list[PictureOut], summary=gettext_noop("What a product shows, in its order"))
def list_pictures(request: HttpRequest, slug: Name) -> list[PictureOut]:
    found = catalog.product(slug)
    (gallery,) = together.read(lambda: media.gallery(found.id))
    return [_out(each) for each in gallery.pictures]


@staff_router.post(
    "/products/{slug}/pictures",
    auth=StaffSession("media.save_pictures"),
    response={201: PictureOut},
    openapi_extra=also(409) | _RAW_BODY,
    summary=gettext_noop("Add a picture: its bytes are the body, 20 MB at most"),
)
def add_picture(request: HttpRequest, slug: Name, name: Text = "", idempotency_key: RepeatKey = None) -> PictureOut:
    product_id = catalog.ids_by_slug([slug]).get(slug)
    if product_id is None:
        raise NotFound("product", slug)
    # One byte more than is taken shows that it is too much, whatever was sent.
    file = shapes.Sent(name=name, content=request.read(MOST_BYTES + 1))
    made = pictures.add_once(product_id=product_id, file=file, actor=actor(request), now=timezone.now(), key=idempotency_key)
    return _out(made)


@staff_router.put(
    "/pictures/{picture}",
    auth=StaffSession("media.save_pictures"),
    response=PictureOut,
    summary=gettext_noop("Change what is said of a picture, its focus and its place"),
)
def change_picture(request: HttpRequest, picture: Number, data: PictureIn) -> PictureOut:
    draft = PictureDraft(
        alt=Bilingual(data.alt_en, data.alt_zh),
        focus=(data.focus_x, data.focus_y),
        variants=tuple(VariantId(each) for each in data.variants),
    )
    changed = pictures.place(
        picture_id=PictureId(picture), draft=draft, position=data.position, actor=actor(request), now=timezone.now()
    )  # fmt: skip
    return _out(changed)


@staff_router.delete(
    "/pictures/{picture}",
    auth=StaffSession("media.save_pictures"),
    response={204: None},
    summary=gettext_noop("Take a picture out of its product's gallery"),
)
def remove_picture(request: HttpRequest, picture: Number) -> tuple[int, None]:
    media.remove(picture_id=PictureId(picture), actor=actor(request), now=timezone.now())
    return 204, None


def _out(found: Picture) -> PictureOut:
    return PictureOut(
        id=found.id, whole=_cut(found.whole), square=_cut(found.square), alt=both(found.alt), focus_x=found.focus[0],
        focus_y=found.focus[1], variants=list(found.variants),
    )  # fmt: skip


def _cut(found: Cut) -> CutOut:
    formats = list(Format) if found.is_ready else [Format.JPEG]
    return CutOut(
        address=f"/media/{found.key}/{{width}}.{{format}}", widths=list(found.widths), formats=[each.value for each in formats],
        width=found.width, height=found.height,
    )  # fmt: skip
