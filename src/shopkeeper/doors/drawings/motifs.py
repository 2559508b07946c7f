"""What a drawn good takes from its name: its shape, the motif printed on it and its tint."""

from __future__ import annotations

import re

TINTS: dict[str, str] = {
    "blue": "var(--d1,#2f4b7c)",
    "red": "var(--seal,#b93a2b)",
    "green": "var(--d3,#3f8f82)",
    "straw": "var(--d5,#8a7a4b)",
    "orange": "var(--d2,#d97b34)",
    "plum": "var(--d4,#a05195)",
    "sky": "var(--d6,#6b8fc7)",
    "pale": "var(--d-before,#b9b1a4)",
    "dark": "var(--ink-2,#5d564d)",
}
"""Tints by name; each is a colour of the house with the light value behind it, so a picture also works away from the page."""

SEEDED = ("blue", "red", "green", "orange", "plum", "sky", "straw")
"""The tints a seed chooses among when the name gives no colour."""

_HEART = "c-9-6-10-11-6-13 3-1 6 1 6 4 0-3 3-5 6-4 4 2 3 7-6 13z"

MOTIFS: dict[str, tuple[int, int, str]] = {
    "spots": (18, 18, '<circle cx="5" cy="5" r="3.400"/><circle cx="14" cy="14" r="3.400"/>'),
    "stripes": (14, 14, '<path d="M0 0h5v14H0z"/>'),
    "check": (20, 20, '<path d="M0 0h10v20H0z" opacity=".5"/><path d="M0 0h20v10H0z" opacity=".5"/>'),
    "hearts": (26, 26, f'<path d="M7 14{_HEART}"/><path d="M20 27{_HEART}"/>'),
    "stars": (
        26,
        26,
        '<path d="M7 2l1.600 3.600 3.900.4-2.900 2.600.8 3.900L7 10.500l-3.400 2 .8-3.900L1.500 6l3.900-.4z"/>'
        '<circle cx="20" cy="20" r="2.600"/>',
    ),
    "skulls": (
        30,
        30,
        '<path fill-rule="evenodd" d="M10 3q8 0 8 8 0 4-3 5v4H5v-4q-3-1-3-5 0-8 8-8z'
        'M7 9a2 2 0 100 4 2 2 0 000-4zM13 9a2 2 0 100 4 2 2 0 000-4z"/>'
        '<circle cx="25" cy="25" r="2.400"/>',
    ),
    "apples": (
        28,
        28,
        '<path d="M9 7q7-4 8 3-1 9-5 9-2-1-3 0-5 0-6-9 0-7 6-3z"/>'
        '<path d="M9 7q0-4 4-5" fill="none" stroke="var(--sheet,#fff)" stroke-width="1.600"/>'
        '<circle cx="23" cy="23" r="2.200"/>',
    ),
    "strawberries": (
        28,
        28,
        '<path d="M3 8q6-5 12 0 0 8-6 11-6-3-6-11z"/><path d="M5 6l4-4 4 4z" opacity=".7"/><circle cx="22" cy="22" r="2.200"/>',
    ),
    "leaves": (
        30,
        30,
        '<path d="M4 16Q4 5 15 4q0 11-11 12z"/><path d="M18 28q-1-10 9-11 0 10-9 11z" opacity=".7"/><circle cx="24" cy="7" r="2"/>',
    ),
    "flowers": (
        30,
        30,
        '<g><circle cx="9" cy="5" r="3"/><circle cx="13" cy="9" r="3"/><circle cx="9" cy="13" r="3"/><circle cx="5" cy="9" r="3"/></g>'
        '<g opacity=".7"><circle cx="24" cy="20" r="2.400"/><circle cx="27" cy="23" r="2.400"/>'
        '<circle cx="24" cy="26" r="2.400"/><circle cx="21" cy="23" r="2.400"/></g>',
    ),
    "paisley": (
        32,
        32,
        '<path d="M6 14q-2-9 6-11 7 0 7 6-1 6-6 5 4 6-3 7-5-1-4-7z"/><path d="M22 30q-2-7 4-9 5 0 5 5-1 4-4 4z" opacity=".7"/>'
        '<circle cx="5" cy="27" r="1.800"/>',
    ),
    "lace": (
        24,
        24,
        '<path fill-rule="evenodd" d="M12 2a10 10 0 100 20 10 10 0 000-20z'
        'm0 3.500a6.500 6.500 0 110 13 6.500 6.500 0 010-13z" opacity=".75"/>'
        '<circle cx="12" cy="12" r="3"/>',
    ),
    "letters": (
        40,
        34,
        '<g fill="none" stroke="var(--sheet,#fff)" stroke-width="2.400" stroke-linecap="round">'
        '<path d="M4 14L9 3l5 11M6 10h6"/><path d="M24 20V31h4q4 0 4-3t-4-3h-4 3q4 0 4-2.500T27 20z"/></g>',
    ),
    "cars": (
        36,
        30,
        '<path d="M3 14q0-4 4-4l3-5h8l4 5q4 0 4 4v2H3z"/><circle cx="9" cy="17" r="2.600"/><circle cx="20" cy="17" r="2.600"/>'
        '<circle cx="31" cy="27" r="2"/>',
    ),
    "planets": (
        36,
        36,
        '<circle cx="11" cy="11" r="5"/><path d="M3 14q8 1 16-6" fill="none" stroke="var(--sheet,#fff)" stroke-width="1.800"/>'
        '<path d="M27 21l1.600 3.400 3.700.4-2.800 2.500.8 3.700-3.300-1.900z"/><circle cx="29" cy="7" r="1.800"/>',
    ),
    "birds": (36, 30, '<path d="M2 10q4-1 6 2 2-6 8-6 5 0 6 4l4 1-4 2q-1 7-9 7-8 0-11-10z"/><circle cx="30" cy="25" r="2"/>'),
    "union": (
        44,
        30,
        '<path d="M0 0l44 30M44 0L0 30" fill="none" stroke="var(--sheet,#fff)" stroke-width="4.500"/>'
        '<path d="M22 0v30M0 15h44" fill="none" stroke="var(--sheet,#fff)" stroke-width="9"/>'
        '<path d="M22 0v30M0 15h44" fill="none" stroke="var(--seal,#b93a2b)" stroke-width="4.500"/>',
    ),
}
"""Motifs by name: width and height of one tile, and what it shows."""

