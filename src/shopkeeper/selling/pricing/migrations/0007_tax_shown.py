"""Let pages that tell a tax rate be put together anew when it changes."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = "DROP TRIGGER pricing_taxrate_touched ON pricing_taxrate;"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pricing", "0006_costs"), ("catalog", "0003_edition")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0007_tax_shown.sql").read_text(), UNDO)]
