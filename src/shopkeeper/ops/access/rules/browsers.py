"""Which family of browsers a person uses, for the list of their sessions: enough to know one's own, nothing to find a person by."""

_FAMILIES = (
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("MicroMessenger", "WeChat"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("python", "Python"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def family(user_agent: str) -> str:
    """Return browser and system in two words, such as `Firefox, Windows`; empty where nothing is known."""
    found = [next((name for mark, name in known if mark in user_agent), "") for known in (_FAMILIES, _SYSTEMS)]
    return ", ".join(name for name in found if name)
