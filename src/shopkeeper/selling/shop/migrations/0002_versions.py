"""Install the sequence of shop versions."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("shop", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0001_versions.sql").read_text(), "DROP SEQUENCE shop_versions")]
