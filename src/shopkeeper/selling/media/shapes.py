"""Pictures and videos as they cross their room's face: which picture, its sizes, what it shows in words, where the eye should rest."""

from dataclasses import dataclass, field
from enum import StrEnum

from shopkeeper.kit.ids import PictureId, ProductId, VariantId, VideoId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual

MOST_BYTES = 20_000_000
"""So large a file of a picture may be."""

MOST_PIXELS = 50_000_000
"""So many pixels a picture may have: told from its first bytes, before any of it is unpacked."""

MOST_PHOTO_PIXELS = 25_000_000
"""And so many a photo that anybody may send: unpacking is dear, and strangers do not get to have much of it done."""

LEAST_SIDE = 40
"""Smaller ones are no pictures of goods."""

MOST_PICTURES = 40
MOST_VIDEOS = 6
MOST_PHOTOS = 4
MOST_ALT = 200
MOST_VIDEO_BYTES = 40_000_000
MOST_TRACK_BYTES = 200_000

WHOLE_WIDTHS = (320, 640, 960, 1440)
SQUARE_WIDTHS = (160, 320, 640)


class Format(StrEnum):
    """What a size of a picture is kept as: JPEG at once, the smaller two by a job soon after."""

    AVIF = "avif"
    WEBP = "webp"
    JPEG = "jpg"


class VideoKind(StrEnum):
    MP4 = "mp4"
    WEBM = "webm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A picture as pages show it: whole, or a square around where the eye should rest, `width` × `height` at its largest.

    `key` stands in its address and is made from its content: what stands under an address never changes. `is_ready`: every size is there
    in every format; until then only JPEG is.
    """

    key: str
    is_square: bool
    width: int
    height: int
    is_ready: bool

    @property
    def widths(self) -> tuple[int, ...]:
        """Return the widths in which it is kept, the smallest first; never wider than the picture itself."""
        steps = SQUARE_WIDTHS if self.is_square else WHOLE_WIDTHS
        return tuple(sorted({*(each for each in steps if each < self.width), min(self.width, steps[-1])}))

    def height_at(self, width: int) -> int:
        """Return how high it is at a width."""
        return max(1, round(self.height * width / self.width))


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of a product. `variants` are those it shows, none where it shows the product as such.

    `focus` is where the eye should rest, in per cent from the left and from the top.
    """

    id: PictureId
    product_id: ProductId
    whole: Cut
    square: Cut
    alt: Bilingual
    focus: tuple[int, int]
    variants: tuple[VariantId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureDraft:
    """What staff say of a picture."""

    alt: Bilingual = field(default_factory=Bilingual)
    focus: tuple[int, int] = (50, 50)
    variants: tuple[VariantId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A file as it came in: its name, which is only repeated in refusals, its bytes, and what is said of the picture."""

    name: str
    content: bytes
    draft: PictureDraft = PictureDraft()


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What is said in a video, written out in one language."""

    language: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A video of a product, as it was sent: it is not made anew. `poster` is what stands there before it plays."""

    id: VideoId
    product_id: ProductId
    key: str
    kind: VideoKind
    size: int
    caption: Bilingual
    poster: Cut | None
    tracks: tuple[Track, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """What a product shows: its pictures in their order, then its videos."""

    pictures: tuple[Picture, ...] = ()
    videos: tuple[Video, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A buyer's photo, taken in: both cuts of it, ready to be named by a review."""

    original: str
    whole: Cut
    square: Cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a file: `content` from byte `start` on, of `size` bytes in all; `is_asked` where this very part was asked for."""

    content: bytes
    start: int
    size: int
    media_type: str
    is_asked: bool = False


class BeyondTheEnd(Exception):
    """Nothing of what is asked for lies within the file of `size` bytes."""

    def __init__(self, size: int) -> None:
        super().__init__(f"beyond {size} bytes")
        self.size = size


class NotAPicture(Refusal):
    """The file is no picture that is taken; `found` is what it seems to be, empty where nobody can say; `name` is the file's."""

    code = "not_a_picture"

    def __init__(self, found: str, *, name: str = "", field: str = "picture") -> None:
        super().__init__(f"{name!r} is no JPEG, PNG, WebP, AVIF or GIF but {found or 'something unknown'}", field=field, value=name)
        self.found = found


class BrokenPicture(Refusal):
    """The file begins like a picture and cannot be read to its end."""

    code = "broken_picture"

    def __init__(self, kind: str, *, name: str = "", field: str = "picture") -> None:
        super().__init__(f"{name!r} is a {kind} that cannot be read to its end", field=field, value=name)
        self.kind = kind


class FileTooLarge(Refusal):
    """The file has more bytes than are taken."""

    code = "file_too_large"

    def __init__(self, size: int, most: int, *, name: str = "", field: str = "picture") -> None:
        super().__init__(f"{name!r} has {size} bytes, at most {most} are taken", field=field, value=name)
        self.size = size
        self.most = most


class WrongMeasure(Refusal):
    """The picture is too small to show anything, or has more pixels than are unpacked (measure 0 × 0: many times more)."""

    code = "wrong_measure"

    def __init__(self, width: int, height: int, *, name: str = "", field: str = "picture", most: int = MOST_PIXELS) -> None:
        message = f"{name!r} is {width} × {height}: at least {LEAST_SIDE} each way, at most {most} in all"
        super().__init__(message, field=field, value=name)
        self.width = width
        self.height = height
        self.most = most


class PictureIsThere(Refusal):
    """The product shows this very picture already."""

    code = "picture_is_there"

    def __init__(self, name: str = "", *, field: str = "picture") -> None:
        super().__init__(f"The product shows {name!r} already", field=field, value=name)


class TooManyPictures(Refusal):
    """A product, or a review, shows only so many."""

    code = "too_many_pictures"

    def __init__(self, count: int, most: int, *, field: str = "picture") -> None:
        super().__init__(f"{count} pictures, at most {most}", field=field, value=count)
        self.count = count
        self.most = most


class NotAVideo(Refusal):
    """The file is no MP4 and no WebM."""

    code = "not_a_video"

    def __init__(self, found: str, *, name: str = "") -> None:
        super().__init__(f"{name!r} is neither MP4 nor WebM but {found or 'something unknown'}", field="video", value=name)
        self.found = found


class NotATrack(Refusal):
    """The text is no WebVTT; `line` is the first that is wrong, from 1."""

    code = "not_a_track"

    def __init__(self, line: int, text: str) -> None:
        super().__init__(f"Line {line} is no WebVTT: {text!r}", field="track", value=text)
        self.line = line
