"""Our icons in the menu, drawn with one pen."""

NAMES = (
    "box",
    "card",
    "chart",
    "eye",
    "gear",
    "house",
    "ledger",
    "mail",
    "news",
    "order",
    "page",
    "people",
    "percent",
    "person",
    "price",
    "product",
    "pulse",
    "safe",
    "search",
    "shelf",
    "star",
    "today",
    "van",
)

TEMPLATES = [f"console/icons/{name}.svg" for name in NAMES]
