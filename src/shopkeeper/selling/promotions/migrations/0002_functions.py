"""Install what counts the uses of promotions, and the number that goes up with every change of them."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    DROP TRIGGER promotions_promotion_touched ON promotions_promotion;
    DROP FUNCTION promotions_touch, promotions_use, promotions_refuse, promotions_count, promotions_give_back;
    DROP TABLE promotions_revision;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("promotions", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0002_use.sql").read_text(), UNDO)]
