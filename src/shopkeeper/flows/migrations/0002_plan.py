"""Install place_order_plan, and place_order anew: with the guest written and the buyer's cap held in the same call."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    DROP FUNCTION place_order_plan(text, text, text);
    DROP FUNCTION place_order(text, text, jsonb, jsonb, jsonb, jsonb, bigint, jsonb, integer, integer, timestamptz, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("flows", "0001_place_order"),
        ("customers", "0003_buyer"),
        ("orders", "0004_standing"),
        ("pricing", "0003_material"),
    ]
    operations: ClassVar = [
        migrations.RunSQL(
            (SQL / "0002_plan.sql").read_text(),
            UNDO + (SQL / "0001_place_order.sql").read_text(),
        )
    ]
