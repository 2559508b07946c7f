"""Brands, attributes and what they say of goods; shelves narrowed down by it."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models


SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    DROP TRIGGER catalog_brand_touched ON catalog_brand;
    DROP TRIGGER catalog_attribute_touched ON catalog_attribute;
    DROP TRIGGER catalog_attributechoice_touched ON catalog_attributechoice;
    DROP TRIGGER catalog_attributevalue_added ON catalog_attributevalue;
    DROP TRIGGER catalog_attributevalue_changed ON catalog_attributevalue;
    DROP TRIGGER catalog_attributevalue_removed ON catalog_attributevalue;
    DROP TRIGGER catalog_attributevalue_emptied ON catalog_attributevalue;
    DROP FUNCTION catalog_touch_described, catalog_facets, catalog_narrowed, catalog_held;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0003_edition'),
    ]

    operations = [
        migrations.CreateModel(
            name='Brand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.CharField(max_length=80, unique=True)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('name_zh', models.CharField(blank=True, max_length=200)),
                ('intro_en', models.CharField(blank=True, max_length=1000)),
                ('intro_zh', models.CharField(blank=True, max_length=1000)),
            ],
        ),
        migrations.CreateModel(
            name='Attribute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('name_zh', models.CharField(blank=True, max_length=200)),
                ('kind', models.CharField(choices=[('choice', 'choice'), ('number', 'number'), ('text', 'text')], max_length=8)),
                ('unit', models.CharField(blank=True, max_length=20)),
                ('is_filter', models.BooleanField(default=False)),
                ('position', models.IntegerField(default=0)),
            ],
            options={
                'ordering': ['position', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('is_filter', False), ('kind', 'choice'), _connector='OR'), name='catalog_attribute_filters_by_choice')],
            },
        ),
        migrations.CreateModel(
            name='AttributeChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('name_zh', models.CharField(blank=True, max_length=200)),
                ('swatch', models.CharField(blank=True, max_length=7)),
                ('position', models.IntegerField(default=0)),
                ('attribute', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='choices', to='catalog.attribute')),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='AttributeValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ('text_en', models.CharField(blank=True, max_length=500)),
                ('text_zh', models.CharField(blank=True, max_length=500)),
                ('is_derived', models.BooleanField(default=False)),
                ('attribute', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.attribute')),
                ('choice', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.attributechoice')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='traits', to='catalog.product')),
            ],
        ),
        migrations.AddField(
            model_name='product',
            name='brand',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.brand'),
        ),
        migrations.AddConstraint(
            model_name='attributechoice',
            constraint=models.UniqueConstraint(fields=('attribute', 'code'), name='catalog_attributechoice_code'),
        ),
        migrations.AddIndex(
            model_name='attributevalue',
            index=models.Index(condition=models.Q(('choice__isnull', False)), fields=['choice', 'product'], name='catalog_attributevalue_choice'),
        ),
        migrations.AddIndex(
            model_name='attributevalue',
            index=models.Index(fields=['attribute'], name='catalog_attributevalue_of'),
        ),
        migrations.AddConstraint(
            model_name='attributevalue',
            constraint=models.UniqueConstraint(fields=('product', 'attribute', 'choice'), name='catalog_attributevalue_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='attributevalue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('choice__isnull', False), ('number__isnull', True), ('text_en', ''), ('text_zh', '')), models.Q(('choice__isnull', True), ('number__isnull', False), ('text_en', ''), ('text_zh', '')), models.Q(('choice__isnull', True), ('number__isnull', True), models.Q(('text_en', ''), ('text_zh', ''), _negated=True)), _connector='OR'), name='catalog_attributevalue_says_one_thing'),
        ),
        migrations.RunSQL((SQL / "0003_traits.sql").read_text(), UNDO),
    ]
