"""Reviews: the form behind a line of an order, and the word that somebody else's was helpful."""

from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from shopkeeper.doors.refusals import explain
from shopkeeper.doors.storefront import forms, frame, visitor
from shopkeeper.flows import write_review
from shopkeeper.flows.write_review import Place
from shopkeeper.kit.ids import LineId, ReviewId
from shopkeeper.kit.refusals import NotFound, Refusal
from shopkeeper.selling.media.shapes import MOST_BYTES, Sent
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.reviews.shapes import MOST_NAME, MOST_PHOTOS, MOST_TEXT, MOST_TITLE, STARS, ReviewDraft, TooManyPhotos


class ReviewForm(forms.Form):
    fields = ("stars", "shown_name", "title", "text", "photos")

    def __init__(self, sent: Mapping[str, str] | None = None, *, kept: Sequence[str] | None = None, **initial: object) -> None:
        super().__init__(sent, **initial)
        self.kept = kept

    def keeps(self, square: str) -> bool:
        """Return whether a photo the review has is to stay: all of them until the writer says otherwise."""
        return self.kept is None or square in self.kept

    def value(self, name: str) -> str:
        """Return what the field shows; a text is longer than other fields, and what is too long is refused, not cut."""
        if name == "text" and self._sent is not None and name in self._sent:
            return self._sent[name][: 2 * MOST_TEXT]
        return super().value(name)

    def draft(self, language: str) -> ReviewDraft | None:
        """Return what was written; None where no stars were chosen. What else is wrong the room says."""
        stars = self.read("stars", lambda text: forms.whole("stars", text, least=STARS[0], most=STARS[-1]))
        if stars is None:
            return None
        return ReviewDraft(
            shown_name=self.value("shown_name"), stars=stars, title=self.value("title"), text=self.value("text"), language=language
        )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form for a line of the order behind a link, or keep what was written. Raises NotFound."""
    order_page = reverse("storefront:order", kwargs={"token": token})
    line_id = line_of(request)
    if line_id is None:
        return HttpResponseRedirect(order_page)
    try:
        place = write_review.place(token=token, line_id=line_id)
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, str(explain(refusal)))
        return HttpResponseRedirect(order_page)
    if request.method != "POST":
        return _form_page(request, place, _beginning(place))
    form = ReviewForm(request.POST.dict(), kept=request.POST.getlist("kept"))
    name = visitor.voice(request)
    draft = form.draft(request.LANGUAGE_CODE)
    try:
        if draft is not None:
            write_review.write(
                token=token, line_id=line_id, draft=draft, writer=name, now=timezone.now(), files=_files(request),
                kept=form.kept,
            )  # fmt: skip
    except Refusal as refusal:
        form.refuse(refusal)
    if form.errors:
        return _form_page(request, place, form)
    messages.success(request, _("Thank you. Your review is kept. It is shown as soon as somebody of the shop has read it."))
    response = HttpResponseRedirect(order_page)
    visitor.remember_voice(response, name)
    return response


def _files(request: HttpRequest) -> list[Sent]:
    """Return the photos of a form; an empty field sends one without a name."""
    chosen = [each for each in request.FILES.getlist("photos") if each.name]
    if len(chosen) > MOST_PHOTOS:
        raise TooManyPhotos(len(chosen))
    return [Sent(name=str(each.name)[:80], content=each.read(MOST_BYTES + 1)) for each in chosen]


def line_of(request: HttpRequest) -> LineId | None:
    """Return the line of the order that a form or an address names, None where it names none."""
    said = request.POST.get("line") or request.GET.get("line") or ""
    return LineId(int(said)) if said.isascii() and said.isdigit() and len(said) < 19 else None


def _beginning(place: Place) -> ReviewForm:
    written = place.written.draft if place.written else None
    if written is None:
        return ReviewForm(None)
    return ReviewForm(None, shown_name=written.shown_name, stars=written.stars, title=written.title, text=written.text)


def _form_page(request: HttpRequest, place: Place, form: ReviewForm) -> HttpResponse:
    return frame.page(
        request, "review", status=422 if form.errors else 200, place=place, order=place.order, line=place.line, form=form,
        stars=STARS[::-1], most_name=MOST_NAME, most_title=MOST_TITLE, most_text=MOST_TEXT, most_photos=MOST_PHOTOS,
    )  # fmt: skip


@require_POST
def helpful(request: HttpRequest, slug: str) -> HttpResponse:
    """Count that a review was helpful, and show the product's page again. Raises NotFound."""
    review_id = ReviewId(forms.whole("review", request.POST.get("review", ""), least=1, most=2**63 - 1))
    name, member = visitor.voice(request), visitor.member(request)
    try:
        reviews.vote(review_id=review_id, visitor=name, customer_id=member.id if member else None, now=timezone.now())
        messages.success(request, _("Thank you. It is counted."))
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, str(explain(refusal)))
    response = HttpResponseRedirect(reverse("storefront:product", kwargs={"slug": slug}) + "#reviews")
    visitor.remember_voice(response, name)
    return response
