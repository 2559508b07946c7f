"""Have pricing_material keep its plans."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = "ALTER FUNCTION pricing_material(bigint[], text, bigint) RESET plan_cache_mode"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pricing", "0004_shown")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0005_plans_kept.sql").read_text(), UNDO)]
