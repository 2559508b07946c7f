"""Install the ledger's guard and the database functions that hold, release, move and ship stock."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
FILES = ("0001_ledger.sql", "0002_take.sql", "0003_holds.sql", "0004_moves.sql")
UNDO = """
    DROP TRIGGER inventory_movement_only_grows ON inventory_movement;
    DROP FUNCTION inventory_ledger_only_grows, inventory_take, inventory_confirm, inventory_release, inventory_ship, inventory_transfer,
                  inventory_count, inventory_move, inventory_shelf_of;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inventory", "0001_initial"), ("events", "0002_record")]
    operations: ClassVar = [migrations.RunSQL("".join((SQL / name).read_text() for name in FILES), UNDO)]
