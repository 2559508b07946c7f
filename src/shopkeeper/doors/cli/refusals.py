"""What the command line itself refuses, and how any refusal is told on a terminal."""

from __future__ import annotations

from typing import ClassVar

from shopkeeper.doors.cli.texts import _, language
from shopkeeper.kit.configuration import SettingRefused
from shopkeeper.kit.refusals import Refusal
from shopkeeper.ops.backup.shapes import BackupRefusal
from shopkeeper.ops.database.shapes import DatabaseRefusal, gettext_noop


class CommandRefusal(Refusal):
    """A command cannot be carried out as given. `template` can be translated; `values` fill it in."""

    code = "command"
    template: ClassVar[str]

    def __init__(self, **values: object) -> None:
        super().__init__(self.template % values)
        self.values = values


class BadPort(CommandRefusal):
    """PORT is no number, or none a server can have."""

    template = gettext_noop("PORT must be a number between 1 and 65535, not “%(port)s”. For example: make up PORT=8001")


class PortTaken(CommandRefusal):
    """Another program listens on the port."""

    template = gettext_noop(
        "Port %(port)s on this machine is taken by another program. Stop it, or choose another port: make up PORT=%(other)s"
    )


class WebDidNotAnswer(CommandRefusal):
    """The web server was started and never gave a page."""

    template = gettext_noop("The web server did not answer on port %(port)s within %(seconds)s seconds; its last messages are above.")


class ShopNotOpened(CommandRefusal):
    """The first opening of the shop failed; a second start goes on where it stopped."""

    template = gettext_noop("The shop could not be opened; the reason is above. Start again to go on where it stopped.")


class FileMissing(CommandRefusal):
    """The file to read does not exist or cannot be read."""

    template = gettext_noop("The file %(path)s cannot be read (%(reason)s).")


class BadMoment(CommandRefusal):
    """A moment that is written in no way we know."""

    template = gettext_noop("“%(moment)s” is no moment. Write it like 2026-11-22T10:00Z.")


class NobodyCouldBeAsked(CommandRefusal):
    """A shop stands, and the question whether a restore may be done could not be put there."""

    template = gettext_noop(
        "The shop in %(folder)s stands and could not be asked whether this restore may be done; the reason is above. "
        "Start it, or add --nobody-to-ask if it is lost."
    )


class NoShopHere(CommandRefusal):
    """A word about a shop that stands, in a folder that holds none."""

    template = gettext_noop(
        "There is no shop in %(folder)s. Name the folder of yours, as DATA_DIR or with --data-dir before the command; a new one is "
        "begun by “shopkeeper up”."
    )


class NoSuchFile(CommandRefusal):
    """No file was ever brought under this number."""

    template = gettext_noop(
        "There is no file with the number %(number)s. “shopkeeper sheet import” tells it where it has taken a file over; the console "
        "lists all files under “Import and export”."
    )


class Unconfirmed(CommandRefusal):
    """A command that destroys something was not confirmed."""

    template = gettext_noop("Nothing was changed. To go ahead without being asked, add --yes.")


def told(refusal: Refusal) -> str:
    """Return a refusal in the terminal's language."""
    if isinstance(refusal, SettingRefused):
        return refusal.told(language())
    if isinstance(refusal, CommandRefusal | DatabaseRefusal | BackupRefusal):
        return _(refusal.template) % refusal.values
    from django.apps import apps

    if not apps.ready:
        return str(refusal)
    from django.utils import translation

    from shopkeeper.doors.refusals import explain, has_words

    if not has_words(type(refusal)):
        return str(refusal)
    with translation.override(language()):
        return str(explain(refusal))
