"""Edits of many products that are worked off in slices: how far they are, and what became of each product."""

from django.db import migrations, models
from django.db.models import Q

EDIT_STATES = ["running", "stopped", "done", "undoing", "undone"]
ROW_STATES = ["due", "done", "same", "waits", "refused", "back", "left"]
BEFORE = (
    "UPDATE catalog_bulkedit SET wanted = products, worked = products, state = CASE WHEN undone_at IS NULL THEN 'done' ELSE 'undone' END"
)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0009_bundles")]

    operations = [
        migrations.AddField(
            "bulkedit", "state", models.CharField(choices=[(each, each) for each in EDIT_STATES], default="done", max_length=10)
        ),
        migrations.AddField("bulkedit", "wanted", models.IntegerField(default=0)),
        migrations.AddField("bulkedit", "worked", models.IntegerField(default=0)),
        migrations.AddField("bulkedit", "breaks", models.SmallIntegerField(default=0)),
        migrations.AddField("bulkedit", "broken", models.CharField(blank=True, max_length=80)),
        migrations.AddField(
            "bulkeditrow", "state", models.CharField(choices=[(each, each) for each in ROW_STATES], default="done", max_length=8)
        ),
        migrations.AddField("bulkeditrow", "refusal", models.CharField(blank=True, max_length=40)),
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "bulkedit", models.CheckConstraint(condition=Q(state__in=tuple(EDIT_STATES)), name="catalog_bulkedit_state")
        ),
        migrations.AddConstraint(
            "bulkeditrow", models.CheckConstraint(condition=Q(state__in=tuple(ROW_STATES)), name="catalog_bulkeditrow_known_state")
        ),
        migrations.AddIndex(
            "bulkedit",
            models.Index(condition=Q(state__in=["running", "undoing"]), fields=["id"], name="catalog_bulkedit_under_way"),
        ),
        migrations.AddIndex("bulkeditrow", models.Index(fields=["edit", "state", "id"], name="catalog_bulkeditrow_by_state")),
    ]
