"""What it costs and how long it takes to deliver somewhere: asked before there is a checkout, and remembered by the browser."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shopkeeper.doors.storefront import checkout, forms, frame, kept, shelves, visitor
from shopkeeper.kit import checks, divisions, together
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.time import day_of
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Goods
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders.shapes import MOST_UNITS


class GoingForm(forms.Form):
    fields = ("country", "postcode")

    def place(self) -> tuple[str, str] | None:
        """Return country and postcode, which may be empty; None where one is wrong, and then `errors` says why."""
        country = self.read("country", checks.country)
        if country is None or not self.value("postcode").strip():
            return None if country is None else (country, "")
        code = self.read("postcode", lambda text: forms.postcode(text, country))
        if code is not None and country == "CN":
            code = self.read("postcode", lambda text: divisions.postcode(text.strip()))
        return None if code is None else (country, code)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def going_to(request: HttpRequest) -> HttpResponse:
    """Show what delivery to a place costs and when it arrives, for goods where some are named; a place that is sent is remembered."""
    home = visitor.goes_to(request) or frame.shop(request).country
    sent = request.POST.dict() if request.method == "POST" else None
    form = GoingForm(sent, country=home, postcode=visitor.postcode_there(request), variant=request.GET.get("variant", ""))
    place = form.place()
    country, postcode = place or (home, "")
    today = day_of(timezone.now(), frame.shop(request).zone)
    ways = [shelves.promise(option, today) for option in kept.of(request).delivery_options(country)]
    goods, available = _goods(form.value("variant"))
    response = frame.page(
        request,
        "delivering",
        status=422 if form.errors else 200,
        form=form,
        countries=checkout.countries(frame.shop(request).country),
        country=country,
        ways=ways,
        goods=goods,
        available=min(available, MOST_UNITS),
        next=forms.safe_next(request.GET.get("next") or form.value("next"), ""),
        is_told=sent is not None and place is not None,
    )
    if sent is not None and place is not None:
        visitor.remember_goes_to(response, country, postcode)
    return response


def _goods(asked: str) -> tuple[Goods | None, int]:
    """Return the goods on sale an address names and how many are there; nothing where it names none."""
    try:
        variant = forms.variant(asked)
    except Refusal:
        return None, 0
    goods, units = together.read(lambda: catalog.goods([variant]).get(variant), lambda: inventory.available([variant]).get(variant, 0))
    # What is not on sale, or not yet in the shop, is nobody's to know of, whatever number an address names.
    return (goods, max(units, 0)) if goods is not None and goods.is_sellable else (None, 0)
