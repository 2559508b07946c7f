"""Rules: what a file is, what is made of it, and what is refused before or while it is read."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageChops

from shopkeeper.selling.media.rules import cutting, kinds, making
from shopkeeper.selling.media.shapes import MOST_BYTES, BrokenPicture, Cut, FileTooLarge, Format, NotAPicture, WrongMeasure
from shopkeeper.selling.media.tests.builders import PLACE, a_camera_s_file, a_claim_of, a_file, a_film, drawn, opened

TAKEN = {"JPEG": "jpeg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "GIF": "gif"}


@pytest.mark.parametrize(("pillow", "kind"), TAKEN.items())
def test_a_picture_is_known_by_its_bytes_and_made_anew(pillow: str, kind: str) -> None:
    content = a_file(pillow)

    made = making.anew(content, name="anything.txt")

    assert kinds.kind_of(content) == kind
    assert (made.width, made.height) == (300, 200)
    red, blue = opened(made.content).convert("RGB").getpixel((20, 20)), opened(made.content).convert("RGB").getpixel((280, 180))
    assert red[0] > 150 > red[2]
    assert blue[2] > 120 > blue[0]


HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 40
REFUSED = {
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"\n<!DOCTYPE html><html><body>hello</body></html>",
    "pdf": b"%PDF-1.7 ...",
    "zip": b"PK\x03\x04abcdefgh",
    "heic": HEIC,
    "tiff": b"II*\x00abcdef",
    "bmp": b"BMabcdefgh",
    "mp4": a_film(),
    "webm": a_film("webm"),
    "": b"just words",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_picture_is_refused_by_what_it_is(kind: str) -> None:
    with pytest.raises(NotAPicture) as refused:
        making.anew(REFUSED[kind], name="pot.jpg")

    assert (refused.value.found, refused.value.value, refused.value.field) == (kind, "pot.jpg", "picture")


@pytest.mark.parametrize(
    ("tail", "kind"),
    [
        (b"<script>alert(1)</script>", "html"), (b"<HTML><body>", "html"), (b"<?php system('id'); ?>", "php"), (b"%PDF-1.4", "pdf"),
        (b"PK\x05\x06" + b"\0" * 18, "zip"),
    ],
)  # fmt: skip
def test_a_picture_that_is_something_else_besides_is_refused(tail: bytes, kind: str) -> None:
    with pytest.raises(NotAPicture) as refused:
        making.anew(a_file("GIF") + tail, name="pot.gif")

    assert refused.value.found == kind


@pytest.mark.parametrize("pillow", TAKEN)
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_picture_cut_off_is_refused(pillow: str, part: float) -> None:
    content = a_file(pillow, 400, 400, mode="RGB")
    with pytest.raises(BrokenPicture):
        making.anew(content[: int(len(content) * part)], name="pot")


def test_rubbish_behind_a_true_head_is_refused() -> None:
    for pillow in TAKEN:
        content = bytearray(a_file(pillow, 200, 200))
        content[40:] = bytes((each * 7) % 256 for each in range(len(content) - 40))

        with pytest.raises((BrokenPicture, WrongMeasure)):
            making.anew(bytes(content), name="pot")


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (8_000, 7_000), (39, 500), (100_000, 100_000)])
def test_too_many_pixels_and_too_few_are_refused_before_anything_is_unpacked(
    width: int, height: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("unpacked"))

    with pytest.raises(WrongMeasure):
        making.anew(a_claim_of(width, height), name="bomb.png")


def test_too_many_bytes_are_refused_before_they_are_looked_at() -> None:
    with pytest.raises(FileTooLarge) as refused:
        making.anew(b"\xff\xd8\xff" + b"\0" * MOST_BYTES, name="pot.jpg")

    assert (refused.value.size, refused.value.most) == (MOST_BYTES + 3, MOST_BYTES)


def test_nothing_but_the_picture_is_kept_and_it_stands_upright() -> None:
    content = a_camera_s_file(300, 200)
    assert PLACE.encode() in content
    assert opened(content).getexif().get_ifd(0x8825)

    made = making.anew(content, name="phone.jpg")
    every = [made.content, *(each for _width, _format, each in _sizes(made.content))]

    assert (made.width, made.height) == (200, 300)
    for each in every:
        found = opened(each)
        assert dict(found.getexif()) == {}
        assert {"exif", "icc_profile", "xmp", "comment"} & set(found.info) == set()
        assert PLACE.encode() not in each
        assert b"ACME" not in each
        assert b"at home" not in each


def _sizes(original: bytes) -> list[tuple[int, Format, bytes]]:
    return list(making.sizes(original, box=None, widths=(160, 80), formats=list(Format)))


def test_what_a_png_s_text_says_is_gone() -> None:
    from PIL.PngImagePlugin import PngInfo

    said = PngInfo()
    said.add_text("Author", "Ann Lee, 1 Mill Lane")
    made = making.anew(a_file("PNG", mode="RGBA", pnginfo=said), name="pot.png")

    assert all(b"Ann Lee" not in each for each in [made.content, *(size for _w, _f, size in _sizes(made.content))])


def test_colours_come_out_as_srgb_whatever_the_file_measured_them_in() -> None:
    from PIL import ImageCms

    swapped = drawn().convert("CMYK")
    out = BytesIO()
    swapped.save(out, "JPEG")
    made = opened(making.anew(out.getvalue(), name="print.jpg").content)
    assert made.mode == "RGB"

    # A grey that a display of another gamma shows brighter.
    linear = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    same = opened(making.anew(a_file("PNG", icc_profile=linear), name="pot.png").content)
    assert abs(same.getpixel((20, 20))[0] - 200) < 6


def test_sixteen_bits_come_out_as_eight_with_all_their_shades() -> None:
    deep = Image.new("I;16", (100, 100))
    deep.putdata([place * 65_535 // 9_999 for place in range(10_000)])
    out = BytesIO()
    deep.save(out, "PNG")

    shades = opened(making.anew(out.getvalue(), name="deep.png").content).convert("L").histogram()

    assert sum(1 for each in shades if each) > 200
    assert shades[255] < 500


def test_holes_stay_where_a_format_knows_them_and_are_paper_where_not() -> None:
    made = making.anew(a_file("PNG", mode="RGBA"), name="pot.png")
    sizes = {each: opened(content) for _width, each, content in making.sizes(made.content, box=None, widths=(160,), formats=list(Format))}

    assert sizes[Format.WEBP].mode == sizes[Format.AVIF].mode == "RGBA"
    assert sizes[Format.JPEG].mode == "RGB"
    assert min(sizes[Format.JPEG].getpixel((20, 2))) > 240


def test_the_first_frame_stands_for_one_that_moves() -> None:
    out = BytesIO()
    drawn().convert("P").save(out, "GIF", save_all=True, append_images=[Image.new("P", (300, 200))] * 3)

    assert opened(making.anew(out.getvalue(), name="moving.gif").content).convert("RGB").getpixel((20, 20))[0] > 150


def test_nothing_is_kept_larger_than_it_is_ever_shown() -> None:
    made = making.anew(a_file("JPEG", 4_000, 1_000), name="wide.jpg")

    assert (made.width, made.height) == (2_560, 640)


@pytest.mark.parametrize(("mode", "saving"), [("P", {"transparency": 3}), ("P", {}), ("RGBA", {}), ("RGB", {}), ("L", {})])
def test_a_large_picture_is_made_smaller_before_its_colours_are_changed(
    mode: str, saving: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    changed: list[int] = []
    convert = Image.Image.convert

    def seen(image: Image.Image, *more: Any, **named: Any) -> Image.Image:
        changed.append(image.width * image.height)
        return convert(image, *more, **named)

    content = a_file("PNG", 6_000, 2_400, mode=mode, **saving)
    monkeypatch.setattr(Image.Image, "convert", seen)

    made = making.anew(content, name="large.png")

    assert (made.width, made.height) == (2_560, 1_024)
    assert max(changed, default=0) <= 2_560 * 1_700


def test_made_in_bands_a_picture_looks_as_if_made_at_once() -> None:
    drawing = drawn(5_200, 3_900)
    content = a_file("PNG", 5_200, 3_900)

    found = opened(making.anew(content, name="large.png").content).convert("RGB")

    wanted = drawing.convert("RGB").resize((2_560, 1_920), Image.Resampling.LANCZOS)
    assert max(high for _low, high in ImageChops.difference(found, wanted).getextrema()) <= 40
    rows = ImageChops.difference(found, wanted).convert("L").resize((1, 1_920), Image.Resampling.BOX)
    assert max(rows.getdata()) <= 3


def test_one_picture_at_a_time_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[bool] = []
    open_ = making._open
    monkeypatch.setattr(making, "_open", lambda *given: (held.append(making._ONE_AT_A_TIME.locked()), open_(*given))[1])

    making.anew(a_file(), name="pot.jpg")

    assert held == [True]
    assert not making._ONE_AT_A_TIME.locked()


def test_sizes_are_as_wide_as_they_say_in_the_format_they_say() -> None:
    made = making.anew(a_file("JPEG", 800, 400), name="pot.jpg")

    found = {(width, each): opened(content) for width, each, content in making.sizes(
        made.content, box=None, widths=(320, 640), formats=list(Format))}  # fmt: skip

    assert {key: (image.size, image.format) for key, image in found.items()} == {
        (320, Format.AVIF): ((320, 160), "AVIF"), (320, Format.WEBP): ((320, 160), "WEBP"), (320, Format.JPEG): ((320, 160), "JPEG"),
        (640, Format.AVIF): ((640, 320), "AVIF"), (640, Format.WEBP): ((640, 320), "WEBP"), (640, Format.JPEG): ((640, 320), "JPEG"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "focus", "box"),
    [
        ((300, 200), (50, 50), (50, 0, 250, 200)), ((300, 200), (0, 0), (0, 0, 200, 200)), ((300, 200), (100, 100), (100, 0, 300, 200)),
        ((200, 300), (10, 60), (0, 80, 200, 280)), ((200, 200), (90, 10), (0, 0, 200, 200)), ((300, 200), (40, 0), (20, 0, 220, 200)),
    ],
)  # fmt: skip
def test_a_square_lies_around_the_focus_as_far_as_the_edges_allow(
    measure: tuple[int, int], focus: tuple[int, int], box: tuple[int, int, int, int]
) -> None:
    assert cutting.square_box(*measure, focus) == box


def test_names_of_cuts_tell_apart_whatever_looks_different() -> None:
    names = {cutting.whole_key("a"), cutting.whole_key("b"), cutting.square_key("a", (50, 50)), cutting.square_key("a", (50, 51))}

    assert len(names) == 4
    assert {len(each) for each in names} == {32}


@pytest.mark.parametrize(
    ("cut", "widths"),
    [
        (Cut(key="", is_square=False, width=2_560, height=1_000, is_ready=True), (320, 640, 960, 1_440)),
        (Cut(key="", is_square=False, width=700, height=100, is_ready=True), (320, 640, 700)),
        (Cut(key="", is_square=False, width=100, height=100, is_ready=True), (100,)),
        (Cut(key="", is_square=True, width=2_000, height=2_000, is_ready=True), (160, 320, 640)),
        (Cut(key="", is_square=True, width=200, height=200, is_ready=True), (160, 200)),
    ],
)
def test_a_cut_is_kept_in_a_few_widths_and_never_blown_up(cut: Cut, widths: tuple[int, ...]) -> None:
    assert cut.widths == widths
