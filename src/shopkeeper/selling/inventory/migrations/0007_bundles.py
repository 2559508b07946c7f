"""Let stock know of bundles: what their parts allow, and no pieces of their own."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
BEFORE = (SQL / "0006_shown.sql").read_text().replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
UNDO = """
    DROP TRIGGER catalog_bundlepart_stocked ON catalog_bundlepart;
    DROP TRIGGER inventory_shelf_of_single_goods ON inventory_shelf;
    DROP TRIGGER inventory_shelf_filled_with_single_goods ON inventory_shelf;
    DROP FUNCTION inventory_refuse_stocked, inventory_refuse_bundles, inventory_in_stock;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inventory", "0006_confirm"), ("catalog", "0009_bundles")]
    operations: ClassVar = [
        migrations.RunSQL((SQL / "0009_bundles.sql").read_text(), UNDO + BEFORE + "DROP FUNCTION inventory_available;")
    ]
