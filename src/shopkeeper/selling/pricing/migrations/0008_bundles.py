"""Let a quote know what bundles hold."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
BEFORE = (SQL / "0003_material.sql").read_text().replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION") + (
    SQL / "0005_plans_kept.sql"
).read_text()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pricing", "0007_tax_shown"), ("catalog", "0009_bundles")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0008_bundles.sql").read_text(), BEFORE)]
