"""Every route of the API, put together once."""

from django.utils.translation import gettext_noop

from shopkeeper.doors.api import baskets, catalogue, desk, figures, orders, reviews, webhooks
from shopkeeper.doors.api.door import Door

api = Door(
    title="Shopkeeper",
    version="1",
    description=gettext_noop("Goods, baskets, orders, stock and figures of the shop, for programs."),
    urls_namespace="shop-api",
)
api.add_router("", catalogue.router)
api.add_router("", baskets.router)
api.add_router("", orders.router)
api.add_router("", reviews.router)
api.add_router("/staff", desk.router)
api.add_router("/staff", reviews.staff_router)
api.add_router("/staff/metrics", figures.router)
api.add_router("", webhooks.router)
