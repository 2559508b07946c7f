"""Install inventory_shown, which says what a kept page has to say of stock now."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inventory", "0003_release_units")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0006_shown.sql").read_text(), "DROP FUNCTION inventory_shown(bigint[], bigint)")]
