"""Collections by hand and by rule; edits of many products at once, with what stood before them."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    DROP TRIGGER catalog_collection_touched ON catalog_collection;
    DROP TRIGGER catalog_collectionproduct_touched ON catalog_collectionproduct;
    DROP FUNCTION catalog_facets_of, catalog_narrowed_of, catalog_held_of;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0005_options'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Collection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.CharField(max_length=80, unique=True)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('name_zh', models.CharField(blank=True, max_length=200)),
                ('intro_en', models.CharField(blank=True, max_length=1000)),
                ('intro_zh', models.CharField(blank=True, max_length=1000)),
                ('drawing', models.CharField(blank=True, max_length=40)),
                ('tint', models.CharField(blank=True, max_length=20)),
                ('kind', models.CharField(choices=[('hand', 'hand'), ('rule', 'rule')], max_length=8)),
                ('rule', models.JSONField(blank=True, default=dict)),
                ('sort', models.CharField(default='featured', max_length=12)),
                ('is_published', models.BooleanField(default=False)),
                ('is_in_menu', models.BooleanField(default=False)),
                ('position', models.IntegerField(default=0)),
                ('starts_at', models.DateTimeField(blank=True, null=True)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['position', 'id'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('kind__in', ['hand', 'rule'])), name='catalog_collection_kind'),
                    models.CheckConstraint(condition=models.Q(('starts_at__isnull', True), ('ends_at__isnull', True), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='catalog_collection_ends_after_it_starts'),
                ],
            },
        ),
        migrations.CreateModel(
            name='CollectionProduct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('in', 'in'), ('first', 'first'), ('out', 'out')], max_length=8)),
                ('position', models.IntegerField(default=0)),
                ('collection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='named', to='catalog.collection')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.product')),
            ],
        ),
        migrations.CreateModel(
            name='BulkEdit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('wish', models.JSONField(default=dict)),
                ('reason', models.CharField(max_length=200)),
                ('at', models.DateTimeField(db_index=True)),
                ('products', models.IntegerField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('set_back', models.IntegerField(default=0)),
                ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undone_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='BulkEditRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.JSONField()),
                ('after', models.JSONField()),
                ('edit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='catalog.bulkedit')),
                ('product', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.product')),
            ],
        ),
        migrations.AddConstraint(
            model_name='bulkeditrow',
            constraint=models.UniqueConstraint(fields=('edit', 'product'), name='catalog_bulkeditrow_once'),
        ),
        migrations.AddIndex(
            model_name='collectionproduct',
            index=models.Index(models.F('collection'), models.F('part'), models.F('position'), models.F('id'), name='catalog_collection_order'),
        ),
        migrations.AddConstraint(
            model_name='collectionproduct',
            constraint=models.UniqueConstraint(fields=('collection', 'product'), name='catalog_collectionproduct_once'),
        ),
        migrations.AddConstraint(
            model_name='collectionproduct',
            constraint=models.CheckConstraint(condition=models.Q(('part__in', ['in', 'first', 'out'])), name='catalog_collectionproduct_part'),
        ),
        migrations.RunSQL((SQL / "0006_collections.sql").read_text(), UNDO),
    ]
