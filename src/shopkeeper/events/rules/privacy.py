"""What of an error may be kept where staff read it: its kind and place, and its words without anything that names a person."""

import re
import traceback

_MAIL = re.compile(r"[^\s<>\"'(),:;]+@[^\s<>\"'(),:;]+")
_DIGITS = re.compile(r"\+?\d[\d \-]{6,}\d")
_MOST = 500


def described(error: BaseException) -> str:
    """Return an error as `Type at file:line: words`, mail addresses and long numbers struck out, at most 500 characters of words."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    words = _DIGITS.sub("…", _MAIL.sub("…", str(error)))[:_MOST]
    return f"{type(error).__name__}{place}: {words}"
