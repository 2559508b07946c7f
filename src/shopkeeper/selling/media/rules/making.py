"""A picture made anew: read by the reader for its kind alone, upright, in sRGB, without anything but the picture; and its sizes.

Pillow is imported inside, so that a web process starts without it.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any

from shopkeeper.selling.media.rules import cutting, kinds
from shopkeeper.selling.media.shapes import (
    LEAST_SIDE,
    MOST_BYTES,
    MOST_PIXELS,
    BrokenPicture,
    FileTooLarge,
    Format,
    NotAPicture,
    WrongMeasure,
)

if TYPE_CHECKING:
    from PIL import Image

LONGEST = 2_560
"""An original's longer side; nothing is ever shown larger."""

_PAPER = (255, 255, 255)
"""What shows through a picture with holes where a format knows none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A picture made anew."""

    content: bytes
    width: int
    height: int

    @property
    def sha(self) -> str:
        return sha256(self.content).hexdigest()


_BAND = 256
"""Rows of a smaller picture made at once, so that a large one never stands in memory twice."""

_ONE_AT_A_TIME = threading.Lock()
"""Unpacked, a picture takes a hundred times its file: however many are sent at once, a process holds one."""


def anew(content: bytes, *, name: str, field: str = "picture", most_pixels: int = MOST_PIXELS) -> Made:
    """Return a picture made anew from a file; `name` only says in refusals which file it was.

    Raises FileTooLarge, NotAPicture, WrongMeasure, BrokenPicture.
    """
    if len(content) > MOST_BYTES:
        raise FileTooLarge(len(content), MOST_BYTES, name=name, field=field)
    kind = kinds.kind_of(content)
    if kind not in kinds.PICTURES:
        raise NotAPicture(kind, name=name, field=field)
    if besides := kinds.second_nature(content):
        raise NotAPicture(besides, name=name, field=field)
    try:
        with _ONE_AT_A_TIME:
            return _packed(_plain(_upright(_smaller(_open(content, kind, name, field, most_pixels)))))
    # Readers of broken files raise whatever they stumble over: all of it means the same.
    except (OSError, SyntaxError, ValueError, IndexError, KeyError, TypeError, EOFError, OverflowError, MemoryError, RuntimeError) as error:
        raise BrokenPicture(kind, name=name, field=field) from error


def _open(content: bytes, kind: str, name: str, field: str, most_pixels: int) -> Image.Image:
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(BytesIO(content), formats=[kinds.PICTURES[kind]])
        except Image.DecompressionBombError as error:
            raise WrongMeasure(0, 0, name=name, field=field, most=most_pixels) from error
        width, height = image.size
        # Only the head was read so far: what would not fit into memory is refused before any of it is unpacked.
        if min(width, height) < LEAST_SIDE or width * height > most_pixels:
            raise WrongMeasure(width, height, name=name, field=field, most=most_pixels)
        if kind == "jpeg" and image.mode in ("RGB", "L"):
            image.draft(image.mode, (LONGEST, LONGEST))
        image.load()
    return image


def _upright(image: Image.Image) -> Image.Image:
    from PIL import ImageOps

    return ImageOps.exif_transpose(image)


def _plain(image: Image.Image) -> Image.Image:
    """Return a picture in sRGB, with its holes where it has any, as RGB or RGBA."""
    profile = image.info.get("icc_profile")
    holes = image.getchannel("A") if image.mode == "RGBA" else None
    image = _in_srgb(image if holes is None else image.convert("RGB"), profile)
    if holes is not None and holes.getextrema() != (255, 255):
        image.putalpha(holes)
    return image


