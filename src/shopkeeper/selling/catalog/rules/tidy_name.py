"""A readable name from a source description: capitals taken down, shorthand written out, stray spaces and points removed."""

from __future__ import annotations

import re

_SMALL = frozenset(
    {
        "A",
        "AN",
        "AND",
        "AS",
        "AT",
        "BY",
        "DE",
        "DU",
        "FOR",
        "FROM",
        "IN",
        "LA",
        "LE",
        "LES",
        "OF",
        "ON",
        "OR",
        "SUR",
        "THE",
        "TO",
        "WITH",
    }
)
_OWN_CASE = {
    word.upper(): word
    for word in (
        *("T-Light", "T-Lights", "T-Shirt", "LED", "TV", "CD", "UK", "US"),
        *("USB", "DIY", "VIP", "WC", "ABC", "iPod", "O’Clock", "McFly"),
    )
}
_WRITTEN_OUT = {
    "W": "WITH",
    "N": "AND",
    "ASSTD": "ASSORTED",
    "ASSTED": "ASSORTED",
    "ASST": "ASSORTED",
    "ASS": "ASSORTED",
    "COL": "COLOUR",
    "DES": "DESIGN",
    "DEC": "DECORATION",
    "DECS": "DECORATIONS",
    "MED": "MEDIUM",
    "HLDR": "HOLDER",
    "TLIGHT": "T-LIGHT",
    "TLIGHTS": "T-LIGHTS",
    "TEALIGHT": "T-LIGHT",
    "TEALIGHTS": "T-LIGHTS",
    "NECKL": "NECKLACE",
    "NECKLAC": "NECKLACE",
    "BRACLET": "BRACELET",
    "B’FLY": "BUTTERFLY",
    "ANT": "ANTIQUE",
    "TURQ": "TURQUOISE",
    "XMAS": "CHRISTMAS",
    "CHOC": "CHOCOLATE",
    "CHILDRENS": "CHILDREN’S",
    "CHILDS": "CHILD’S",
    "GARDENERS": "GARDENER’S",
    "LETS": "LET’S",
    "CAKESTAND": "CAKE STAND",
    "DOORSIGN": "DOOR SIGN",
    "POLKADOT": "POLKA DOT",
    "POLKADOTS": "POLKA DOTS",
    "DOILEY": "DOILY",
    "FUSCHIA": "FUCHSIA",
    "LAVENDAR": "LAVENDER",
    "CINAMMON": "CINNAMON",
    "STRAWBERY": "STRAWBERRY",
    "HYDRANGA": "HYDRANGEA",
    "CEATURE": "CREATURE",
    "PAISELY": "PAISLEY",
    "SANDLEWOOD": "SANDALWOOD",
    "PANNETONE": "PANETTONE",
    "TASSLE": "TASSEL",
    "UTILTY": "UTILITY",
    "SKIPPPING": "SKIPPING",
    "POURI": "POURRI",
    "EARINGS": "EARRINGS",
    "ARTIIFCIAL": "ARTIFICIAL",
    "P’WEIGHT": "PAPERWEIGHT",
    "LT": "LIGHT",
}
"""Shorthand and slips of the source, as they should read."""

_REWRITES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        (r"['`‘]", "’"),
        (r"(?<!\d)\"([^\"]+)\"", r"“\1”"),
        (r"\bC/COVER\b", "CUSHION COVER"),
        (r"\bT-LIGHT HOLD\b", "T-LIGHT HOLDER"),
        (r"\bW/\s*(?=[A-Z])", "WITH "),
        (r"\b(?:SET|S)\s*(?:/|OF)?\s*(\d+)(?![\d’]|[A-Z])", r"SET OF \1"),
        (r"\b(PACK|BOX)\s*/\s*(\d+)(?!\d)", r"\1 OF \2"),
        (r"\b(\d0)’S\b", r"\1S"),
        (r"(?<=[A-Z])\.(?=\d)", " "),
        (r"(?<=\d)\"(?=[A-Z])", '" '),
        (r"\s*,(?!\d{3})\s*", ", "),
        (r"\s*\+\s*", " + "),
        (r"\s+(?=[.;:!?])", ""),
        (r"(?<=[A-Z]{2})\.(?=\s)", ""),
    )
)
_MEASURE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s?(CM|MM|KG|G|ML)(?![A-Z0-9’])")
_INITIALS = re.compile(r"(?:[A-Z]\.)+[A-Z]?\.?")
_WORD = re.compile(r"\d+(?:\.\d+)? (?:cm|mm|kg|g|ml)\b|[A-Z](?:\.[A-Z])+\b\.?|[A-Z0-9](?:[A-Z0-9’]|-(?=[A-Z]))*")
_EDGES = " .,;:*+/-"


def tidy_name(source: str) -> str:
    """Return a source description as a name to show: "SET OF 3 CAKE TINS PANTRY DESIGN " gives "Set of 3 Cake Tins Pantry Design".

    Tidying a tidy name changes nothing; a blank source gives an empty name.
    """
    text = " ".join(source.upper().split()).strip(_EDGES)
    for pattern, written in _REWRITES:
        text = pattern.sub(written, text)
    text = _MEASURE.sub(lambda found: f"{found[1]} {found[2].lower()}", " ".join(text.split()).strip(_EDGES))
    return _WORD.sub(lambda found: _in_place(found, end=len(text)), text)


def _in_place(found: re.Match[str], *, end: int) -> str:
    """Return one word as it reads where it stands: small words are small unless they open or close the name."""
    is_quoted = found.string[: found.start()].endswith("“")
    word = found[0] if is_quoted else _WRITTEN_OUT.get(found[0], found[0])
    at_an_edge = found.start() == 0 or found.end() == end
    if word in _SMALL and not (at_an_edge or is_quoted):
        return word.lower()
    return " ".join(_cased(part) for part in word.split(" "))


def _cased(word: str) -> str:
    """Return one word in title case: initials and codes such as 3D or A4 stay, decades (50s) and parts after a hyphen follow."""
    if word in _OWN_CASE:
        return _OWN_CASE[word]
    if _INITIALS.fullmatch(word) or word.islower() or re.fullmatch(r"\d+[A-Z]|[A-Z]\d", word):
        return word.lower() if re.fullmatch(r"\d0S", word) else word
    return "-".join(part.capitalize() for part in word.split("-"))
