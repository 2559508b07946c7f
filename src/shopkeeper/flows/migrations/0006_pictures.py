"""Let the marks of the catalogue move with what its goods show."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
WATCHED = ("media_picture", "media_video", "media_picturevariant", "media_track", "media_cut", "media_film")
UNDO = "".join(
    f"DROP TRIGGER {table}_{event} ON {table};" for table in WATCHED for event in ("added", "changed", "removed", "emptied")
) + (
    "DROP FUNCTION pictures_touch_all, pictures_touch_films, pictures_touch_cuts, pictures_touch_tracks, pictures_touch_variants, pictures_touch_own,"
    " pictures_touch;"
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("flows", "0005_pay_as_seen"), ("media", "0001_initial"), ("catalog", "0003_edition")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0006_pictures.sql").read_text(), UNDO)]
