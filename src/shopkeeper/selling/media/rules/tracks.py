"""What is said in a video, written out: WebVTT as browsers read it."""

import re

from shopkeeper.selling.media.shapes import NotATrack

_MOMENT = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMES = re.compile(rf"{_MOMENT}[ \t]+-->[ \t]+{_MOMENT}(?:[ \t]+[!-~ \t]*)?")
_REPEATED = 60


def tidy(text: str) -> str:
    """Return a track with Unix line ends. Raises NotATrack with the first line that is wrong."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise NotATrack(1, lines[0][:_REPEATED])
    if len(lines) > 1 and lines[1].strip():
        raise NotATrack(2, lines[1][:_REPEATED])
    cues = 0
    latest = 0
    for number, block in _blocks(lines[1:]):
        if block[0].split(" ")[0] in ("NOTE", "STYLE", "REGION"):
            continue
        latest = _cue(number, block, latest)
        cues += 1
    if not cues:
        raise NotATrack(len(lines), lines[-1][:_REPEATED])
    return "\n".join(lines) + "\n"


def _blocks(lines: list[str]) -> list[tuple[int, list[str]]]:
    """Return the blocks between empty lines, each with the number of its first line in the file."""
    found: list[tuple[int, list[str]]] = []
    is_open = False
    for number, line in enumerate(lines, start=2):
        if not line.strip():
            is_open = False
        elif is_open:
            found[-1][1].append(line)
        else:
            found.append((number, [line]))
            is_open = True
    return found


def _cue(number: int, block: list[str], latest: int) -> int:
    """Return when a cue begins, in ms. Raises NotATrack where it is none, ends before it begins or begins before the one before it."""
    place = 0 if "-->" in block[0] else 1
    if place >= len(block):
        raise NotATrack(number, block[0][:_REPEATED])
    times = _TIMES.fullmatch(block[place].strip())
    if times is None:
        raise NotATrack(number + place, block[place][:_REPEATED])
    start, end = _ms(*times.groups()[:4]), _ms(*times.groups()[4:])
    if end <= start or start < latest:
        raise NotATrack(number + place, block[place][:_REPEATED])
    return start


def _ms(hours: str | None, minutes: str, seconds: str, thousandths: str) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(thousandths)
