"""Pictures, videos and their words, as browsers fetch them: no session, no cookie, and what was fetched once is never asked for again.

What stands under such an address never changes, so it may be kept for ever, by browsers and by whatever stands before the shop.
"""

from collections.abc import Callable
from functools import partial
from itertools import chain
from typing import TypeVar

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified, StreamingHttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_safe

from shopkeeper.selling.media import public as media
from shopkeeper.selling.media.shapes import BeyondTheEnd, Format

PREFIX = "/media/"
FOR_EVER = "public, max-age=31536000, immutable"
_Answer = TypeVar("_Answer", bound=HttpResponseBase)
_TYPES = {Format.AVIF: "image/avif", Format.WEBP: "image/webp", Format.JPEG: "image/jpeg"}
# Nothing in such a file is ever run, whatever somebody managed to put into it.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


class Files:
    """Middleware: answers for files before sessions, languages and forms are looked at; all else goes on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        try:
            found = resolve(request.path_info)
            request.resolver_match = found
            response: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
        except (Resolver404, Http404):
            return HttpResponse("Not found\n", status=404, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})
        return response


@require_safe
def picture(request: HttpRequest, key: str, width: str, extension: str) -> HttpResponse:
    """Return a picture at one of its widths in one of its formats. Raises Http404 for any other: nothing is made on demand."""
    wanted = Format(extension)
    return _kept(request, f"{key}-{width}-{extension}", lambda: media.size(key, int(width), wanted), _TYPES[wanted])


@require_safe
def track(request: HttpRequest, key: str) -> HttpResponse:
    """Return what is said in a video, written out. Raises Http404."""
    return _kept(request, key, partial(media.track, key), "text/vtt; charset=utf-8")


def _kept(request: HttpRequest, name: str, read: Callable[[], bytes | str | None], media_type: str) -> HttpResponse:
    tag = f'"{name}"'
    if tag in request.headers.get("If-None-Match", ""):
        return _for_ever(HttpResponseNotModified(), tag)
    content = read()
    if not content:
        raise Http404
    return _for_ever(HttpResponse(content, content_type=media_type), tag)


def _for_ever(response: _Answer, tag: str) -> _Answer:
    response["Cache-Control"] = FOR_EVER
    response["ETag"] = tag
    response["Content-Security-Policy"] = _POLICY
    response["Cross-Origin-Resource-Policy"] = "same-site"
    return response


@require_safe
def film(request: HttpRequest, key: str, extension: str) -> HttpResponseBase:
    """Return the stretch of a film that a Range header asks for, or all of it, read while it is sent. Raises Http404."""
    header = request.headers.get("Range", "")
    tag = f'"{key}"'
    if tag in request.headers.get("If-None-Match", ""):
        return _for_ever(HttpResponseNotModified(), tag)
    if request.headers.get("If-Range", tag) != tag:
        header = ""
    try:
        found = media.film(key, header)
    except BeyondTheEnd as beyond:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{beyond.size}"})
    if found is None or not found.media_type.endswith(extension):
        raise Http404
    response: HttpResponseBase
    if found.is_asked:
        response = HttpResponse(found.content, status=206, content_type=found.media_type)
        response["Content-Range"] = f"bytes {found.start}-{found.start + len(found.content) - 1}/{found.size}"
    elif request.method == "HEAD":
        response = HttpResponse(content_type=found.media_type, headers={"Content-Length": str(found.size)})
    else:
        # Who asked for no part, or for one in a way we do not know, takes what comes for the whole (RFC 9110, 14.2).
        whole = chain([found.content], media.rest(key, len(found.content)))
        response = StreamingHttpResponse(whole, content_type=found.media_type, headers={"Content-Length": str(found.size)})
    response["Accept-Ranges"] = "bytes"
    return _for_ever(response, tag)
