"""Whether this web process answers: for supervisors and load balancers."""

from django.http import HttpRequest, HttpResponse


def alive(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the process can answer at all; it asks no database, so that a slow one does not get the process killed."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
