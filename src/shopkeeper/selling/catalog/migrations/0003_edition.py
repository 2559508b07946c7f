"""Marks by which a kept page knows that nothing it rests on has changed, and an index for each order of a shelf."""

from pathlib import Path
from typing import ClassVar

import django.db.models.functions.text
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    DROP TRIGGER catalog_category_touched ON catalog_category;
    DROP TRIGGER catalog_shop_touched ON shop_shop;
    DROP TRIGGER catalog_product_touched ON catalog_product;
    DROP TRIGGER catalog_product_changed ON catalog_product;
    DROP TRIGGER catalog_variant_added ON catalog_variant;
    DROP TRIGGER catalog_variant_changed ON catalog_variant;
    DROP TRIGGER catalog_variant_removed ON catalog_variant;
    DROP FUNCTION catalog_touch_variants, catalog_touch_goods, catalog_on_sale, catalog_touch_products, catalog_touch_shop, catalog_edition_of, catalog_touch;
"""
PUBLISHED = models.Q(("is_published", True))
NAME = django.db.models.functions.text.Lower("name_en")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("catalog", "0002_goods"), ("shop", "0001_initial")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope", models.BigIntegerField()),
                ("mark", models.BigIntegerField()),
            ],
        ),
        migrations.AddIndex("edition", models.Index(models.F("scope"), name="catalog_edition_scope")),
        migrations.AddIndex(
            "product", models.Index(models.F("created_at"), models.F("id"), condition=PUBLISHED, name="catalog_product_newest")
        ),
        migrations.AddIndex("product", models.Index(NAME, models.F("id"), condition=PUBLISHED, name="catalog_product_name")),
        migrations.AddIndex(
            "product",
            models.Index(
                models.F("category"), models.F("created_at"), models.F("id"), condition=PUBLISHED, name="catalog_product_shelf_newest"
            ),
        ),
        migrations.AddIndex(
            "product", models.Index(models.F("category"), NAME, models.F("id"), condition=PUBLISHED, name="catalog_product_shelf_name")
        ),
        migrations.RunSQL((SQL / "0002_edition.sql").read_text(), UNDO),
    ]
