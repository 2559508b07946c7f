"""Place orders of bundles."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = "DROP FUNCTION place_order_of_bundles"


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("flows", "0006_pictures"), ("orders", "0008_bundles"), ("catalog", "0009_bundles"), ("pricing", "0008_bundles"),
        ("inventory", "0007_bundles"),
    ]  # fmt: skip
    operations: ClassVar = [migrations.RunSQL((SQL / "0007_bundles.sql").read_text(), UNDO)]
