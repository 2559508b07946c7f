"""Options of products and the combinations variants stand for; size tables; goods that go with others or in their place."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models


SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    DROP TRIGGER catalog_variant_combined ON catalog_variant;
    DROP TRIGGER catalog_variant_recombined ON catalog_variant;
    DROP TRIGGER catalog_productoption_answered ON catalog_productoption;
    DROP TRIGGER catalog_optionvalue_moved ON catalog_optionvalue;
    DROP TRIGGER catalog_sizetable_touched ON catalog_sizetable;
    DROP TRIGGER catalog_productoption_added ON catalog_productoption;
    DROP TRIGGER catalog_productoption_changed ON catalog_productoption;
    DROP TRIGGER catalog_productoption_removed ON catalog_productoption;
    DROP TRIGGER catalog_productoption_emptied ON catalog_productoption;
    DROP TRIGGER catalog_optionvalue_added ON catalog_optionvalue;
    DROP TRIGGER catalog_optionvalue_changed ON catalog_optionvalue;
    DROP TRIGGER catalog_optionvalue_removed ON catalog_optionvalue;
    DROP TRIGGER catalog_optionvalue_emptied ON catalog_optionvalue;
    DROP TRIGGER catalog_relatedproduct_added ON catalog_relatedproduct;
    DROP TRIGGER catalog_relatedproduct_changed ON catalog_relatedproduct;
    DROP TRIGGER catalog_relatedproduct_removed ON catalog_relatedproduct;
    DROP TRIGGER catalog_relatedproduct_emptied ON catalog_relatedproduct;
    CREATE OR REPLACE FUNCTION catalog_held(p_shelves bigint[]) RETURNS TABLE (id bigint, question bigint, answer bigint)
    LANGUAGE sql STABLE AS $$
        SELECT v.product_id, v.attribute_id, v.choice_id
        FROM catalog_attributevalue v
        JOIN catalog_attribute a ON a.id = v.attribute_id AND a.is_filter
        JOIN catalog_product p ON p.id = v.product_id AND p.is_published AND (p_shelves IS NULL OR p.category_id = ANY (p_shelves))
        WHERE v.choice_id IS NOT NULL
        UNION ALL
        SELECT p.id, 0, p.brand_id FROM catalog_product p
        WHERE p.brand_id IS NOT NULL AND p.is_published AND (p_shelves IS NULL OR p.category_id = ANY (p_shelves))
    $$;
    DROP FUNCTION catalog_touch_values, catalog_compose_options, catalog_check_changed_value, catalog_check_changed_option,
        catalog_check_changed_variant, catalog_check_new_variants, catalog_check_combinations;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0004_traits'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProductOption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slot', models.SmallIntegerField()),
                ('name_en', models.CharField(blank=True, max_length=60)),
                ('name_zh', models.CharField(blank=True, max_length=60)),
                ('position', models.IntegerField(default=0)),
                ('attribute', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.attribute')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='options', to='catalog.product')),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='RelatedProduct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('with', 'with'), ('instead', 'instead')], max_length=8)),
                ('position', models.IntegerField(default=0)),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.product')),
                ('product', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.product')),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='SizeTable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('name_zh', models.CharField(blank=True, max_length=200)),
                ('note_en', models.CharField(blank=True, max_length=500)),
                ('note_zh', models.CharField(blank=True, max_length=500)),
                ('columns', models.JSONField(default=list)),
                ('rows', models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name='OptionValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_en', models.CharField(blank=True, max_length=60)),
                ('name_zh', models.CharField(blank=True, max_length=60)),
                ('swatch', models.CharField(blank=True, max_length=7)),
                ('position', models.IntegerField(default=0)),
                ('choice', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.attributechoice')),
                ('option', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='values', to='catalog.productoption')),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.AddField(
            model_name='variant',
            name='value_1',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.optionvalue'),
        ),
        migrations.AddField(
            model_name='variant',
            name='value_2',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.optionvalue'),
        ),
        migrations.AddField(
            model_name='variant',
            name='value_3',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.optionvalue'),
        ),
        migrations.AddIndex(
            model_name='variant',
            index=models.Index(condition=models.Q(('value_1__isnull', False)), fields=['value_1'], name='catalog_variant_value_1'),
        ),
        migrations.AddIndex(
            model_name='variant',
            index=models.Index(condition=models.Q(('value_2__isnull', False)), fields=['value_2'], name='catalog_variant_value_2'),
        ),
        migrations.AddIndex(
            model_name='variant',
            index=models.Index(condition=models.Q(('value_3__isnull', False)), fields=['value_3'], name='catalog_variant_value_3'),
        ),
        migrations.AddConstraint(
            model_name='variant',
            constraint=models.UniqueConstraint(condition=models.Q(('value_1__isnull', False), ('value_2__isnull', False), ('value_3__isnull', False), _connector='OR'), fields=('product', 'value_1', 'value_2', 'value_3'), name='catalog_variant_combination', nulls_distinct=False),
        ),
        migrations.AddField(
            model_name='category',
            name='size_table',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.sizetable'),
        ),
        migrations.AddField(
            model_name='product',
            name='size_table',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.sizetable'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(models.F('size_table'), condition=models.Q(('size_table__isnull', False)), name='catalog_product_sizes'),
        ),
        migrations.AddIndex(
            model_name='productoption',
            index=models.Index(condition=models.Q(('attribute__isnull', False)), fields=['attribute'], name='catalog_productoption_says'),
        ),
        migrations.AddConstraint(
            model_name='productoption',
            constraint=models.UniqueConstraint(fields=('product', 'slot'), name='catalog_productoption_slot'),
        ),
        migrations.AddConstraint(
            model_name='productoption',
            constraint=models.UniqueConstraint(fields=('product', 'attribute'), name='catalog_productoption_attribute'),
        ),
        migrations.AddConstraint(
            model_name='productoption',
            constraint=models.CheckConstraint(condition=models.Q(('slot__gte', 1), ('slot__lte', 3)), name='catalog_productoption_three_at_most'),
        ),
        migrations.AddIndex(
            model_name='optionvalue',
            index=models.Index(condition=models.Q(('choice__isnull', False)), fields=['choice'], name='catalog_optionvalue_choice'),
        ),
        migrations.AddConstraint(
            model_name='optionvalue',
            constraint=models.UniqueConstraint(fields=('option', 'choice'), name='catalog_optionvalue_once'),
        ),
        migrations.AddConstraint(
            model_name='optionvalue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('choice__isnull', False), ('name_en', ''), ('name_zh', ''), ('swatch', '')), models.Q(('choice__isnull', True), models.Q(('name_en', ''), ('name_zh', ''), _negated=True)), _connector='OR'), name='catalog_optionvalue_has_one_name'),
        ),
        migrations.AddConstraint(
            model_name='relatedproduct',
            constraint=models.UniqueConstraint(fields=('product', 'other'), name='catalog_relatedproduct_once'),
        ),
        migrations.AddConstraint(
            model_name='relatedproduct',
            constraint=models.CheckConstraint(condition=models.Q(('product', models.F('other')), _negated=True), name='catalog_relatedproduct_is_another'),
        ),
        migrations.AddConstraint(
            model_name='relatedproduct',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('with', 'instead'))), name='catalog_relatedproduct_kind'),
        ),
        migrations.RunSQL((SQL / "0004_options.sql").read_text(), UNDO),
    ]
