"""Words for refusals about pictures, photos and videos."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shopkeeper.doors.wordings.say import name_of, say, shown
from shopkeeper.selling.media import shapes as media

_FOUND = {
    "svg": gettext_lazy("a drawing with a program in it (SVG)"),
    "html": gettext_lazy("a web page"),
    "xml": gettext_lazy("an XML file"),
    "php": gettext_lazy("a program"),
    "pdf": gettext_lazy("a PDF"),
    "zip": gettext_lazy("an archive"),
    "gzip": gettext_lazy("an archive"),
    "heic": gettext_lazy("a HEIC picture"),
    "tiff": gettext_lazy("a TIFF picture"),
    "bmp": gettext_lazy("a BMP picture"),
    "psd": gettext_lazy("a Photoshop file"),
    "ico": gettext_lazy("an icon"),
    "mp4": gettext_lazy("a video"),
    "webm": gettext_lazy("a video"),
    "matroska": gettext_lazy("a Matroska video"),
    "quicktime": gettext_lazy("a QuickTime video"),
    **dict.fromkeys(("jpeg", "png", "gif", "webp", "avif"), gettext_lazy("a picture")),
}
"""What a file is, where it is not what was asked for."""

_MEGABYTE = 1_000_000


def _name(refusal: object) -> str:
    return shown(getattr(refusal, "value", "")) or name_of(getattr(refusal, "field", ""))


@say.register
def _not_a_picture(refusal: media.NotAPicture) -> tuple[str, str]:
    if refusal.found in _FOUND:
        problem = _("“%(name)s” is %(what)s, whatever its name says.") % {"name": _name(refusal), "what": _FOUND[refusal.found]}
    else:
        problem = _("“%(name)s” is no picture.") % {"name": _name(refusal)}
    return problem, _("Send a photo as JPEG, PNG, WebP, AVIF or GIF. Nothing was taken.")


@say.register
def _broken_picture(refusal: media.BrokenPicture) -> tuple[str, str]:
    problem = _("“%(name)s” cannot be read to its end.") % {"name": _name(refusal)}
    return problem, _("Open it, save it again as JPEG and send that. Nothing was taken.")


@say.register
def _file_too_large(refusal: media.FileTooLarge) -> tuple[str, str]:
    values = {"name": _name(refusal), "size": f"{refusal.size / _MEGABYTE:.1f}", "most": f"{refusal.most / _MEGABYTE:g}"}
    problem = _("“%(name)s” has %(size)s MB; at most %(most)s MB are taken.") % values
    return problem, _("Make it smaller and send it again. Nothing was taken.")


@say.register
def _wrong_measure(refusal: media.WrongMeasure) -> tuple[str, str]:
    values = {"name": _name(refusal), "width": refusal.width, "height": refusal.height}
    if 0 < min(refusal.width, refusal.height) < media.LEAST_SIDE:
        problem = _("“%(name)s” is only %(width)d × %(height)d pixels.") % values
        return problem, _("Send one of at least %(least)d pixels each way; 1,500 look well.") % {"least": media.LEAST_SIDE}
    problem = _("“%(name)s” has too many pixels.") % values
    return problem, _("Send one of at most %(most)d million pixels.") % {"most": refusal.most // 1_000_000}


@say.register
def _picture_is_there(refusal: media.PictureIsThere) -> tuple[str, str]:
    return _("“%(name)s” is shown there already.") % {"name": _name(refusal)}, _("Leave it out. Nothing was taken.")


@say.register
def _too_many_pictures(refusal: media.TooManyPictures) -> tuple[str, str]:
    problem = ngettext("At most %(most)d is shown.", "At most %(most)d are shown.", refusal.most) % {"most": refusal.most}
    return problem, _("Send fewer, or take others away first. Nothing was taken.")


@say.register
def _not_a_video(refusal: media.NotAVideo) -> tuple[str, str]:
    if refusal.found in _FOUND:
        problem = _("“%(name)s” is %(what)s, whatever its name says.") % {"name": _name(refusal), "what": _FOUND[refusal.found]}
    else:
        problem = _("“%(name)s” is no video.") % {"name": _name(refusal)}
    return problem, _("Send an MP4 or a WebM. Nothing was taken.")


@say.register
def _not_a_track(refusal: media.NotATrack) -> tuple[str, str]:
    problem = _("Line %(line)d is no WebVTT: “%(text)s”.") % {"line": refusal.line, "text": shown(refusal.value)}
    return problem, _("Write WEBVTT, an empty line, then times like 00:01.000 --> 00:03.000 with the words below.")
