"""Guard the stream of payment events: rows are only ever added."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("payments", "0001_initial"), ("audit", "0002_append_only")]
    operations: ClassVar = [
        migrations.RunSQL(
            (SQL / "0001_append_only.sql").read_text(), "DROP TRIGGER payments_paymentevent_append_only ON payments_paymentevent"
        )
    ]
