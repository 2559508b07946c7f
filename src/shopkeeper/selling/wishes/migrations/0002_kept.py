"""Count what is waited and wished for as it is asked, and keep every wait as it was agreed to."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    DROP TRIGGER wishes_wait_same ON wishes_wait;
    DROP TRIGGER wishes_wait_never_deleted ON wishes_wait;
    DROP FUNCTION wishes_same_wait;
    DROP VIEW wishes_demand;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("wishes", "0001_initial"), ("audit", "0002_append_only")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0001_kept.sql").read_text(), UNDO)]
