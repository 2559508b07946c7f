"""Install inventory_confirm anew: holds that are certain already are not written again."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
BEFORE = (SQL / "0003_holds.sql").read_text().replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inventory", "0005_take")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0008_confirm.sql").read_text(), BEFORE)]
