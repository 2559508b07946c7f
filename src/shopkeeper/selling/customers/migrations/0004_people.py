"""Groups, notes, merges with their undo, businesses, and consent for each purpose and channel."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    DROP TRIGGER customers_merge_kept ON customers_merge;
    DROP TRIGGER customers_note_kept ON customers_note;
    DROP TRIGGER customers_no_chains ON customers_customer;
    DROP VIEW customers_likeness;
    DROP FUNCTION customers_merge_kept, customers_note_kept, customers_no_chains, customers_mail_key, customers_phone_key, customers_name_key;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_buyer'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Likeness',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('by_mail', models.BooleanField()),
                ('by_phone', models.BooleanField()),
                ('by_place', models.BooleanField()),
            ],
            options={
                'db_table': 'customers_likeness',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Business',
            fields=[
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='customers.customer')),
                ('company', models.CharField(max_length=200)),
                ('country', models.CharField(max_length=2)),
                ('tax_number', models.CharField(max_length=20)),
                ('billing_email', models.EmailField(blank=True, max_length=254)),
                ('saved_at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'businesses',
            },
        ),
        migrations.CreateModel(
            name='Group',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_en', models.CharField(max_length=80)),
                ('name_zh', models.CharField(blank=True, max_length=80)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='GroupMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300)),
                ('taken', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('parted_at', models.DateTimeField(null=True)),
                ('part_reason', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=2000)),
                ('at', models.DateTimeField()),
                ('struck_at', models.DateTimeField(null=True)),
                ('strike_reason', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='NotTheSame',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='consentrecord',
            name='customers_consent_known_purposes',
        ),
        migrations.AddField(
            model_name='consentrecord',
            name='actor',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='consentrecord',
            name='source',
            field=models.CharField(default='banner', max_length=10),
        ),
        migrations.AddField(
            model_name='customer',
            name='merged_into',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
        ),
        migrations.AddConstraint(
            model_name='consentrecord',
            constraint=models.CheckConstraint(condition=models.Q(('given__contained_by', ['analytics', 'marketing', 'marketing.mail', 'marketing.sms', 'marketing.phone', 'marketing.post', 'personal.mail', 'personal.sms', 'personal.phone', 'personal.post'])), name='customers_consent_known_purposes'),
        ),
        migrations.AddConstraint(
            model_name='consentrecord',
            constraint=models.CheckConstraint(condition=models.Q(('source__in', ('banner', 'account', 'link', 'staff'))), name='customers_consent_known_source'),
        ),
        migrations.AddConstraint(
            model_name='consentrecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('source', 'staff'), _negated=True), ('actor__isnull', False), _connector='OR'), name='customers_consent_staff_have_a_name'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', None), ('user', None), _connector='OR'), name='customers_merged_do_not_sign_in'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', models.F('id')), _negated=True), name='customers_nobody_stands_for_themselves'),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name_en'), name='customers_one_group_per_name'),
        ),
        migrations.AddField(
            model_name='groupmember',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='groupmember',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.group'),
        ),
        migrations.AddField(
            model_name='merge',
            name='actor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='merge',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='merge',
            name='merged',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='merge',
            name='parted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='note',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='note',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='note',
            name='struck_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='notthesame',
            name='actor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='notthesame',
            name='one',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='notthesame',
            name='other',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
        ),
        migrations.AddConstraint(
            model_name='groupmember',
            constraint=models.UniqueConstraint(models.F('group'), models.F('customer'), name='customers_once_in_a_group'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.UniqueConstraint(models.F('merged'), condition=models.Q(('parted_at', None)), name='customers_merged_once'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.CheckConstraint(condition=models.Q(('merged', models.F('customer')), _negated=True), name='customers_merge_is_of_two'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('part_reason', ''), ('parted_at', None), ('parted_by', None)), models.Q(('parted_at__isnull', False), ('parted_by__isnull', False), models.Q(('part_reason', ''), _negated=True)), _connector='OR'), name='customers_parted_with_a_reason'),
        ),
        migrations.AddIndex(
            model_name='note',
            index=models.Index(fields=['customer', '-id'], name='customers_notes_of'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('strike_reason', ''), ('struck_at', None), ('struck_by', None)), models.Q(('struck_at__isnull', False), ('struck_by__isnull', False), models.Q(('strike_reason', ''), _negated=True)), _connector='OR'), name='customers_struck_out_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='notthesame',
            constraint=models.UniqueConstraint(models.F('one'), models.F('other'), name='customers_told_apart_once'),
        ),
        migrations.AddConstraint(
            model_name='notthesame',
            constraint=models.CheckConstraint(condition=models.Q(('one__lt', models.F('other'))), name='customers_told_apart_in_order'),
        ),
        migrations.RunSQL((SQL / "0003_people.sql").read_text(), UNDO),
    ]
