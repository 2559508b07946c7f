"""Keep published texts append-only."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("content", "0001_initial"), ("audit", "0002_append_only")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0001_append_only.sql").read_text(), "DROP TRIGGER content_shoptext_append_only ON content_shoptext")]
