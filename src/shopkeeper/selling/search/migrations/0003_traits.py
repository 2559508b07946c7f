"""Answers counted among thousands of goods by bits, and marks that tell when something of the documents moved."""

from pathlib import Path

from django.db import migrations, models

import shopkeeper.selling.search.models

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    DROP TRIGGER search_document_added ON search_document;
    DROP TRIGGER search_document_changed ON search_document;
    DROP TRIGGER search_document_removed ON search_document;
    DROP TRIGGER search_document_emptied ON search_document;
    DROP FUNCTION search_document_added, search_document_changed, search_document_removed, search_document_emptied, search_touch, search_hold;
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0002_depth")]
    operations = [
        migrations.CreateModel(
            name="Moved",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mark", models.BigIntegerField()),
            ],
            options={"db_table": "search_moved"},
        ),
        migrations.CreateModel(
            name="Held",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("facet", models.TextField(db_collation="C")),
                ("chunk", models.IntegerField()),
                ("goods", shopkeeper.selling.search.models.Bits(length=2048)),
            ],
            options={
                "db_table": "search_held",
                "constraints": [models.UniqueConstraint(fields=("chunk", "facet"), name="search_held_once")],
            },
        ),
        migrations.RunSQL((SQL / "0003_held.sql").read_text(), UNDO),
    ]
