"""Install the trigger function that keeps ledgers append-only, and use it on the audit trail."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0001_append_only.sql").read_text(), "DROP TRIGGER audit_record_append_only ON audit_record; DROP FUNCTION audit_append_only()")]
