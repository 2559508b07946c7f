"""The storefront's answers when something is missing, forbidden or broken."""

from django.http import HttpRequest, HttpResponse


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse("Not found", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse("Forbidden", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Error", status=500)
