"""Links of the shop's own, their days, and who agreed to be told apart on a day."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True)),
                ("address", models.CharField(max_length=300)),
                ("source", models.CharField(max_length=60)),
                ("medium", models.CharField(blank=True, max_length=60)),
                ("campaign", models.CharField(blank=True, max_length=60)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("is_active", models.BooleanField(default=True)),
                ("made_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(code__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"), name="links_code_fits_an_address"),
                    models.CheckConstraint(condition=Q(address__regex=r"^/([a-z?#][^\\]*)?$"), name="links_never_leave_the_shop"),
                    models.CheckConstraint(condition=~Q(source=""), name="links_have_a_source"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Day",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("visits", models.IntegerField()),
                ("people", models.IntegerField(default=0)),
                (
                    "link",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="days", to="links.link"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("link"), models.F("day"), name="links_day_once"),
                    models.CheckConstraint(condition=Q(people__gte=0) & Q(visits__gte=1), name="links_counts_count"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Visitor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(db_index=True)),
                ("mark", models.BinaryField(max_length=32)),
                (
                    "link",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="links.link"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("link"), models.F("day"), models.F("mark"), name="links_visitor_once"),
                ],
            },
        ),
    ]
