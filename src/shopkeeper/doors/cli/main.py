"""The command `shopkeeper`: reads the words after it and makes one call. Exit status 0: done, 1: found something wrong, 2: refused."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from shopkeeper.doors.cli import commands, doctor, filing, pages, place, safekeeping, up
from shopkeeper.doors.cli.refusals import told
from shopkeeper.doors.cli.texts import _
from shopkeeper.kit.configuration import Configuration
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.settings import SETTINGS


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command and return its exit status."""
    words = parser().parse_args(argv)
    # Before --data-dir may name another: the shop that stands here, whose staff are asked about a restore.
    words.standing = place.data_dir()
    for option, name in (("data_dir", "DATA_DIR"), ("port", "PORT")):
        if getattr(words, option, None):
            os.environ[name] = getattr(words, option)
    try:
        _check_settings(words)
        return int(words.run(words))
    except Refusal as refusal:
        print(told(refusal), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130


def _check_settings(words: argparse.Namespace) -> None:
    """Raise SettingRefused before anything is begun; the two words that tell of settings do so themselves, and `up` of its port."""
    if words.run in (doctor.doctor, doctor.config):
        return
    for refused in Configuration(SETTINGS, os.environ).check():
        if refused.setting.name != "PORT":
            raise refused


def _reconcile(bill: argparse.ArgumentParser) -> None:
    bill.add_argument("file", metavar="FILE")
    bill.add_argument("--provider", required=True, choices=("alipay", "stripe", "wechat"), help=_("whose file it is"))
    bill.set_defaults(run=commands.reconcile)


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

    filing.add(words)

    audit = words.add_parser("audit", help=_("check that the figures hold")).add_subparsers(required=True, metavar=_("kind"))
    audit.add_parser("books", help=_("orders, payments, refunds and stock against each other")).set_defaults(run=commands.audit_books)
    pages.add(audit)

    _reconcile(words.add_parser("reconcile", help=_("compare a payment provider’s statement file with the shop’s payments")))

    look = words.add_parser("doctor", help=_("look the shop over: what is well, what is not, and what to do"))
    look.add_argument("--json", action="store_true", help=_("for programs"))
    look.set_defaults(run=doctor.doctor)

    config = words.add_parser("config", help=_("show every setting, its value and where that comes from; secrets stay hidden"))
    config.add_argument("--docs", choices=("en", "zh"), help=_("write the guide's page of settings instead"))
    config.set_defaults(run=doctor.config)

    _safekeeping(words)

    words.add_parser("shell", help=_("a Python prompt inside the shop")).set_defaults(run=commands.shell)
    words.add_parser("migrate", help=_("bring the tables up to date")).set_defaults(run=commands.migrate)

    manage = words.add_parser("manage", help=_("any command of Django's"), add_help=False)
    manage.add_argument("words", nargs=argparse.REMAINDER)
    manage.set_defaults(run=commands.manage)

    schema = words.add_parser("schema", help=_("for developers: write the dump of the tables, or check it against a full migration"))
    schema.add_argument("--check", action="store_true")
    schema.set_defaults(run=commands.schema)
    return top


def _safekeeping(words: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the words that keep the shop safe."""
    keep = words.add_parser("backup", help=_("take a backup of database, lake and media at one point, while the shop runs"))
    keep.add_argument("--to", metavar="FOLDER", help=_("the backup folder (default: BACKUP_DIR, else “backups” in the data folder)"))
    keep.add_argument("--name", help=_("a name for the backup and its point (default: the moment)"))
    keep.add_argument("--without-secret-key", action="store_true", help=_("leave the secret key out; keep it yourself"))
    keep.add_argument("--clear", action="store_true", help=_("take none; remove old ones, never the newest or the newest proven one"))
    keep.add_argument("--would-clear", action="store_true", help=_("take none; say which ones --clear would remove"))
    keep.add_argument("--keep", type=int, default=7, metavar="N", help=_("with --clear: how many stay in any case (default: 7)"))
    keep.add_argument("--days", type=int, default=30, metavar="N", help=_("with --clear: days the others stay (default: 30)"))
    keep.set_defaults(run=safekeeping.backup)

    back = words.add_parser("restore", help=_("restore a backup into a new data folder, named with --data-dir, and audit it"))
    back.add_argument("folder", metavar="FOLDER", help=_("the backup folder"))
    back.add_argument("--data-dir", metavar="NEW", default=argparse.SUPPRESS, help=_("the new data folder, empty or not there yet"))
    which = back.add_mutually_exclusive_group()
    which.add_argument("--name", help=_("which backup, to its own point (default: the newest)"))
    which.add_argument("--at", metavar="MOMENT", help=_("any moment the write-ahead log reaches, like 2026-11-22T10:00Z"))
    back.add_argument("--check", action="store_true", help=_("only try: restore into a scratch folder, audit, remove it, note the outcome"))
    back.add_argument("--shop", metavar="FOLDER", help=_("data folder of the shop that stands, whose staff must agree (default: DATA_DIR)"))
    back.add_argument("--nobody-to-ask", action="store_true", help=_("the shop that stood is lost: restore without a second person"))
    back.set_defaults(run=safekeeping.restore)

    # Begun by `restore` in a process of its own, inside the shop that stands.
    asks = words.add_parser("ask-restore")
    for each in ("name", "at", "into", "fingerprint"):
        asks.add_argument(each)
    asks.set_defaults(run=safekeeping.ask_restore)

    lost = words.add_parser("reset-second-factor", help=_("take a lost second factor from a member of staff, the last owner above all"))
    lost.add_argument("email", metavar="EMAIL")
    lost.add_argument("--yes", action="store_true", help=_("do not ask"))
    lost.set_defaults(run=commands.reset_second_factor)
