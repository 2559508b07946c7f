"""Count pieces, not bundles, against the cap on what one buyer holds unpaid: also of the orders placed before."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
BEFORE = "CREATE OR REPLACE FUNCTION orders_cap" + (SQL / "0002_standing.sql").read_text().split("CREATE FUNCTION orders_cap")[1]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0009_news_seen")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0007_pieces.sql").read_text(), BEFORE)]
