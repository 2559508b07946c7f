"""Install orders_standing and orders_cap, and the small index by which a buyer's unpaid orders are counted."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = "DROP FUNCTION orders_standing(text, text); DROP FUNCTION orders_cap(bigint, integer, integer)"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0003_money_kept")]
    operations: ClassVar = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(condition=models.Q(("state", "placed")), fields=["buyer"], name="orders_order_unpaid"),
        ),
        migrations.RunSQL((SQL / "0002_standing.sql").read_text(), UNDO),
    ]
