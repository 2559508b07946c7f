"""Let settle_pay pay by the money that was looked at alone."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("flows", "0004_settle")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0005_pay_as_seen.sql").read_text(), migrations.RunSQL.noop)]
