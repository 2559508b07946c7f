"""Every route of the API, put together once."""

from django.utils.translation import gettext_noop

from shopkeeper.doors.api import (
    arranging,
    baskets,
    beside,
    bundles,
    businesses,
    catalogue,
    categories,
    collections,
    combinations,
    consents,
    describing,
    desk,
    drafts,
    edits,
    engine_pages,
    figures,
    first_day,
    letters,
    links,
    orders,
    people,
    pictures,
    products,
    questions,
    requests,
    reviews,
    sheets,
    sign_in,
    wanted,
    webhooks,
)
from shopkeeper.doors.api.door import Door

api = Door(
    title="Shopkeeper",
    version="1",
    description=gettext_noop("Goods, baskets, orders, stock and figures of the shop, for programs."),
    urls_namespace="shop-api",
)
api.add_router("", catalogue.router)
api.add_router("", collections.router)
api.add_router("", pictures.router)
api.add_router("", baskets.router)
api.add_router("", orders.router)
api.add_router("", requests.router)
api.add_router("", reviews.router)
api.add_router("", questions.router)
api.add_router("", consents.router)
api.add_router("/staff", desk.router)
api.add_router("/staff", requests.staff_router)
api.add_router("/staff", reviews.staff_router)
api.add_router("/staff", questions.staff_router)
api.add_router("/staff", pictures.staff_router)
api.add_router("/staff", drafts.staff_router)
api.add_router("/staff", wanted.staff_router)
api.add_router("/staff", bundles.staff_router)
api.add_router("/staff", sheets.router)
api.add_router("/staff/metrics", figures.router)
api.add_router("/staff", letters.staff_router)
api.add_router("/staff", sign_in.staff_router)
api.add_router("/staff", links.staff_router)
api.add_router("/staff", people.router)
api.add_router("/staff", consents.staff_router)
api.add_router("/staff", businesses.staff_router)
api.add_router("/staff", combinations.router)
api.add_router("/staff", arranging.staff_router)
api.add_router("/staff", beside.staff_router)
api.add_router("/staff", describing.staff_router)
api.add_router("/staff", products.staff_router)
api.add_router("/staff", categories.staff_router)
api.add_router("/staff", edits.staff_router)
api.add_router("/staff", first_day.router)
api.add_router("/staff", engine_pages.staff_router)
api.add_router("", webhooks.router)
api.add_router("", letters.router)
api.add_router("", sign_in.router)
