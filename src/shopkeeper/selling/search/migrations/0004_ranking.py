"""Common words, prices, stock and selling as bits, and what a search server of its own has to be told."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    DROP TRIGGER search_document_added ON search_document;
    DROP TRIGGER search_document_changed ON search_document;
    DROP TRIGGER search_document_removed ON search_document;
    DROP TRIGGER search_document_emptied ON search_document;
    DROP FUNCTION search_document_added, search_document_changed, search_document_removed, search_document_emptied, search_touch,
        search_keep, search_await, search_answers, search_price_answer, search_rank_answer;
    DELETE FROM search_held;
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0003_traits")]
    operations = [
        # The way back ends as it was before: with the functions and bits of the migration before this one.
        migrations.RunSQL(migrations.RunSQL.noop, (SQL / "0003_held.sql").read_text()),
        migrations.CreateModel(
            name="Common",
            fields=[("word", models.TextField(db_collation="C", primary_key=True, serialize=False))],
            options={"db_table": "search_common"},
        ),
        migrations.CreateModel(
            name="Server",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("address", models.CharField(max_length=300)),
                ("index", models.CharField(default="", max_length=120)),
                ("built_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "search_server",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="search_server_is_one")],
            },
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("product_id", models.BigIntegerField()),
                ("since", models.DateTimeField()),
            ],
            options={"db_table": "search_waiting"},
        ),
        migrations.RemoveConstraint(model_name="held", name="search_held_once"),
        migrations.AddField(model_name="held", name="kind", field=models.SmallIntegerField(default=0)),
        migrations.AddConstraint(
            model_name="held",
            constraint=models.UniqueConstraint(fields=("kind", "facet", "chunk"), name="search_held_once"),
        ),
        migrations.RunSQL((SQL / "0004_ranking.sql").read_text(), UNDO),
    ]
