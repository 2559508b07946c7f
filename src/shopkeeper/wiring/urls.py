"""Every address of the shop, by the door that answers it."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.urls import include, path

from shopkeeper.doors.api import health

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", health.metrics),
    path("api/", include("shopkeeper.doors.api.urls")),
    path("console/", include("shopkeeper.doors.console.urls")),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    path("", include("shopkeeper.doors.storefront.bare_urls")),
    *i18n_patterns(path("", include("shopkeeper.doors.storefront.urls"))),
]

handler404 = "shopkeeper.doors.storefront.errors.not_found"
handler500 = "shopkeeper.doors.storefront.errors.broken"
handler403 = "shopkeeper.doors.storefront.errors.forbidden"
handler400 = "shopkeeper.doors.storefront.errors.bad_request"
