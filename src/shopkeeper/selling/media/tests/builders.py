"""Real pictures and videos to test with, drawn by Pillow in memory; and pictures of products made through the room's own face."""

import struct
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, ImageDraw

from shopkeeper.kit.ids import ProductId, VariantId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.media import public as media
from shopkeeper.selling.media.rules import stretches
from shopkeeper.selling.media.shapes import Picture, PictureDraft, Sent

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEA = ProductId(7)
PLACE = "48 deg 51 min"


def drawn(width: int = 300, height: int = 200, *, mode: str = "RGB", seed: int = 0) -> Image.Image:
    """Return a picture: red above left, blue below right, something of the seed in it."""
    image = Image.new("RGB", (width, height), (240, 240, 230))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, width // 2, height // 2), fill=(200, 30 + seed % 50, 30))
    pen.rectangle((width // 2, height // 2, width, height), fill=(20, 40, 160 + seed // 50 % 90))
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize((width, height)))
    return image.convert(mode)


def a_file(kind: str = "JPEG", width: int = 300, height: int = 200, *, mode: str = "RGB", seed: int = 0, **saving: Any) -> bytes:
    """Return a picture's file in a format of Pillow."""
    out = BytesIO()
    drawn(width, height, mode=mode, seed=seed).save(out, kind, **saving)
    return out.getvalue()


def a_camera_s_file(width: int = 300, height: int = 200, *, turned: int = 6) -> bytes:
    """Return a JPEG as a phone makes it: lying on its side, with the place, the maker and a colour profile of its own."""
    image = drawn(width, height)
    exif = image.getexif()
    exif[0x0112], exif[0x010F], exif[0x010E] = turned, "ACME phone", PLACE
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 24.0), 3: "E", 4: (2.0, 21.0, 3.0)})
    out = BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    image.save(out, "JPEG", exif=exif, icc_profile=profile, comment=b"at home")
    return out.getvalue()


def a_claim_of(width: int, height: int) -> bytes:
    """Return a PNG whose head claims a measure that its few bytes never fill."""
    import zlib

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1_000)) + chunk(b"IEND", b"")


def a_film(kind: str = "mp4", size: int = 3_000) -> bytes:
    """Return bytes that begin as a video of a kind does; no player would show them."""
    if kind == "webm":
        head = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm"
    else:
        head = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42"
    return head + bytes(each % 251 for each in range(size - len(head)))


def opened(content: bytes) -> Image.Image:
    """Return a picture from its bytes, read to its end."""
    image = Image.open(BytesIO(content))
    image.load()
    return image


def sent(seed: int = 0, *, name: str = "pot.jpg", alt: str = "A pot", **draft: Any) -> Sent:
    """Return a file as it comes in."""
    return Sent(name=name, content=a_file(seed=seed), draft=PictureDraft(alt=Bilingual(alt, "壶"), **draft))


def a_picture(product_id: int = TEA, *, seed: int = 0, variants: tuple[VariantId, ...] = (), now: datetime = NOON) -> Picture:
    """Add a picture to a product and return it."""
    made = media.add(product_id=ProductId(product_id), files=[sent(seed, variants=variants)], actor=None, now=now)
    return made[0]


MOST_AT_ONCE, PIECE = stretches.MOST_AT_ONCE, stretches.PIECE
"""How much of a film is sent at once, in bytes, and in pieces of which size."""
