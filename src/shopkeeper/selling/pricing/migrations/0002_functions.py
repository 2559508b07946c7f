"""Install the price log's guard and the check that an order's prices still stand."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
FILES = ("0001_log.sql", "0002_check.sql")
UNDO = """
    DROP TRIGGER pricing_pricechange_only_grows ON pricing_pricechange;
    DROP FUNCTION pricing_log_only_grows, pricing_check;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pricing", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL("".join((SQL / name).read_text() for name in FILES), UNDO)]
