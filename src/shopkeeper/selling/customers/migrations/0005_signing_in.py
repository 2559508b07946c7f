"""Codes by mail and phone, verified numbers, providers of identity and who is known to them, short messages, and the shop's rule."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0004_people'),
    ]

    operations = [
        migrations.CreateModel(
            name='Provider',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True)),
                ('name_en', models.CharField(max_length=60)),
                ('name_zh', models.CharField(blank=True, max_length=60)),
                ('issuer', models.CharField(max_length=300)),
                ('client_id', models.CharField(max_length=300)),
                ('sealed_secret', models.TextField()),
                ('origin', models.CharField(blank=True, max_length=300)),
                ('is_on', models.BooleanField(default=False)),
                ('saved_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[a-z0-9]+(-[a-z0-9]+)*$')), name='customers_provider_code_is_plain'), models.CheckConstraint(condition=models.Q(('is_on', False), models.Q(('origin', ''), _negated=True), _connector='OR'), name='customers_provider_tried_before_on')],
            },
        ),
        migrations.CreateModel(
            name='ShortMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64, unique=True)),
                ('code_id', models.BigIntegerField()),
                ('mark', models.CharField(max_length=64)),
                ('country', models.CharField(max_length=2)),
                ('provider', models.CharField(blank=True, max_length=20)),
                ('provider_id', models.CharField(blank=True, max_length=100)),
                ('state', models.CharField(default='waiting', max_length=10)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('queued_at', models.DateTimeField()),
                ('next_try_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, max_length=60)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['next_try_at', 'id'], name='customers_sms_due'), models.Index(fields=['queued_at'], name='customers_sms_by_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('waiting', 'sent', 'delivered', 'failed'))), name='customers_sms_state_known'), models.UniqueConstraint(models.F('provider'), models.F('provider_id'), condition=models.Q(('provider_id', ''), _negated=True), name='customers_sms_known_once')],
            },
        ),
        migrations.CreateModel(
            name='SignInRule',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('mail_codes', models.BooleanField(default=True)),
                ('phone_codes', models.BooleanField(default=False)),
                ('countries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), default=list, size=None)),
                ('most_per_number', models.PositiveSmallIntegerField(default=5)),
                ('most_per_country', models.PositiveIntegerField(default=200)),
                ('most_per_shop', models.PositiveIntegerField(default=500)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='customers_sign_in_rule_is_one'), models.CheckConstraint(condition=models.Q(('phone_codes', False), models.Q(('countries', []), _negated=True), _connector='OR'), name='customers_phone_codes_go_somewhere'), models.CheckConstraint(condition=models.Q(('most_per_country__range', (1, 100000)), ('most_per_number__range', (1, 50)), ('most_per_shop__range', (1, 1000000))), name='customers_sms_within_reason')],
            },
        ),
        migrations.CreateModel(
            name='VerifiedNumber',
            fields=[
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='customers.customer')),
                ('number', models.CharField(max_length=16, unique=True)),
                ('verified_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('number__regex', '^\\+[1-9][0-9]{6,14}$')), name='customers_number_is_e164')],
            },
        ),
        migrations.CreateModel(
            name='Identity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=255)),
                ('linked_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.provider')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('provider'), models.F('subject'), name='customers_one_member_per_subject'), models.UniqueConstraint(models.F('provider'), models.F('customer'), name='customers_one_subject_per_member'), models.CheckConstraint(condition=models.Q(('subject', ''), _negated=True), name='customers_subject_is_something')],
            },
        ),
        migrations.CreateModel(
            name='SignInCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64, unique=True)),
                ('channel', models.CharField(max_length=5)),
                ('purpose', models.CharField(max_length=7)),
                ('address', models.CharField(max_length=254)),
                ('name', models.CharField(blank=True, max_length=150)),
                ('language', models.CharField(default='en', max_length=10)),
                ('nonce', models.CharField(max_length=40)),
                ('asked_at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('used_at', models.DateTimeField(null=True)),
                ('answer_at', models.DateTimeField(null=True)),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('answer_at__isnull', False)), fields=['answer_at', 'id'], name='customers_codes_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('channel__in', ('mail', 'phone'))), name='customers_code_channel_known'), models.CheckConstraint(condition=models.Q(('purpose__in', ('sign_in', 'join', 'number'))), name='customers_code_purpose_known'), models.CheckConstraint(condition=models.Q(('tries__lte', 5)), name='customers_code_tried_so_often'), models.CheckConstraint(condition=models.Q(('until__gt', models.F('asked_at'))), name='customers_code_ends_later'), models.CheckConstraint(condition=models.Q(models.Q(('customer__isnull', False), ('purpose', 'number')), models.Q(models.Q(('purpose', 'number'), _negated=True), ('customer', None)), _connector='OR'), name='customers_code_of_a_number_is_somebodys'), models.CheckConstraint(condition=models.Q(('channel', 'mail'), ('address__regex', '^\\+[1-9][0-9]{6,14}$'), _connector='OR'), name='customers_code_number_is_e164'), models.CheckConstraint(condition=models.Q(('channel', 'phone'), models.Q(('purpose', 'number'), _negated=True), _connector='OR'), name='customers_code_of_a_number_by_phone')],
            },
        ),
    ]
