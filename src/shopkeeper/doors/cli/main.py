"""The command `shopkeeper`: reads the words after it and makes one call. Exit status 0: done, 1: found something wrong, 2: refused."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from shopkeeper.doors.cli import commands, up
from shopkeeper.doors.cli.refusals import told
from shopkeeper.doors.cli.texts import _
from shopkeeper.kit.refusals import Refusal


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command and return its exit status."""
    words = parser().parse_args(argv)
    for option, name in (("data_dir", "DATA_DIR"), ("port", "PORT")):
        if getattr(words, option, None):
            os.environ[name] = getattr(words, option)
    try:
        return int(words.run(words))
    except Refusal as refusal:
        print(told(refusal), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """Return the reader of the command line."""
    top = argparse.ArgumentParser(prog="shopkeeper", description=_("A shop and its whole operation."))
    top.add_argument(
        "--data-dir",
        metavar="FOLDER",
        help=_("the shop's data folder (default: the environment's DATA_DIR, else a folder of this clone's own)"),
    )
    words = top.add_subparsers(required=True, metavar=_("command"))

    start = words.add_parser("up", help=_("start the shop: database, web and worker; the first time with a sample shop"))
    start.add_argument("--port", help=_("port on this machine (default: PORT, else 8000)"))
    start.add_argument("--empty", action="store_true", help=_("the first time, open an empty shop instead of the sample shop"))
    start.add_argument("--end-with-parent", action="store_true", help=argparse.SUPPRESS)
    start.set_defaults(run=up.up)

    empty = words.add_parser("empty", help=_("empty the sample shop; staff accounts stay"))
    empty.add_argument("--yes", action="store_true", help=_("do not ask"))
    empty.set_defaults(run=commands.empty)

    bring = words.add_parser("import", help=_("import trade from a file")).add_subparsers(required=True, metavar=_("kind"))
    retail = bring.add_parser("online-retail", help=_("the columns of UCI “Online Retail”: Parquet or CSV"))
    retail.add_argument("file", metavar="FILE")
    retail.set_defaults(run=commands.import_online_retail)

    audit = words.add_parser("audit", help=_("check that the figures hold")).add_subparsers(required=True, metavar=_("kind"))
    audit.add_parser("books", help=_("orders, payments, refunds and stock against each other")).set_defaults(run=commands.audit_books)

    words.add_parser("shell", help=_("a Python prompt inside the shop")).set_defaults(run=commands.shell)
    words.add_parser("migrate", help=_("bring the tables up to date")).set_defaults(run=commands.migrate)

    manage = words.add_parser("manage", help=_("any command of Django's"), add_help=False)
    manage.add_argument("words", nargs=argparse.REMAINDER)
    manage.set_defaults(run=commands.manage)

    schema = words.add_parser("schema", help=_("for developers: write the dump of the tables, or check it against a full migration"))
    schema.add_argument("--check", action="store_true")
    schema.set_defaults(run=commands.schema)
    return top
