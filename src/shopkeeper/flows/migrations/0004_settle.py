"""Install settle_capture and settle_pay, which call the rooms' own functions in order."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("flows", "0003_plans_kept"),
        ("inventory", "0006_confirm"),
        ("orders", "0006_pay"),
        ("payments", "0006_functions"),
    ]
    operations: ClassVar = [migrations.RunSQL((SQL / "0004_settle.sql").read_text(), "DROP FUNCTION settle_pay, settle_capture")]
