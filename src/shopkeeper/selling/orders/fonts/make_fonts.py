"""Cut the invoice's fonts out of Noto CJK: the characters invoices need, nothing else.

    python make_fonts.py /usr/share/fonts/opentype/noto

Kept are Latin letters with their accents, punctuation and currency signs, and every character of GB 2312 (levels one and two), in the
shapes of mainland China. Needs fonttools; run by hand when a new release of Noto is wanted, never while the shop runs.
"""

import sys
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]

HERE = Path(__file__).parent
CUTS = (("NotoSansCJK-Regular.ttc", "sans.otf", "Shopkeeper Sans"), ("NotoSerifCJK-Bold.ttc", "serif-bold.otf", "Shopkeeper Serif"))
SIMPLIFIED_CHINESE = "SC"
LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x218, 0x21C), *range(0x2010, 0x2028), 0x2030, 0x2032, 0x2033, 0x2039, 0x203A]
SIGNS = [*range(0x20A0, 0x20C0), 0x2116, 0x2122, 0x2190, 0x2192, 0x2212, 0x2260, 0x2264, 0x2265, 0xFFFD]


def gb2312() -> set[int]:
    """Return the code points of GB 2312: punctuation, and hanzi of levels one and two."""
    points = set()
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                points.add(ord(bytes((row, cell)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return points


def cut(source: Path, target: Path, name: str) -> None:
    """Write the simplified Chinese face of a collection, cut down and renamed: a changed font must not pass for the original."""
    fonts = TTCollection(source).fonts
    font: TTFont = next(each for each in fonts if f"CJK {SIMPLIFIED_CHINESE}" in each["name"].getDebugName(4))
    _keep(font, gb2312() | set(LATIN) | set(SIGNS))
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 16):
            record.string = name
        elif record.nameID == 6:
            record.string = name.replace(" ", "")
    font.save(target)
    print(f"{target.name}: {font['maxp'].numGlyphs} glyphs, {target.stat().st_size:,} bytes")


def cut_latin(source: Path) -> None:
    """Write the Latin letters and signs of a cut font beside it: most invoices need no others, and are drawn many times as fast from it."""
    font, target = TTFont(source), source.with_stem(f"{source.stem}-latin")
    _keep(font, {*LATIN, *SIGNS})
    font.save(target)
    print(f"{target.name}: {font['maxp'].numGlyphs} glyphs, {target.stat().st_size:,} bytes")


def _keep(font: TTFont, points: set[int]) -> None:
    # Without subroutines the file grows by three per cent and an invoice, which takes a part of it again, is drawn a fifth faster.
    options = subset.Options(layout_features=[], name_IDs=["*"], hinting=False, desubroutinize=True, notdef_outline=True)
    options.drop_tables += ["BASE", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=points)
    cutter.subset(font)


if __name__ == "__main__":
    for collection, file, new_name in CUTS:
        cut(Path(sys.argv[1]) / collection, HERE / file, new_name)
        cut_latin(HERE / file)
