"""Addresses of the API. What is not listed under /api/ is answered here too, so that no page of the storefront appears there."""

from django.urls import include, path, re_path

from shopkeeper.doors.api import reference
from shopkeeper.doors.api.door import guarded, nothing_here
from shopkeeper.doors.api.routes import api

urlpatterns = [
    path("v1/docs", reference.page, name="api-docs"),
    path("v1/", include((guarded(api.urls[0]), "shop-api"))),
    # Not a dot: that leaves out line breaks, and such an address would be answered with a page.
    re_path(r"^(?P<rest>[\s\S]*)\Z", nothing_here),
]
