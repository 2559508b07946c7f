"""Former addresses of goods and shelves, kept by the database whoever renames."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    DROP TRIGGER catalog_product_renamed ON catalog_product;
    DROP TRIGGER catalog_category_renamed ON catalog_category;
    DROP FUNCTION catalog_keep_slug;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_collections")]
    operations = [
        migrations.CreateModel(
            name="FormerSlug",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10)),
                ("slug", models.CharField(max_length=80)),
                ("target", models.BigIntegerField()),
                ("given_up_at", models.DateTimeField()),
            ],
            options={"constraints": [models.UniqueConstraint(fields=["kind", "slug"], name="catalog_formerslug_once")]},
        ),
        migrations.RunSQL((SQL / "0007_former_slugs.sql").read_text(), UNDO),
    ]
