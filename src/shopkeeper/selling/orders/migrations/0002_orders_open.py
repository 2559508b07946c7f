"""Install orders_open, the function by which an order begins, the sequence of order numbers, and the guard of the timeline."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"

UNDO = """
DROP TRIGGER orders_happening_append_only ON orders_happening;
DROP FUNCTION orders_open(text, text, jsonb, jsonb, timestamptz);
DROP SEQUENCE orders_number;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0001_initial"), ("audit", "0002_append_only")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0001_orders_open.sql").read_text(), UNDO)]
