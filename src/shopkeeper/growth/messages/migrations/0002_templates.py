"""Words of letters that staff write, and news of mails that came back."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0001_initial"),
        ("audit", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Reader',
            fields=[
                ('mark', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('permanent', models.PositiveIntegerField(default=0)),
                ('temporary', models.PositiveIntegerField(default=0)),
                ('complaints', models.PositiveIntegerField(default=0)),
                ('stopped_for', models.CharField(blank=True, max_length=10)),
                ('stopped_at', models.DateTimeField(null=True)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('last_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Unwanted',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reader', models.CharField(max_length=64)),
                ('purpose', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='outgoing',
            name='mark',
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddField(
            model_name='outgoing',
            name='reader',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='outgoing',
            name='wait_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='outgoing',
            name='words',
            field=models.CharField(blank=True, max_length=16),
        ),
        migrations.CreateModel(
            name='Bounce',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.CharField(max_length=64, unique=True)),
                ('message_id', models.BigIntegerField()),
                ('order_id', models.BigIntegerField(null=True)),
                ('user_id', models.BigIntegerField(null=True)),
                ('reader', models.CharField(max_length=64)),
                ('kind', models.CharField(max_length=10)),
                ('status', models.CharField(blank=True, max_length=12)),
                ('source', models.CharField(max_length=10)),
                ('happened_at', models.DateTimeField()),
                ('heard_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['reader', '-id'], name='messaging_bounce_reader'), models.Index(condition=models.Q(('order_id__isnull', False)), fields=['order_id'], name='messaging_bounce_order')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['permanent', 'temporary', 'complaint'])), name='messaging_bounce_kind'), models.CheckConstraint(condition=models.Q(('source__in', ['http', 'mailbox', 'server'])), name='messaging_bounce_source')],
            },
        ),
        migrations.CreateModel(
            name='LetterSetting',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('review_ground', models.CharField(default='consent', max_length=12)),
                ('review_days', models.PositiveSmallIntegerField(default=14)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='messaging_setting_is_one'), models.CheckConstraint(condition=models.Q(('review_ground__in', ['off', 'consent', 'soft_opt_in'])), name='messaging_setting_ground'), models.CheckConstraint(condition=models.Q(('review_days__gte', 1), ('review_days__lte', 90)), name='messaging_setting_days')],
            },
        ),
        migrations.CreateModel(
            name='LetterText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('letter', models.CharField(max_length=30)),
                ('language', models.CharField(max_length=10)),
                ('version', models.PositiveIntegerField()),
                ('is_own', models.BooleanField(default=False)),
                ('subject', models.CharField(blank=True, max_length=200)),
                ('preview', models.CharField(blank=True, max_length=300)),
                ('heading', models.CharField(blank=True, max_length=200)),
                ('greeting', models.CharField(blank=True, max_length=200)),
                ('body', models.TextField(blank=True)),
                ('button', models.CharField(blank=True, max_length=80)),
                ('closing', models.TextField(blank=True)),
                ('published_at', models.DateTimeField()),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='outgoing',
            name='text',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='messaging.lettertext'),
        ),
        migrations.AddIndex(
            model_name='outgoing',
            index=models.Index(condition=models.Q(('mark', ''), _negated=True), fields=['mark'], name='messaging_by_mark'),
        ),
        migrations.AddConstraint(
            model_name='reader',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('stopped_for', ''), ('stopped_at', None)), models.Q(('stopped_for__in', ['permanent', 'complaint']), ('stopped_at__isnull', False)), _connector='OR'), name='messaging_stopped_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='unwanted',
            constraint=models.UniqueConstraint(models.F('reader'), models.F('purpose'), name='messaging_unwanted_once'),
        ),
        migrations.AddConstraint(
            model_name='lettertext',
            constraint=models.UniqueConstraint(models.F('letter'), models.F('language'), models.F('version'), name='messaging_text_once'),
        ),
        migrations.AddConstraint(
            model_name='lettertext',
            constraint=models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='messaging_texts_from_one'),
        ),
        migrations.AddConstraint(
            model_name='lettertext',
            constraint=models.CheckConstraint(condition=models.Q(('language__in', ['en', 'zh-hans'])), name='messaging_text_language'),
        ),
        migrations.AddConstraint(
            model_name='lettertext',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_own', True), ('subject', ''), ('body', '')), models.Q(('is_own', False), models.Q(('subject', ''), _negated=True), models.Q(('body', ''), _negated=True)), _connector='OR'), name='messaging_text_own_or_written'),
        ),
        migrations.RunSQL(
            (SQL / "0001_append_only.sql").read_text(),
            "DROP TRIGGER messaging_lettertext_append_only ON messaging_lettertext;"
            "DROP TRIGGER messaging_bounce_append_only ON messaging_bounce",
        ),
    ]
