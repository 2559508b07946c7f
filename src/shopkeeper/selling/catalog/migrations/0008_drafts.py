"""Drafts of products, their schedule, the steps of their versions, and whether changes need a second person."""

from pathlib import Path

from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    DROP TRIGGER catalog_productdesk_emptied ON catalog_productdesk;
    DROP TRIGGER catalog_draftstep_kept ON catalog_draftstep;
    DROP FUNCTION catalog_forget_versions;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_append_only"),
        ("catalog", "0007_former_names"),
        ("wagtailcore", "0098_apitoken"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProductDesk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("live", models.BooleanField(default=True, editable=False, verbose_name="live")),
                ("has_unpublished_changes", models.BooleanField(default=False, editable=False, verbose_name="has unpublished changes")),
                ("first_published_at", models.DateTimeField(blank=True, db_index=True, null=True, verbose_name="first published at")),
                ("last_published_at", models.DateTimeField(editable=False, null=True, verbose_name="last published at")),
                ("go_live_at", models.DateTimeField(blank=True, null=True, verbose_name="go live date/time")),
                ("expire_at", models.DateTimeField(blank=True, null=True, verbose_name="expiry date/time")),
                ("expired", models.BooleanField(default=False, editable=False, verbose_name="expired")),
                ("held_against", models.CharField(blank=True, max_length=64)),
                ("failure", models.JSONField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                (
                    "due_revision",
                    models.ForeignKey(editable=False, null=True, on_delete=models.PROTECT, related_name="+", to="wagtailcore.revision"),
                ),
                (
                    "latest_revision",
                    models.ForeignKey(editable=False, null=True, on_delete=models.PROTECT, related_name="+", to="wagtailcore.revision"),
                ),
                (
                    "live_revision",
                    models.ForeignKey(editable=False, null=True, on_delete=models.PROTECT, related_name="+", to="wagtailcore.revision"),
                ),
                ("product", models.OneToOneField(on_delete=models.PROTECT, related_name="+", to="catalog.product")),
                ("scheduled_by", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name="DraftStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("kept", "kept"),
                            ("live", "live"),
                            ("published", "published"),
                            ("scheduled", "scheduled"),
                            ("unscheduled", "unscheduled"),
                            ("failed", "failed"),
                            ("discarded", "discarded"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(db_index=False, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("revision", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="wagtailcore.revision")),
                ("desk", models.ForeignKey(db_index=False, on_delete=models.PROTECT, related_name="+", to="catalog.productdesk")),
            ],
        ),
        migrations.CreateModel(
            name="ProductRule",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("needs_second_person", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="catalog_productrule_is_one")],
            },
        ),
        migrations.AddIndex(
            model_name="productdesk",
            index=models.Index(condition=models.Q(("go_live_at__isnull", False)), fields=["go_live_at"], name="catalog_productdesk_due"),
        ),
        migrations.AddIndex(
            model_name="productdesk",
            index=models.Index(condition=models.Q(("expire_at__isnull", False)), fields=["expire_at"], name="catalog_productdesk_ends"),
        ),
        migrations.AddIndex(
            model_name="productdesk",
            index=models.Index(condition=models.Q(("failed_at__isnull", False)), fields=["failed_at"], name="catalog_productdesk_failed"),
        ),
        migrations.AddConstraint(
            model_name="productdesk",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due_revision__isnull", True), ("go_live_at__isnull", True)),
                    models.Q(("due_revision__isnull", False), ("go_live_at__isnull", False)),
                    _connector="OR",
                ),
                name="catalog_productdesk_due_has_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="productdesk",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("go_live_at__isnull", True), ("expire_at__isnull", True), ("expire_at__gt", models.F("go_live_at")), _connector="OR"
                ),
                name="catalog_productdesk_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="productdesk",
            constraint=models.CheckConstraint(
                condition=models.Q(("has_unpublished_changes", False), ("latest_revision__isnull", False), _connector="OR"),
                name="catalog_productdesk_draft_is_kept",
            ),
        ),
        migrations.AddConstraint(
            model_name="productdesk",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("failed_at__isnull", True), ("failure__isnull", True)),
                    models.Q(("failed_at__isnull", False), ("failure__isnull", False)),
                    _connector="OR",
                ),
                name="catalog_productdesk_failure_has_time",
            ),
        ),
        migrations.AddIndex(
            model_name="draftstep",
            index=models.Index(fields=["desk", "-id"], name="catalog_draftstep_history"),
        ),
        migrations.AddConstraint(
            model_name="draftstep",
            constraint=models.UniqueConstraint(
                condition=models.Q(("step", "published")), fields=("revision",), name="catalog_draftstep_published_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="draftstep",
            constraint=models.CheckConstraint(
                condition=models.Q(("step__in", ("kept", "live", "published", "scheduled", "unscheduled", "failed", "discarded"))),
                name="catalog_draftstep_known",
            ),
        ),
        migrations.RunSQL((SQL / "0008_drafts.sql").read_text(), UNDO),
    ]
