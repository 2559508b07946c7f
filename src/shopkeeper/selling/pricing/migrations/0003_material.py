"""Install pricing_material: all that a quote is made from, in one round trip."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = "DROP FUNCTION pricing_material(bigint[], text, bigint)"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pricing", "0002_functions"), ("catalog", "0002_goods"), ("shop", "0002_currency")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0003_material.sql").read_text(), UNDO)]
