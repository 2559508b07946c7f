"""Install events_record, the database function hot paths record facts with."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("events", "0001_initial")]
    operations: ClassVar = [
        migrations.RunSQL((SQL / "0001_record.sql").read_text(), "DROP FUNCTION events_record(text, text, jsonb, timestamptz)")
    ]
