"""Install inventory_take anew: quicker where one warehouse has everything."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
BEFORE = (SQL / "0002_take.sql").read_text().replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
UNDO = "DROP FUNCTION inventory_take_split(bigint, jsonb, timestamptz, timestamptz);" + BEFORE


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inventory", "0004_shown")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0007_take.sql").read_text(), UNDO)]
