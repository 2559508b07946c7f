"""The shop's addresses and one more: a view that does nothing, behind the same middleware. Only the benchmark of pages serves this."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from shopkeeper.wiring import urls


def empty(request: HttpRequest) -> HttpResponse:
    """Return a page with nothing on it."""
    return HttpResponse(b"<!doctype html>", content_type="text/html")


urlpatterns = [path("en/empty-view/", empty), *urls.urlpatterns]
handler404, handler500 = urls.handler404, urls.handler500
