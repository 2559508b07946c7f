"""Install the database function that gives back a part of a hold."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inventory", "0002_functions")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0005_release_units.sql").read_text(), "DROP FUNCTION inventory_release_units")]
