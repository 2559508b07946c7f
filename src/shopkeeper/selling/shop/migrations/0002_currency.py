"""Install shop_currency, by which other rooms' functions learn the book currency."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("shop", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0001_currency.sql").read_text(), "DROP FUNCTION shop_currency()")]
