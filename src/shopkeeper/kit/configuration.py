"""How a setting is read from the environment: declared once, typed, and refused by name, value and remedy where it cannot be read.

The table itself is `kit/settings.py`. Whoever needs a setting asks a `Configuration`; nobody else reads the environment.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual

_NOTHING = Bilingual()


class Kind(StrEnum):
    """What form a setting has."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "0 or 1"
    LIST = "list"
    FOLDER = "folder"
    FILE = "file"
    ADDRESS = "address"
    CHOICE = "one of"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One variable of the environment.

    `default` is its text where it is absent or empty; where that depends on the machine it is empty and `default_is` says what happens.
    `least` and `most` bound a number, `choices` name the values of a choice, `schemes` those of an address, of which `local_schemes`
    lead to this machine only. `part` uses it.
    `together` names a group whose settings are of use only all together.
    """

    name: str
    kind: Kind
    meaning: Bilingual
    part: str
    default: str = ""
    default_is: Bilingual = _NOTHING
    together: str = ""
    is_secret: bool = False
    least: int = 0
    most: int = 2**31 - 1
    choices: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    local_schemes: tuple[str, ...] = ()
    example: str = ""


class Source(StrEnum):
    """Where the value in force comes from."""

    ENVIRONMENT = "environment"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class InForce:
    """A setting as it is in force; `shown` never holds a secret."""

    setting: Setting
    shown: str
    source: Source


class SettingRefused(Refusal):
    """A variable of the environment cannot be read; `problem` and `remedy` say so in both languages, without showing a secret."""

    code = "setting"

    def __init__(self, setting: Setting, problem: Bilingual, remedy: Bilingual) -> None:
        super().__init__(f"{setting.name}: {problem.en} {remedy.en}", field=setting.name)
        self.setting, self.problem, self.remedy = setting, problem, remedy

    def told(self, language: str) -> str:
        """Return the refusal in the reader's language."""
        return f"{self.setting.name}: {self.problem.pick(language)} {self.remedy.pick(language)}"


class Undeclared(LookupError):
    """A setting was asked for that stands in no table, or as another kind: a mistake in the code, never something a person did."""


class Configuration:
    """The settings of a table, read from an environment. An empty variable counts as absent."""

    def __init__(self, table: Sequence[Setting], environ: Mapping[str, str]) -> None:
        self.table = {setting.name: setting for setting in table}
        self._environ = environ

    def text(self, name: str) -> str:
        """Return a text, a folder, an address or a choice. Raises SettingRefused."""
        return self._checked(self._named(name, Kind.TEXT, Kind.FOLDER, Kind.FILE, Kind.ADDRESS, Kind.CHOICE))

    def number(self, name: str) -> int:
        """Return a whole number within its bounds. Raises SettingRefused."""
        return int(self._checked(self._named(name, Kind.NUMBER)))

    def flag(self, name: str) -> bool:
        """Return whether the setting is 1. Raises SettingRefused."""
        return self._checked(self._named(name, Kind.FLAG)) == "1"

    def words(self, name: str) -> list[str]:
        """Return the parts between commas, without empty ones."""
        return [word.strip() for word in self._checked(self._named(name, Kind.LIST)).split(",") if word.strip()]

    def is_given(self, name: str) -> bool:
        """Return whether the environment names a value."""
        return bool(self._environ.get(self._named(name, *Kind).name, "").strip())

    def all_or_none(self, group: str) -> list[str]:
        """Return the texts of settings that are of use only together, in the order of the table: all given, or all empty.

        Raises SettingRefused where some are given and others are not.
        """
        if refused := self._halves(group):
            raise refused[0]
        return [self._checked(setting) for setting in self._group(group)]

    def _group(self, group: str) -> list[Setting]:
        found = [setting for setting in self.table.values() if setting.together == group]
        if not found:
            raise Undeclared(f"No settings stand together as {group!r}; kit/settings.py names every setting")
        return found

    def _halves(self, group: str) -> list[SettingRefused]:
        settings = self._group(group)
        given = [setting.name for setting in settings if self.is_given(setting.name)]
        if not given or len(given) == len(settings):
            return []
        names = ", ".join(setting.name for setting in settings)
        problem = Bilingual(
            f"It is missing: {given[0]} is set and cannot be used without it.", f"缺少此项：已设置 {given[0]}，没有它无法使用。"
        )
        remedy = Bilingual(f"Set all of these, or none: {names}.", f"请全部设置，或全部不设：{names}。")
        return [SettingRefused(setting, problem, remedy) for setting in settings if setting.name not in given]

    def check(self) -> list[SettingRefused]:
        """Return every variable that cannot be read, and every one that is missing beside others."""
        groups = dict.fromkeys(setting.together for setting in self.table.values() if setting.together)
        refused = [each for group in groups for each in self._halves(group)]
        for setting in self.table.values():
            try:
                self._checked(setting)
            except SettingRefused as refusal:
                refused.append(refusal)
        return refused

    def in_force(self) -> list[InForce]:
        """Return every setting with its value as it may be shown, in the order of the table."""
        return [
            InForce(setting, shown(setting, self._value(setting)), Source.ENVIRONMENT if self.is_given(name) else Source.DEFAULT)
            for name, setting in self.table.items()
        ]

    def _named(self, name: str, *kinds: Kind) -> Setting:
        setting = self.table.get(name)
        if setting is None or setting.kind not in kinds:
            raise Undeclared(f"No setting {name!r} of this kind; kit/settings.py names every setting")
        return setting

    def _value(self, setting: Setting) -> str:
        return self._environ.get(setting.name, "").strip() or setting.default

    def _checked(self, setting: Setting) -> str:
        value = self._value(setting)
        if value and (expected := _fault(setting, value)):
            raise SettingRefused(setting, _problem(setting, value), expected)
        if setting.local_schemes and value and not _stays_here(setting, value):
            raise _in_the_clear(setting)
        return value


