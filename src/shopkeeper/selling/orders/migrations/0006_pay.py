"""Install what paying an order needs in one database call each: the whole order, its lock, and the payment written down."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = "DROP FUNCTION orders_pay, orders_stands, orders_document;"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0005_fewer_indices"), ("events", "0002_record")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0004_pay.sql").read_text(), UNDO)]
