"""Install customers_guest and customers_lock, by which an order's function finds its buyer."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = "DROP FUNCTION customers_guest(text, text, text, text, text, timestamptz); DROP FUNCTION customers_lock(bigint)"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("customers", "0002_append_only")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0002_buyer.sql").read_text(), UNDO)]
