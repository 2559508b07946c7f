"""Let a price, a price list and a way of delivery that change move the mark of the pages that show them."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    DROP TRIGGER pricing_price_added ON pricing_price;
    DROP TRIGGER pricing_price_changed ON pricing_price;
    DROP TRIGGER pricing_price_removed ON pricing_price;
    DROP TRIGGER pricing_pricelist_touched ON pricing_pricelist;
    DROP TRIGGER pricing_deliveryoption_touched ON pricing_deliveryoption;
    DROP FUNCTION pricing_touch_shelves;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pricing", "0003_material"), ("catalog", "0003_edition")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0004_shown.sql").read_text(), UNDO)]