_REMEDY = {
    Kind.NUMBER: Bilingual("Write a whole number from {least} to {most}, for example {name}={example}.",
                           "请写 {least} 到 {most} 之间的整数，例如 {name}={example}。"),
    Kind.FLAG: Bilingual("Write 1 for yes or 0 for no, for example {name}=1.", "请写 1（是）或 0（否），例如 {name}=1。"),
    Kind.CHOICE: Bilingual("Write one of: {choices}. For example {name}={example}.", "请从中选一个：{choices}。例如 {name}={example}。"),
    Kind.FILE: Bilingual("Name a file that is there and that the shop may read, for example {name}={example}.",
                         "请写一个存在且本店可读取的文件，例如 {name}={example}。"),
    Kind.ADDRESS: Bilingual("Write an address that begins with {schemes}, for example {name}={example}.",
                            "请写以 {schemes} 开头的地址，例如 {name}={example}。"),
}  # fmt: skip


def _fault(setting: Setting, value: str) -> Bilingual | None:
    """Return what to write instead, None where the value can be read."""
    if _reads(setting, value):
        return None
    remedy = _REMEDY[setting.kind]
    told = {
        "name": setting.name, "least": setting.least, "most": setting.most, "choices": ", ".join(setting.choices),
        "schemes": ", ".join(f"{scheme}://" for scheme in setting.schemes), "example": setting.example or setting.default,
    }  # fmt: skip
    return Bilingual(remedy.en.format(**told), remedy.zh.format(**told))


def _reads(setting: Setting, value: str) -> bool:
    match setting.kind:
        case Kind.NUMBER:
            return value.isascii() and value.isdigit() and setting.least <= int(value) <= setting.most
        case Kind.FLAG:
            return value in ("0", "1")
        case Kind.CHOICE:
            return value in setting.choices
        case Kind.FILE:
            return Path(value).is_file() and os.access(value, os.R_OK)
        case Kind.ADDRESS:
            return _is_address(setting, value)
        case _:
            return True


def _is_address(setting: Setting, value: str) -> bool:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in setting.schemes and "://" in value


def _stays_here(setting: Setting, value: str) -> bool:
    parts = urlsplit(value)
    if parts.scheme not in setting.local_schemes:
        return True
    host = parts.hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _in_the_clear(setting: Setting) -> SettingRefused:
    plain = ", ".join(f"{each}://" for each in setting.local_schemes)
    safe = ", ".join(f"{each}://" for each in setting.schemes if each not in setting.local_schemes)
    problem = Bilingual(
        f"{plain} to another machine sends everything in the clear, the password too.",
        f"用 {plain} 访问其他机器时，包括密码在内的一切内容都以明文传输。",
    )
    remedy = Bilingual(
        f"Write an address that begins with {safe}, or name this machine, for example {setting.name}={setting.example}.",
        f"请写以 {safe} 开头的地址，或改用本机地址，例如 {setting.name}={setting.example}。",
    )
    return SettingRefused(setting, problem, remedy)


def _problem(setting: Setting, value: str) -> Bilingual:
    # What was written by mistake where an address belongs may be a password.
    if setting.is_secret:
        return Bilingual("the value given cannot be read (it is secret and not shown).", "给出的值无法读取（属机密，不显示）。")
    return Bilingual(f"“{value[:80]}” cannot be read.", f"无法读取“{value[:80]}”。")


HIDDEN = "••••"


def shown(setting: Setting, value: str) -> str:
    """Return a value as it may be shown: a secret as dots, a secret address without whatever opens it."""
    if not setting.is_secret or not value:
        return value
    if setting.kind is not Kind.ADDRESS:
        return HIDDEN
    try:
        parts = urlsplit(value)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return HIDDEN
    opened = f"{HIDDEN}@" if "@" in parts.netloc else ""
    query = f"?{HIDDEN}" if parts.query else ""
    return f"{parts.scheme}://{opened}{parts.hostname or ''}{port}{parts.path}{query}"


def misspelt(table: Sequence[Setting], environ: Mapping[str, str]) -> dict[str, str]:
    """Return variables that no setting is called but that look like one, each with the name probably meant."""
    known = {setting.name for setting in table}
    found = {}
    for name in sorted(environ):
        if name in known or name in _FOREIGN:
            continue
        near = min(known, key=lambda each: (_distance(name, each), each))
        if _distance(name, near) <= (1 if len(near) <= _SHORT else 2):
            found[name] = near
    return found


_SHORT = 5
_FOREIGN = frozenset({"PATH", "PWD", "HOST", "HOME", "TERM", "LANG", "PORTS", "XDG_DATA_DIRS"})
"""Names that other programs are known to set."""


def _distance(one: str, other: str) -> int:
    """Return how many letters must be changed, added, left out or swapped with their neighbour."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            step = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                step = min(step, earlier[j - 2] + 1)
            row.append(step)
    return row[-1]
