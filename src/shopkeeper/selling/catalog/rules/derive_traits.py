"""What colour a good is, what it is made of and how it is patterned, read from its name alone.

The source of the sample shop's trade says nothing of its goods but their names; these traits are derived and shown as such.
"""

from __future__ import annotations

from typing import NamedTuple

from shopkeeper.selling.catalog.rules.names import any_of, plain


class Answer(NamedTuple):
    """An answer with its names, its colour where it is one, and the words that lead to it, commas between."""

    code: str
    name_en: str
    name_zh: str
    swatch: str
    words: str


class Question(NamedTuple):
    """Something names tell, with the answers that are looked for. `is_one`: the first answer found is the only one."""

    code: str
    name_en: str
    name_zh: str
    is_one: bool
    answers: tuple[Answer, ...]


QUESTIONS: tuple[Question, ...] = (
    Question(
        "colour",
        "Colour",
        "颜色",
        False,
        (
            Answer("red", "Red", "红色", "#b3352b", "RED, RUBY, SCARLET, CHERRY RED"),
            Answer("pink", "Pink", "粉色", "#e3a0ae", "PINK, FUSCHIA, FUCHSIA, ROSE PINK"),
            Answer("orange", "Orange", "橙色", "#d9812f", "ORANGE"),
            Answer("yellow", "Yellow", "黄色", "#e2bd3c", "YELLOW, AMBER, MUSTARD"),
            Answer("green", "Green", "绿色", "#5f8a5a", "GREEN, OLIVE, MINT GREEN, LIME, JADE, EMERALD"),
            Answer("turquoise", "Turquoise", "青绿色", "#4fa3a5", "TURQUOISE, TURQ, AQUA, TEAL"),
            Answer("blue", "Blue", "蓝色", "#4b76a8", "BLUE, NAVY, SKYBLUE"),
            Answer("purple", "Purple", "紫色", "#7f5f95", "PURPLE, LILAC, AMETHYST, MAUVE, VIOLET"),
            Answer("brown", "Brown", "棕色", "#7c5a41", "BROWN, CHOCOLATE SPOT, TAUPE"),
            Answer("cream", "Cream and ivory", "米白色", "#efe5cf", "CREAM, IVORY, BEIGE, NATURAL"),
            Answer("white", "White", "白色", "#ffffff", "WHITE, PEARL WHITE"),
            Answer("grey", "Grey", "灰色", "#8f8d89", "GREY, GRAY"),
            Answer("black", "Black", "黑色", "#262423", "BLACK"),
            Answer("silver", "Silver", "银色", "#b9bcc0", "SILVER, ANTIQUE SILVER"),
            Answer("gold", "Gold", "金色", "#c2a14d", "GOLD, GOLDEN"),
        ),
    ),
    Question(
        "material",
        "Material",
        "材质",
        True,
        (
            Answer("wood", "Wood", "木", "", "WOODEN, WOOD, MANGO WOOD, DRIFTWOOD, BAMBOO"),
            Answer("wicker", "Wicker and raffia", "藤草编", "", "WICKER, RATTAN, RAFFIA, SEAGRASS, STRAW HAT"),
            Answer("glass", "Glass", "玻璃", "", "GLASS, CRYSTAL, DIAMANTE GLASS"),
            Answer("ceramic", "Ceramic", "陶瓷", "", "CERAMIC, PORCELAIN, CHINA, BONE CHINA, TERRACOTTA, STONEWARE, TEACUP, MUG"),
            Answer("enamel", "Enamel", "搪瓷", "", "ENAMEL"),
            Answer("metal", "Metal", "金属", "", "METAL, TIN, TINS, ZINC, STEEL, IRON, BRASS, COPPER, WIRE, ALUMINIUM"),
            Answer("paper", "Paper and card", "纸", "", "PAPER, CARDBOARD, CARD, CARDS, TISSUE, TISSUES, NAPKINS, ORIGAMI"),
            Answer("felt", "Felt", "毛毡", "", "FELT, FELTCRAFT"),
            Answer("fabric", "Fabric", "布艺", "", "FABRIC, COTTON, LINEN, SILK, VELVET, KNITTED, CROCHET, CANVAS, QUILT, WOOL"),
            Answer("plastic", "Plastic", "塑料", "", "PLASTIC, ACRYLIC, MELAMINE, BAKELIKE, PVC, RESIN"),
            Answer("slate", "Slate", "石板", "", "SLATE"),
            Answer("wax", "Wax", "蜡", "", "CANDLE, CANDLES, WAX"),
        ),
    ),
    Question(
        "pattern",
        "Pattern",
        "图案",
        False,
        (
            Answer("spots", "Spots", "圆点", "", "RETROSPOT, SPOTTY, SPOT, SPOTS, POLKADOT, POLKA DOT, POLKA DOTS, DOTCOM"),
            Answer("stripes", "Stripes", "条纹", "", "STRIPE, STRIPES, STRIPED, STRIPEY"),
            Answer("checks", "Checks", "格纹", "", "GINGHAM, CHECK, TARTAN, PLAID"),
            Answer("hearts", "Hearts", "心形", "", "HEART, HEARTS, SWEETHEART, LOVE HEART"),
            Answer("flowers", "Flowers", "花卉", "", "FLOWER, FLOWERS, ROSE, ROSES, DAISY, POPPY, BLOSSOM, FLORAL, TULIP, REGENCY"),
            Answer("paisley", "Paisley", "佩斯利", "", "PAISLEY"),
            Answer("strawberries", "Strawberries", "草莓", "", "STRAWBERRY, STRAWBERRIES"),
            Answer("birds", "Birds", "鸟", "", "BIRD, BIRDS, BIRDY, OWL, OWLS, DOVE, DOVES, CHICK, CHICKS, LOVEBIRD, PEACOCK"),
            Answer("animals", "Animals", "动物", "", "ANIMAL, ANIMALS, WOODLAND, CAT, CATS, DOG, DOGS, SCOTTIE, RABBIT, ELEPHANT, FOX"),
            Answer("stars", "Stars", "星星", "", "STAR, STARS, STARRY"),
            Answer("skulls", "Skulls", "骷髅", "", "SKULL, SKULLS"),
            Answer("flags", "Flags", "旗帜", "", "UNION JACK, UNION FLAG, FLAG, BUNTING"),
            Answer("letters", "Letters and numbers", "字母数字", "", "LETTER, LETTERS, ALPHABET, NUMBER TILE, WORD"),
        ),
    ),
)  # fmt: skip


_RULES = tuple((question, tuple((any_of(answer.words), answer.code) for answer in question.answers)) for question in QUESTIONS)


def derive_traits(name: str) -> tuple[tuple[str, str], ...]:
    """Return what a good's name tells of it, as pairs of a question's and an answer's code; nothing told, nothing returned."""
    words = plain(name)
    found: list[tuple[str, str]] = []
    for question, rules in _RULES:
        told = [code for rule, code in rules if rule.search(words)]
        found += [(question.code, code) for code in (told[:1] if question.is_one else told)]
    return tuple(found)
