"""The addresses under which a picture is fetched, as templates write them."""

from collections.abc import Sequence

from shopkeeper.kit.ids import VariantId
from shopkeeper.selling.media.shapes import Cut, Format, Picture, Video
from shopkeeper.selling.reviews.shapes import ReviewPhoto

MIDDLE = 640
"""What a browser that chooses nothing gets."""


def address(cut: Cut, width: int, wanted: str = "jpg") -> str:
    """Return where a cut is fetched at a width in a format."""
    return f"/media/{cut.key}/{width}.{Format(wanted).value}"


def srcset(cut: Cut, wanted: str = "jpg") -> str:
    """Return every width of a cut in a format, for a browser to choose from."""
    return ", ".join(f"{address(cut, width, wanted)} {width}w" for width in cut.widths)


def middle(cut: Cut) -> int:
    """Return the width a browser gets that chooses nothing."""
    return max((each for each in cut.widths if each <= MIDDLE), default=cut.widths[0])


def largest(cut: Cut) -> str:
    """Return where a cut is fetched as large as it is kept."""
    return address(cut, cut.widths[-1])


def film(video: Video) -> str:
    """Return where a video is fetched."""
    return f"/media/film/{video.key}.{video.kind.value}"


def track(key: str) -> str:
    """Return where what is said in a video is fetched."""
    return f"/media/track/{key}.vtt"


def led_by(pictures: Sequence[Picture], variant_id: VariantId | None) -> list[Picture]:
    """Return a product's pictures with those of a variant first, for the page of that variant."""
    return sorted(pictures, key=lambda each: variant_id not in each.variants)


def square_of(photo: ReviewPhoto) -> Cut:
    """Return a buyer's photo as a square. Only JPEG is kept of these."""
    return Cut(key=photo.square, is_square=True, width=photo.side, height=photo.side, is_ready=False)


def whole_of(photo: ReviewPhoto) -> Cut:
    """Return a buyer's photo as a whole."""
    return Cut(key=photo.whole, is_square=False, width=photo.width, height=photo.height, is_ready=False)