Words = tuple[tuple[str, str], ...]

SHAPE_WORDS: Words = (
    ("hot-water-bottle", "HOT WATER BOTTLE, HOTTIE"),
    ("lunch-box", "LUNCH BOX, SNACK BOX, LUNCHBOX"),
    ("lunch-bag", "LUNCH BAG, COOL BAG, PICNIC BAG"),
    ("wash-bag", "WASH BAG, WASHBAG, COSMETIC BAG, COSMETICS BAG, MAKE UP BAG, TOILETRY"),
    ("wallet", "WALLET, PASSPORT, CARD HOLDER WALLET"),
    ("purse", "PURSE, POCKET BAG, GLASSES CASE, BUM BAG"),
    ("jar-light", "JAM JAR T-LIGHT, JAR T-LIGHT"),
    ("peg", "CLOTHES PEG, PEG BAG, PEGS"),
    ("cake-case", "CAKE CASE, CAKE CASES, CUPCAKE, BAKING CASE, PETIT FOUR, MUFFIN, CASES"),
    ("popcorn", "POPCORN"),
    ("cake-stand", "CAKE STAND, CAKESTAND, CAKE PLATE"),
    ("gingerbread", "GINGERBREAD, COOKIE CUTTER"),
    ("bread-bin", "BREAD BIN, BREADBIN"),
    ("canister", "FOOD CONTAINER, CONTAINER, CANNISTER, CANISTER, COFFEE SUGAR, TEA COFFEE, RETROSPOT TEA"),
    ("tin", "CAKE TIN, BISCUIT TIN, SPICE TIN, STORAGE TIN, KNICK KNACK, STACKING TIN"),
    ("jelly", "JELLY, MOULD"),
    ("scales", "SCALES"),
    ("jar", "JAM JAR, JAM MAKING, JAR"),
    ("whisk", "WHISK, BAKING SET, MIXING BOWL, ROLLING PIN, COOKING SET"),
    ("cloche", "CLOCHE, CAKE DOME, CAKE COVER"),
    ("butter-dish", "BUTTER DISH, BEURRE DISH, CHEESE DISH"),
    ("egg-cup", "EGG CUP"),
    ("sugar-bowl", "SUGAR BOWL, SUGAR DISPENSER"),
    ("teapot", "TEAPOT, TEA SET, TEA FOR ONE, TEA COSY, COFFEE POT"),
    ("cup", "TEACUP, TEA CUP, CUP AND SAUCER, SAUCER, COFFEE CUP, POLKADOT CUP"),
    ("paper-cup", "PAPER CUP, BEAKER, TUMBLER, STRAW"),
    ("mug", "MUG, FLASK"),
    ("jug", "JUG, PITCHER, DECANTER"),
    ("milk-bottle", "MILK BOTTLE"),
    ("doily", "PAPER DOILIES, DOILIES"),
    ("napkin", "NAPKIN, PLACEMAT, TABLECLOTH, TABLE CLOTH, TABLE RUN, COASTER"),
    ("cutlery", "CUTLERY, SPOON, FORK, KNIFE, CHOPSTICK"),
    ("apron", "APRON"),
    ("towel", "TEA TOWEL, TOWEL, OVEN GLOVE, THROW, QUILT, BLANKET, SCARF, SHAWL"),
    ("matches", "MATCHES"),
    ("t-light", "T-LIGHT, T LIGHT, TEALIGHT, TLIGHT, CANDLE HOLDER, CANDLEHOLDER, VOTIVE, CANDLE POT, CANDLE PLATE, CANDLESTICK"),
    ("candle", "CANDLE, INCENSE, WICK, OIL BURNER, SCENT, CHOCOLATECANDLE"),
    ("lights", "LIGHTS, LIGHT GARLAND, STRING LIGHT, LIGHT CHAIN"),
    ("toadstool", "TOADSTOOL, MUSHROOM"),
    ("lantern", "LANTERN"),
    ("lamp", "LAMP, LAMPSHADE, LIGHT, CHANDELIER"),
    ("clock", "CLOCK"),
    ("record-frame", "RECORD"),
    ("mirror", "MIRROR"),
    ("frame", "FRAME, PHOTO, PICTURE, PRINT, CANVAS, PHOTOFRAME"),
    ("chalkboard", "CHALKBOARD, BLACKBOARD, BLACK BOARD, SLATE"),
    ("memo-board", "MEMO BOARD, NOTICE BOARD, NOTICEBOARD, PIN BOARD, MEMOBOARD"),
    ("doormat", "DOORMAT, DOOR MAT, MAT, RUG"),
    ("sign", "SIGN, PLAQUE, TILE, DOORSIGN"),
    ("blocks", "BLOCK, LETTERS, ALPHABET LETTERS, TOY"),
    ("knob", "KNOB, DRAWERKNOB, DOORKNOB"),
    ("hook", "HOOK, COAT RACK, HANGER, RACK"),
    ("kneeling-pad", "KNEELING"),
    ("cushion", "CUSHION, PILLOW, PAD"),
    ("basket", "BASKET, HAMPER, TRUG"),
    ("crate", "CRATE"),
    ("drawers", "DRAWER, CABINET, CHEST, CUPBOARD, SHELF, SHELVES"),
    ("strawberry", "STRAWBERRY CERAMIC TRINKET, STRAWBERRY CERAMIC"),
    ("piggy-bank", "PIGGY BANK, MONEY BANK, MONEY BOX"),
    ("trinket", "TRINKET, JEWEL BOX, CASKET"),
    ("plaster", "PLASTERS, FIRST AID, PLASTER"),
    ("tissues", "TISSUES, TISSUE"),
    ("hand-warmer", "HAND WARMER, HANDWARMER"),
    ("necklace", "NECKLACE, NECKL, NECKLAC, PENDANT, LARIAT, CHOKER"),
    ("earrings", "EARRING"),
    ("bracelet", "BRACELET, BANGLE, RING"),
    ("brooch", "BROOCH, HAIR, HAIRSLIDE, HAIRCLIP, KEYRING, KEY FOB, CHARM, TIARA"),
    ("umbrella", "UMBRELLA"),
    ("parasol", "PARASOL"),
    ("poncho", "PONCHO, RAIN MAC, RAINCOAT, DRESS"),
    ("paper-chain", "PAPER CHAIN"),
    ("paper-ball", "PAPER BALL, HONEYCOMB, DISCO BALL, BALLOON"),
    ("fan", "FAN"),
    ("bunting", "BUNTING, GARLAND, FLAG, PENNANT"),
    ("tag", "GIFT TAG, TAG"),
    ("wrap", "WRAP, GIFT TAPE"),
    ("card", "CARD, INVITE, ENVELOPE, POSTCARD"),
    ("notebook", "NOTEBOOK, JOURNAL, BOOK, SKETCHBOOK, DIARY, ALBUM, PAPER PAD, CALENDAR"),
    ("pencil", "PENCIL, PEN, CRAYON, COLOURING, PAINT"),
    ("ruler", "RULER, TAPE MEASURE"),
    ("sewing", "SEWING, KNITTING, REPAIR KIT, BUTTON"),
    ("ribbon", "RIBBON, REEL, TAPE, TWINE"),
    ("butterfly", "BUTTERFLY, BUTTERFLIES"),
    ("playing-cards", "PLAYING CARD, CARD GAME, SNAP CARDS, DOMINOES, DOMINO, JIGSAW, GAME"),
    ("dolls-house", "PLAYHOUSE, DOLLS HOUSE, CARAVAN, HOUSE"),
    ("skittles", "SKITTLE, SOLDIER, ROUNDERS, CROQUET"),
    ("glider", "GLIDER, PLANE, HELICOPTER, AEROPLANE, ROCKET, KITE"),
    ("harmonica", "HARMONICA"),
    ("doll", "DOLL, BABUSHKA, TEDDY, PUPPET, DOLLY GIRL, SPACEBOY"),
    ("birdcage", "BIRDCAGE, BIRD CAGE"),
    ("birdhouse", "BIRDHOUSE, BIRD HOUSE, BIRD TABLE"),
    ("watering-can", "WATERING CAN"),
    ("plant-ladder", "PLANT LADDER"),
    ("plant-pot", "PLANT, PLANTER, POT, FLOWERPOT, HERB, SEED, GROW, CACTUS, URN"),
    ("bauble", "BAUBLE, CHRISTMAS DEC, CHRISTMAS DECORATION, CHRISTMAS BALL"),
    ("egg", "EGG"),
    ("chick", "CHICK, HEN, DUCK, CHICKEN, COCKEREL"),
    ("rabbit", "RABBIT, BUNNY, BUNNIES"),
    ("star", "STAR, SNOWFLAKE"),
    ("tree", "TREE, CHRISTMAS"),
    ("bird", "BIRD, DOVE, OWL, ROBIN, PEACOCK, LOVEBIRD"),
    ("bottle", "BOTTLE"),
    ("bowl", "BOWL, DISH"),
    ("plate", "PLATE, PLATTER, TRAY"),
    ("crate", "WOODEN BOX"),
    ("bag", "BAG, SHOPPER, TOTE, HANDBAG, BACKPACK"),
    ("tin", "TIN"),
    ("box", "BOX, BOXES, CASE"),
    ("heart", "HEART"),
    ("flower", "FLOWER, ROSE, DAISY, POSY, TULIP"),
)
"""The first shape one of whose words stands in the name is drawn."""

