"""What engines are told of products, shelves and collections, and how the shop's pages were found when they were looked at."""

from pathlib import Path

import django.contrib.postgres.indexes
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    DROP TRIGGER content_enginewords_added ON content_enginewords;
    DROP TRIGGER content_enginewords_changed ON content_enginewords;
    DROP TRIGGER content_enginewords_removed ON content_enginewords;
    DROP TRIGGER content_enginewords_emptied ON content_enginewords;
    DROP FUNCTION content_touch_told, content_touch_told_of_all;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("content", "0002_append_only"),
        ("catalog", "0003_edition"),
    ]

    operations = [
        migrations.CreateModel(
            name='EngineWords',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('subject_id', models.BigIntegerField()),
                ('title_en', models.CharField(blank=True, max_length=150)),
                ('title_zh', models.CharField(blank=True, max_length=150)),
                ('description_en', models.CharField(blank=True, max_length=400)),
                ('description_zh', models.CharField(blank=True, max_length=400)),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('kind'), models.F('subject_id'), name='content_enginewords_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['product', 'category', 'collection'])), name='content_enginewords_kind_known'), models.CheckConstraint(condition=models.Q(('description_en', ''), ('description_zh', ''), ('title_en', ''), ('title_zh', ''), _negated=True), name='content_enginewords_say_something')],
            },
        ),
        migrations.CreateModel(
            name='PageLook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('subject', models.CharField(blank=True, max_length=20)),
                ('language', models.CharField(max_length=10)),
                ('address', models.CharField(max_length=400)),
                ('title', models.CharField(blank=True, max_length=400)),
                ('description', models.CharField(blank=True, max_length=600)),
                ('status', models.SmallIntegerField()),
                ('score', models.SmallIntegerField()),
                ('score_before', models.SmallIntegerField(null=True)),
                ('findings', models.JSONField()),
                ('words', models.IntegerField(default=0)),
                ('size', models.IntegerField(default=0)),
                ('took_ms', models.IntegerField(default=0)),
                ('looked_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(models.F('score'), models.F('id'), name='content_pagelook_worst'), models.Index(models.F('looked_at'), models.F('id'), name='content_pagelook_oldest'), models.Index(models.F('language'), models.F('title'), name='content_pagelook_title'), models.Index(models.F('language'), models.F('description'), name='content_pagelook_described'), django.contrib.postgres.indexes.GinIndex(fields=['findings'], name='content_pagelook_findings', opclasses=['jsonb_path_ops'])],
                'constraints': [models.UniqueConstraint(models.F('kind'), models.F('subject'), models.F('language'), name='content_pagelook_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['home', 'shelves', 'goods', 'category', 'collections', 'collection', 'product', 'text'])), name='content_pagelook_kind_known'), models.CheckConstraint(condition=models.Q(('language__in', ('en', 'zh-hans'))), name='content_pagelook_language_known'), models.CheckConstraint(condition=models.Q(('score__range', (0, 100))), name='content_pagelook_score'), models.CheckConstraint(condition=models.Q(('size__gte', 0), ('took_ms__gte', 0), ('words__gte', 0)), name='content_pagelook_measures_not_below_nothing')],
            },
        ),
        migrations.RunSQL((SQL / "0003_search_engines.sql").read_text(), UNDO),
    ]
