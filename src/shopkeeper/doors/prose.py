"""Light markdown, as the shop's texts are written: paragraphs, headings, lists, strong words, links; everything else is plain text."""

import re

from markupsafe import Markup, escape

_HARMLESS = re.compile(r"^(https?://|mailto:|tel:|/|#)", re.IGNORECASE)


def prose(text: str) -> Markup:
    """Return a light-markdown text as safe HTML: `#` headings, `-` or `1.` lists, `**strong**`, `[words](address)`.

    Everything is escaped first; addresses other than http(s), mailto, tel and paths stay plain words.
    """
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return Markup("\n").join(_block(block.strip("\n")) for block in blocks if block.strip())


def _block(block: str) -> Markup:
    if heading := re.match(r"^(#{1,4})\s+(.*)", block):
        level = min(max(len(heading[1]), 2), 4)
        rest = block[heading.end() :].strip()
        title = Markup("<h{0}>{1}</h{0}>").format(level, _inline(heading[2]))
        return title + (_block(rest) if rest else Markup(""))
    lines = [line.strip() for line in block.split("\n")]
    for mark, tag in ((r"^[-*•]\s+", "ul"), (r"^\d+[.)]\s+", "ol")):
        if all(re.match(mark, line) for line in lines):
            items = Markup("").join(Markup("<li>") + _inline(re.sub(mark, "", line)) + Markup("</li>") for line in lines)
            return Markup("<{0}>{1}</{0}>").format(Markup(tag), items)  # noqa: S704 - one of the two above
    return Markup("<p>") + Markup("<br>").join(_inline(line) for line in lines) + Markup("</p>")


def _inline(text: str) -> Markup:
    html = str(escape(text))
    html = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", html)
    html = re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", _link, html)
    return Markup(html)  # noqa: S704 - escaped above, then marked up by us alone


def _link(match: re.Match[str]) -> str:
    words, address = match[1], match[2]
    if not _HARMLESS.match(address) or address.startswith("//"):
        return words
    return f'<a href="{address}">{words}</a>'