MOTIF_WORDS: Words = (
    ("skulls", "SKULL"),
    ("union", "UNION JACK, UNION FLAG, UNION STRIPE"),
    ("planets", "SPACEBOY, SPACE"),
    ("apples", "APPLE, PEARS, FRUIT"),
    ("strawberries", "STRAWBERRY"),
    ("cars", "CARS, RACING CAR, LONDON BUS, BUS"),
    ("letters", "ALPHABET"),
    ("lace", "DOILEY, DOILY, LACE, CROCHET"),
    ("leaves", "WOODLAND, LEAF, LEAVES, GARDEN, FOREST"),
    ("birds", "BIRDY, LOVEBIRD, BIRD DESIGN, OWLS, CAT + BIRD"),
    ("paisley", "PAISLEY, BAROQUE, TUTTI FRUTTI"),
    ("flowers", "ROSE, ROSES, FLOWER, FLORAL, SUKI, DAISY, PANTRY, BLOSSOM, DOLLY GIRL, REGENCY"),
    ("spots", "RETROSPOT, SPOT, SPOTTY, POLKADOT, POLKA DOT, DOTS, DINER"),
    ("check", "GINGHAM, CHECK"),
    ("stripes", "STRIPE, STRIPES, STRIPEY, STRIPY"),
    ("hearts", "HEART, HEARTS, LOVE, SWEETHEART"),
    ("stars", "STAR, STARS, CHRISTMAS, CIRCUS, TOYS"),
)

