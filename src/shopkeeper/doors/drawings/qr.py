"""A QR code as a drawing of our own: the text never leaves the shop."""

from dataclasses import dataclass

from shopkeeper.kit.refusals import OutOfRange

QUIET = 4
"""So many modules stay white around a code; readers need them."""

MOST_TEXT = 1_000


@dataclass(frozen=True, slots=True)
class Code:
    """A code for an SVG: `size` modules wide and high, and the path of the black ones."""

    size: int
    path: str


def drawn(text: str) -> Code:
    """Return the code that says `text`. Raises OutOfRange for one too long to be read off a screen."""
    # Imported here: most pages of the shop draw none.
    import qrcode
    from qrcode.constants import ERROR_CORRECT_M

    if not 1 <= len(text) <= MOST_TEXT:
        raise OutOfRange("qr_text", text[:40], least=1, most=MOST_TEXT)
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    code.make(fit=True)
    modules = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(modules) for x, is_black in enumerate(row) if is_black)
    return Code(size=len(modules), path=path)
