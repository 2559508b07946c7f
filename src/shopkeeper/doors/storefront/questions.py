"""Questions about goods: asked from the product's page, answered by a buyer from the page of the order."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shopkeeper.doors.refusals import explain
from shopkeeper.doors.storefront import forms, frame, visitor
from shopkeeper.doors.storefront.reviews import line_of
from shopkeeper.flows import write_review
from shopkeeper.flows.write_review import Place
from shopkeeper.kit.ids import ProductId, QuestionId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import NotFound, Refusal
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.reviews.shapes import MOST_ANSWER, MOST_NAME, MOST_QUESTION, Said

ON_A_PAGE = 10


class QuestionForm(forms.Form):
    fields = ("shown_name", "question", "answer")

    def value(self, name: str) -> str:
        """Return what the field shows; what is too long is refused, not cut."""
        if name in ("question", "answer") and self._sent is not None and name in self._sent:
            return self._sent[name][: 2 * MOST_ANSWER]
        return super().value(name)

    def said(self, text: str, language: str) -> Said:
        """Return what was written in the field `text`."""
        return Said(shown_name=self.value("shown_name"), text=self.value(text), language=language)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the form for a question about a product, or keep what was asked. Raises NotFound."""
    product = catalog.product(slug)
    form = QuestionForm(request.POST.dict() if request.method == "POST" else None)
    if request.method == "POST":
        name, member = visitor.voice(request), visitor.member(request)
        said = form.said("question", request.LANGUAGE_CODE)
        try:
            reviews.ask(product_id=product.id, said=said, visitor=name, customer_id=member.id if member else None, now=timezone.now())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Thank you. Your question is shown as soon as somebody of the shop has read it."))
            response = HttpResponseRedirect(reverse("storefront:product", kwargs={"slug": slug}) + "#questions")
            visitor.remember_voice(response, name)
            return response
    status = 422 if form.errors else 200
    return frame.page(request, "ask", status=status, product=product, form=form, most_name=MOST_NAME, most_question=MOST_QUESTION)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show what others ask about the goods of an order's line, or keep what its buyer answers. Raises NotFound."""
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
    form = QuestionForm(request.POST.dict() if request.method == "POST" else None)
    if request.method == "POST":
        question = QuestionId(forms.whole("question", request.POST.get("question", ""), least=1, most=2**63 - 1))
        said = form.said("answer", request.LANGUAGE_CODE)
        try:
            write_review.answer(token=token, line_id=line_id, question_id=question, said=said, now=timezone.now())
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Thank you. Your answer is shown as soon as somebody of the shop has read it."))
            return HttpResponseRedirect(f"{request.path}?line={line_id}")
    return _answers_page(request, place, form)


def _answers_page(request: HttpRequest, place: Place, form: QuestionForm) -> HttpResponse:
    number = forms.page_number(request.GET.get("page"))
    found = reviews.asked(ProductId(place.line.product_id), number=number, size=ON_A_PAGE)
    questions = Page(items=found.questions, total=found.total, number=number, size=ON_A_PAGE)
    return frame.page(
        request, "questions", status=422 if form.errors else 200, order=place.order, line=place.line, questions=questions, form=form,
        most_name=MOST_NAME, most_answer=MOST_ANSWER,
    )  # fmt: skip