TINT_WORDS: Words = (
    ("red", "RED, RUBY, STRAWBERRY, SCARLET, CHERRY"),
    ("plum", "PINK, PURPLE, RASPBERRY, FUSCHIA, LILAC, ROSE, ROSES, AMETHYST, LAVENDER"),
    ("green", "GREEN, MINT, JADE, TURQUOISE, TURQ, WOODLAND, APPLE, EAU DE NIL"),
    ("blue", "BLUE, NAVY, DENIM, SPACEBOY, UNION"),
    ("orange", "ORANGE, AMBER, COPPER, YELLOW, GINGERBREAD, CHILLI"),
    ("dark", "BLACK, GREY, SLATE, CHOCOLATE, SKULL"),
    ("straw", "WICKER, WOODEN, WOOD, NATURAL, BROWN, GOLD, BRASS, BAMBOO"),
    ("pale", "WHITE, CREAM, IVORY, SILVER, ZINC, PEARL"),
)

SHAPE_BY_CATEGORY: dict[str, str] = {
    "kitchen": "teapot",
    "light": "lantern",
    "home": "heart",
    "storage": "box",
    "garden": "watering-can",
    "seasons": "tree",
    "stationery": "notebook",
    "bags": "bag",
    "children": "blocks",
    "jewellery": "necklace",
    "more": "parcel",
    "baking": "cake-stand",
    "tea-coffee": "cup",
    "tableware": "bowl",
    "kitchen-helpers": "apron",
    "holders": "t-light",
    "candles": "candle",
    "lamps": "lantern",
    "cushions": "cushion",
    "frames": "frame",
    "clocks": "clock",
    "signs": "sign",
    "hangings": "heart",
    "boxes-tins": "tin",
    "baskets": "basket",
    "hooks-racks": "hook",
    "plants": "plant-pot",
    "birds": "birdhouse",
    "outdoor": "parasol",
    "christmas": "tree",
    "easter": "egg",
    "party": "bunting",
    "cards-wrap": "card",
    "writing": "notebook",
    "crafts": "ribbon",
    "shopping-bags": "bag",
    "lunch-bags": "lunch-bag",
    "purses": "purse",
    "travel": "umbrella",
    "toys": "blocks",
    "children-table": "cutlery",
    "necklaces": "necklace",
    "bracelets": "bracelet",
    "earrings": "earrings",
    "beauty": "brooch",
}
"""The shape for a good whose name shows none."""