def _smaller(image: Image.Image) -> Image.Image:
    """Return a picture no larger than is ever shown, as RGB, RGBA, CMYK or L: band by band, for in colours a palette's grows fourfold."""
    from PIL import Image

    longest = max(image.size)
    if longest <= LONGEST:
        return _told_of(image, _even(image))
    width, height = (max(1, round(side * LONGEST / longest)) for side in image.size)
    step = image.height / height
    made: Image.Image | None = None
    for first in range(0, height, _BAND):
        last = min(first + _BAND, height)
        # A pixel takes from its neighbours a few steps away: those of the next band are seen by this one too.
        top, bottom = max(0, int((first - 4) * step)), min(image.height, int((last + 4) * step) + 1)
        band = _even(image.crop((0, top, image.width, bottom)))
        box = (0, first * step - top, image.width, min(last * step - top, band.height))
        shrunk = band.resize((width, last - first), Image.Resampling.LANCZOS, box=box)
        made = made or Image.new(shrunk.mode, (width, height))
        made.paste(shrunk, (0, first))
    assert made is not None
    return _told_of(image, made)


def _told_of(image: Image.Image, made: Image.Image) -> Image.Image:
    """Return the picture made with what the file said of the other but its holes: how it lies, and in which colours it was measured."""
    made.info = {name: value for name, value in image.info.items() if name != "transparency"}
    return made


def _even(image: Image.Image) -> Image.Image:
    """Return a picture, or a band of one, in a mode that can be made smaller without harm: RGB, RGBA, CMYK or L."""
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        # Sixteen bits to eight: read as they are, everything above 255 would be white.
        image = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        return image.convert("RGBA")
    return image if image.mode in ("RGB", "CMYK", "L") else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: Any) -> Image.Image:
    from PIL import ImageCms

    # A profile that says nothing we can read is left aside, as browsers do.
    with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        if isinstance(profile, bytes) and profile:
            theirs = ImageCms.ImageCmsProfile(BytesIO(profile))
            made = ImageCms.profileToProfile(image, theirs, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if made is not None:
                return made
    return image.convert("RGB")


def _packed(image: Image.Image) -> Made:
    return Made(content=_as_original(image), width=image.width, height=image.height)


def _as_original(image: Image.Image) -> bytes:
    out = BytesIO()
    if image.mode == "RGBA":
        image.save(out, "WEBP", quality=95, method=2, exact=False, exif=b"", icc_profile=b"", xmp=b"")
    else:
        _bare(image).save(out, "JPEG", quality=92, subsampling=0, optimize=True)
    return out.getvalue()


def _bare(image: Image.Image) -> Image.Image:
    """Return the picture without what its file said of it: some writers would put that into the next."""
    image.info = {}
    image.getexif().clear()
    return image


def sizes(
    original: bytes, *, box: tuple[int, int, int, int] | None, widths: Sequence[int], formats: Sequence[Format]
) -> Iterator[tuple[int, Format, bytes]]:
    """Yield an original, or the square `box` out of it, at each width in each format, the largest first."""
    from PIL import Image

    opened = Image.open(BytesIO(original), formats=["JPEG", "WEBP"])
    opened.load()
    image: Image.Image = opened
    if box is not None:
        image = image.crop(box)
    image = _bare(image)
    for width in sorted(widths, reverse=True):
        if width < image.width:
            # Each is made from the next larger one: a quarter of the work, and no difference to be seen.
            image = image.resize((width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS)
        for each in formats:
            yield width, each, _as(image, each)


def _as(image: Image.Image, wanted: Format) -> bytes:
    out = BytesIO()
    if wanted is Format.JPEG:
        _on_paper(image).save(out, "JPEG", quality=82, progressive=True, optimize=True)
    elif wanted is Format.WEBP:
        image.save(out, "WEBP", quality=78, method=4)
    else:
        image.save(out, "AVIF", quality=58, speed=8, max_threads=1)
    return out.getvalue()


def _on_paper(image: Image.Image) -> Image.Image:
    from PIL import Image

    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, _PAPER)
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def box_of(width: int, height: int, *, is_square: bool, focus: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """Return what is cut out of an original of this measure, None where it is shown whole."""
    return cutting.square_box(width, height, focus) if is_square else None
