"""Photos of a review, each with the version it was sent with."""

from pathlib import Path
from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    DROP TRIGGER reviews_photo_added ON reviews_photo;
    DROP TRIGGER reviews_photo_emptied ON reviews_photo;
    DROP TRIGGER reviews_photo_append_only ON reviews_photo;
    DROP FUNCTION reviews_touch_photographed;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reviews", "0004_said")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField()),
                ("position", models.SmallIntegerField()),
                ("original", models.CharField(max_length=64)),
                ("whole", models.CharField(max_length=32)),
                ("square", models.CharField(max_length=32)),
                ("width", models.IntegerField()),
                ("height", models.IntegerField()),
                ("side", models.IntegerField()),
                (
                    "review",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="reviews.review"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("review"), models.F("version"), models.F("position"), name="reviews_photo_once"),
                    models.CheckConstraint(condition=models.Q(("position__range", (1, 4))), name="reviews_photo_few"),
                    models.CheckConstraint(
                        condition=models.Q(("height__gt", 0), ("side__gt", 0), ("width__gt", 0)), name="reviews_photo_measure"
                    ),
                ],
            },
        ),
        migrations.RunSQL((SQL / "0003_photos.sql").read_text(), UNDO),
    ]
