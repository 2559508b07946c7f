"""One note for each good that a search server has to be told of, with what it answered to it; words are read only where they changed."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
ONE_EACH = """
    UPDATE search_waiting w SET since = oldest.since
    FROM (SELECT product_id, min(since) AS since FROM search_waiting GROUP BY 1) oldest WHERE oldest.product_id = w.product_id;
    DELETE FROM search_waiting w USING search_waiting later WHERE later.product_id = w.product_id AND later.id > w.id;
"""
# Before this migration a note had no answer, and a good any number of notes.
UNDO = """
    CREATE OR REPLACE FUNCTION search_await(p_products bigint[]) RETURNS void
    LANGUAGE sql AS $$
        INSERT INTO search_waiting (product_id, since)
        SELECT product_id, now() FROM unnest(p_products) product_id WHERE EXISTS (SELECT FROM search_server)
    $$;
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0004_ranking")]
    operations = [
        migrations.RunSQL(ONE_EACH, UNDO),
        migrations.AddField(model_name="waiting", name="refused", field=models.SmallIntegerField(default=0)),
        migrations.AddConstraint(
            model_name="waiting",
            constraint=models.UniqueConstraint(fields=("product_id",), name="search_waiting_once"),
        ),
        migrations.AddIndex(
            model_name="waiting",
            index=models.Index(condition=models.Q(("refused", 0)), fields=["since"], name="search_waiting_since"),
        ),
        migrations.RunSQL((SQL / "0005_telling.sql").read_text(), migrations.RunSQL.noop),
    ]
