"""A draft as shoppers would see it, for staff who have the link. The page is never kept, and search engines are told to pass it over."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shopkeeper.doors.storefront import shelves
from shopkeeper.flows import draft_links
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.access import public as access
from shopkeeper.selling.catalog import public as catalog


@never_cache
@require_safe
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """Show a product as it would be if a version of it were live. Raises NotFound, and what keeps the version from going live."""
    seen = draft_links.read(token)
    if not access.may(seen.by, "catalog.view"):
        raise NotFound("preview", "")
    messages.warning(request, _("This is a preview of a draft: only who has this link sees it, and nothing here can be bought yet."))
    response = catalog.as_if_live(
        product_id=seen.product_id,
        revision_id=seen.revision_id,
        look=lambda slug: shelves.product_page(request, slug, is_preview=True),
        now=timezone.now(),
    )
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    # Not “no-referrer”: browsers then send this page's forms as from nowhere, and the shop refuses those.
    response["Cache-Control"] = "no-store"
    return response
