"""Have the order's functions keep their plans."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    ALTER FUNCTION place_order_plan(text, text, text) RESET plan_cache_mode;
    ALTER FUNCTION place_order(text, text, jsonb, jsonb, jsonb, jsonb, bigint, jsonb, integer, integer, timestamptz, timestamptz)
        RESET plan_cache_mode;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("flows", "0002_plan")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0003_plans_kept.sql").read_text(), UNDO)]
