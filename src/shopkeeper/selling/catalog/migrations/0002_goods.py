"""Install catalog_goods, by which other rooms' functions learn of goods."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("catalog", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0001_goods.sql").read_text(), "DROP FUNCTION catalog_goods(bigint[])")]
