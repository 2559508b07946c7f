"""Install place_order, which calls the rooms' own functions in order."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = "DROP FUNCTION place_order(text, text, jsonb, jsonb, jsonb, jsonb, bigint, jsonb, timestamptz, timestamptz)"


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("events", "0002_record"),
        ("pricing", "0002_functions"),
        ("inventory", "0002_functions"),
        ("orders", "0002_orders_open"),
    ]
    operations: ClassVar = [migrations.RunSQL((SQL / "0001_place_order.sql").read_text(), UNDO)]
