"""Install what payments do in one database call each: begin, ask, hear, rest; and the test provider's work."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    DROP FUNCTION payments_fake, payments_rest, payments_hear, payments_ask, payments_start, payments_stands, payments_documents,
                  payments_document;
    ALTER TABLE payments_payment RESET (fillfactor);
    ALTER TABLE payments_fakecharge RESET (fillfactor);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("payments", "0005_strays"), ("events", "0002_record")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0003_functions.sql").read_text(), UNDO)]
