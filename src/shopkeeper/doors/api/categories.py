"""Routes for staff: the shelves of the shop, listed, made and changed."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Router, Schema

from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.lookups import Known, known_now
from shopkeeper.doors.api.orders import RepeatKey
from shopkeeper.doors.api.staff import StaffSession, actor, under_key
from shopkeeper.doors.api.values import Name, Number, Paged, PageNumber, PageSize, Sent, Text, Whole, Words, bilingual, paged_from
from shopkeeper.flows import goods_once
from shopkeeper.kit.ids import CategoryId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Category

staff_router = Router(tags=["staff"])


class CategoryData(Sent):
    __doc__ = gettext_noop(
        "A category as staff write it, whole. `parent` is the slug of the main category it belongs to; null: it stands on its own. "
        "`position` orders them."
    )

    slug: Name
    name: Words
    intro: Words = Words()
    parent: Name | None = None
    drawing: Text = ""
    position: Whole = 0


class StaffCategoryOut(Schema):
    __doc__ = gettext_noop(
        "A category for staff: what stands in `category` can be sent back as it is. `products` counts those on show, on it and below it; "
        "`is_derived`: a rule made it, nobody has written it yet."
    )

    id: int
    products: int
    is_derived: bool
    category: CategoryData


@staff_router.get(
    "/categories",
    auth=StaffSession("catalog.view"),
    response=Paged[StaffCategoryOut],
    summary=gettext_noop("The categories as staff wrote them, by position"),
)
def list_staff_categories(request: HttpRequest, page: PageNumber = 1, size: PageSize = 50) -> Paged[StaffCategoryOut]:
    known = known_now()
    return paged_from(known.shelves, page, size, lambda each: _told(each, known))


@staff_router.post(
    "/categories",
    auth=StaffSession("catalog.save_category"),
    response={201: StaffCategoryOut},
    openapi_extra=also(404, 409),
    summary=gettext_noop("Make a category"),
)
def make_category(request: HttpRequest, data: CategoryData, idempotency_key: RepeatKey = None) -> StaffCategoryOut:
    made = goods_once.make_category(
        slug=data.slug, name=bilingual(data.name), intro=bilingual(data.intro), parent_id=_parent(data, known_now()),
        drawing=data.drawing, position=data.position, **under_key(request, idempotency_key),
    )  # fmt: skip
    return _one(made)


@staff_router.put(
    "/categories/{category}",
    auth=StaffSession("catalog.save_category"),
    response=StaffCategoryOut,
    openapi_extra=also(409),
    summary=gettext_noop("Change a category; the same again changes nothing"),
)
def change_category(request: HttpRequest, category: Number, data: CategoryData) -> StaffCategoryOut:
    known = known_now()
    present = _found(CategoryId(category), known)
    catalog.save_category(
        category_id=present.id, slug=data.slug, name=bilingual(data.name), intro=bilingual(data.intro),
        parent_id=_parent(data, known), drawing=data.drawing, tint=present.tint, position=data.position,
        actor=actor(request), now=timezone.now(),
    )  # fmt: skip
    return _one(present.id)


# ── between the door and the room ─────────────────────────────────────────────────────────────────────────────────────


def _parent(data: CategoryData, known: Known) -> CategoryId | None:
    return None if data.parent is None else known.shelf(data.parent)


def _found(category_id: CategoryId, known: Known) -> Category:
    for each in known.shelves:
        if each.id == category_id:
            return each
    raise NotFound("category", category_id)


def _one(category_id: CategoryId) -> StaffCategoryOut:
    known = known_now()
    return _told(_found(category_id, known), known)


def _told(found: Category, known: Known) -> StaffCategoryOut:
    said = CategoryData(
        slug=found.slug, name=_words(found.name), intro=_words(found.intro), parent=known.shelf_slug(found.parent_id),
        drawing=found.drawing, position=found.position,
    )  # fmt: skip
    return StaffCategoryOut(id=found.id, products=found.products, is_derived=found.is_derived, category=said)


def _words(text: Bilingual) -> Words:
    return Words(en=text.en, zh=text.zh)
