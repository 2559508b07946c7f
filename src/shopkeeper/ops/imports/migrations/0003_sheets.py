import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PERSON = {"db_index": False, "null": True, "on_delete": django.db.models.deletion.PROTECT, "related_name": "+"}


def _choices(*values):
    return [(value, value) for value in values]


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0002_origins"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SheetRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=_choices("products", "customers", "stock", "prices"), max_length=12)),
                (
                    "state",
                    models.CharField(
                        choices=_choices("brought", "trying", "tried", "moved", "running", "done", "undoing", "undone", "failed"),
                        max_length=12,
                    ),
                ),
                ("file_name", models.CharField(max_length=255)),
                ("digest", models.CharField(max_length=64)),
                ("size", models.BigIntegerField()),
                ("form", models.JSONField(default=dict)),
                ("head", models.JSONField(default=list)),
                ("sample", models.JSONField(default=list)),
                ("mapping", models.JSONField(default=dict)),
                ("rows", models.IntegerField(default=0)),
                ("done", models.IntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("undo_counts", models.JSONField(default=dict)),
                ("seen", models.CharField(blank=True, max_length=64)),
                ("refusal", models.JSONField(null=True)),
                ("brought_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("brought_by", models.ForeignKey(to=settings.AUTH_USER_MODEL, **PERSON)),
                ("confirmed_by", models.ForeignKey(to=settings.AUTH_USER_MODEL, **PERSON)),
                (
                    "run",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="imports.importrun"
                    ),
                ),
                ("undone_by", models.ForeignKey(to=settings.AUTH_USER_MODEL, **PERSON)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-brought_at", "-id"], name="imports_sheet_newest"),
                    models.Index(
                        condition=models.Q(("state__in", ["trying", "running", "undoing"])), fields=["id"], name="imports_sheet_under_way"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SheetFile",
            fields=[
                (
                    "sheet",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to="imports.sheetrun"
                    ),
                ),
                ("content", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="SheetHeading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("heading", models.CharField(max_length=120)),
                ("field", models.CharField(blank=True, max_length=80)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("kind", "heading"), name="imports_heading_once")],
            },
        ),
        migrations.CreateModel(
            name="SheetLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.IntegerField()),
                ("cells", models.JSONField()),
                ("state", models.CharField(choices=_choices("read", "new", "changed", "unchanged", "refused"), default="read", max_length=10)),
                ("subject", models.BigIntegerField(null=True)),
                ("changes", models.JSONField(default=dict)),
                ("refusal", models.JSONField(null=True)),
                ("undo", models.CharField(blank=True, choices=_choices("undone", "left"), max_length=10)),
                ("undo_refusal", models.JSONField(null=True)),
                (
                    "sheet",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="imports.sheetrun"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["sheet", "state", "line"], name="imports_sheet_line_state")],
                "constraints": [models.UniqueConstraint(fields=("sheet", "line"), name="imports_sheet_line")],
            },
        ),
    ]