USUAL_TINTS = {
    "tree": "green",
    "strawberry": "red",
    "toadstool": "red",
    "gingerbread": "orange",
    "basket": "straw",
    "crate": "straw",
    "chick": "orange",
    "plant-pot": "orange",
    "chalkboard": "straw",
    "popcorn": "red",
    "glider": "sky",
    "birdhouse": "sky",
}
"""The tint of a shape everybody knows in one colour, when the name gives none."""

SAYS_IT_ALREADY = frozenset(
    {
        *(("heart", "hearts"), ("t-light", "hearts"), ("jar-light", "hearts"), ("star", "stars")),
        *(("flower", "flowers"), ("bird", "birds"), ("strawberry", "strawberries")),
    }
)
"""Shapes that need no motif of the same thing."""

Rules = tuple[tuple[str, re.Pattern[str]], ...]


def rules(words: Words) -> Rules:
    """Return each answer with what finds its words: whole words, singular or plural."""
    return tuple((answer, _pattern(listed)) for answer, listed in words)


def _pattern(listed: str) -> re.Pattern[str]:
    known = sorted((" ".join(word.split()) for word in listed.split(",")), key=len, reverse=True)
    return re.compile(r"(?<![A-Z0-9])(?:" + "|".join(map(re.escape, known)) + r")(?:ES|S)?(?![A-Z0-9])")


def first(known: Rules, text: str) -> str | None:
    """Return the first answer whose words stand in the text."""
    return next((answer for answer, pattern in known if pattern.search(text)), None)


def earliest(known: Rules, text: str) -> str | None:
    """Return the answer whose word comes first in the text: "PINK AND WHITE" is pink."""
    places = [(found.start(), answer) for answer, pattern in known if (found := pattern.search(text))]
    return min(places)[1] if places else None
