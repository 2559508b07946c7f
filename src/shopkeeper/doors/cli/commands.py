"""The small commands: each is one call to a flow or a face."""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from shopkeeper.doors.cli import place
from shopkeeper.doors.cli.refusals import FileMissing, Unconfirmed
from shopkeeper.doors.cli.tables import Bar, audit, reconciliation, statement
from shopkeeper.doors.cli.texts import _


def empty(words: argparse.Namespace) -> int:
    """Empty the sample shop, after asking."""
    place.refuse_where_none_stands()
    if not words.yes and not _confirmed(_("Empty the shop in %s: every product, order and customer? Type “yes”: ") % place.data_dir()):
        raise Unconfirmed
    with place.shop():
        from shopkeeper.flows import open_shop

        open_shop.empty(now=datetime.now(UTC))
    print(_("The shop is empty."))
    return 0


def _confirmed(question: str) -> bool:
    if not sys.stdin.isatty():
        return False
    return input(question).strip().lower() in {"yes", "是"}


def import_online_retail(words: argparse.Namespace) -> int:
    """Import a file of trade, rows that cannot be read aside into the data folder; status 1 if the reconciliation does not hold."""
    path = Path(words.file)
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise FileMissing(path=path, reason=error.strerror) from error
    rejects = place.data_dir() / "rejects" / f"{path.stem}.csv"
    with place.shop():
        from shopkeeper.flows import import_online_retail as flow

        result = flow.run(path, now=datetime.now(UTC), rejects_to=rejects, tell=Bar())
    if result.was_known:
        print(_("This file was taken over before: nothing in it was new."))
    print("\n".join(reconciliation(result)))
    if result.rejected:
        print(_("The rejected rows, with line number and reason: %s") % rejects)
    return 0 if result.holds else 1


def reconcile(words: argparse.Namespace) -> int:
    """Compare a provider's statement with the shop's payments; status 1 if anything differs."""
    path = Path(words.file)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileMissing(path=path, reason=error.strerror) from error
    place.refuse_where_none_stands()
    with place.shop():
        from shopkeeper.selling.payments import public as payments

        found = payments.reconcile_statement(
            provider=words.provider, file_name=path.name, data=data, actor=None, now=datetime.now(UTC)
        )  # fmt: skip
    if found.was_known:
        print(_("This file was read before: it was only compared again."))
    print("\n".join(statement(found)))
    return 0 if found.is_right else 1


def audit_books(words: argparse.Namespace) -> int:
    """Check the books; status 1 if anything does not hold."""
    place.refuse_where_none_stands()
    with place.shop():
        from shopkeeper.flows import audit_books as flow

        report = flow.run_and_keep(datetime.now(UTC))
    print("\n".join(audit(report)))
    return 0 if report.is_right else 1


def reset_second_factor(words: argparse.Namespace) -> int:
    """Take a person's lost second factor away, after asking; their sessions end, and the trail says that the machine did it."""
    place.refuse_where_none_stands()
    if not words.yes and not _confirmed(_("Take the second factor of %s away and end all their sessions? Type “yes”: ") % words.email):
        raise Unconfirmed
    with place.shop():
        from shopkeeper.flows import staff

        staff.reset_on_machine(email=words.email, now=datetime.now(UTC))
    print(_("Done. The password alone opens the console now; a new second factor is asked for at the next sign-in."))
    return 0


def shell(words: argparse.Namespace) -> int:
    """Open a Python prompt inside the shop."""
    return _django("shell")


def migrate(words: argparse.Namespace) -> int:
    """Bring the tables up to date."""
    with place.shop():
        print(_("The tables are up to date."))
    return 0


def manage(words: argparse.Namespace) -> int:
    """Run any command of Django's inside the shop."""
    return _django(*words.words)


def _django(*words: str) -> int:
    with place.shop():
        from django.core.management import execute_from_command_line

        execute_from_command_line(["shopkeeper manage", *words])
    return 0


def schema(words: argparse.Namespace) -> int:
    """Write the dump of the tables from a full migration on a throw-away server; with --check, say where the kept one differs.

    The check also fails where a model has changed and no migration says so.
    """
    from shopkeeper.ops.database import public as database

    with tempfile.TemporaryDirectory(prefix="shopkeeper-schema-") as folder:
        # The power may fail: nobody will miss this server.
        haste = {"fsync": "off", "shared_buffers": "128MB"}
        with database.running(data_dir=Path(folder), extra_settings=haste) as server:
            place.enter_django(url=server.url, folder=Path(folder))
            if words.check:
                _check_migrations()
            differences = database.check_dump(server=server) if words.check else database.write_dump(server=server)
    for line in differences:
        print(line)
    if differences:
        print(_("The dump of the tables is behind the migrations. Run “make schema” and commit the file."), file=sys.stderr)
    return 1 if differences else 0


def _check_migrations() -> None:
    from django.core.management import call_command

    # Ends with status 1, and says which, where a model is ahead of its migrations.
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=1)
