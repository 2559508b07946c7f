"""Keep what was asked and answered as it was said, and let a product's mark move with it."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    DROP TRIGGER reviews_question_asked ON reviews_question;
    DROP TRIGGER reviews_question_emptied ON reviews_question;
    DROP TRIGGER reviews_question_same_words ON reviews_question;
    DROP TRIGGER reviews_question_never_deleted ON reviews_question;
    DROP TRIGGER reviews_reply_added ON reviews_reply;
    DROP TRIGGER reviews_reply_emptied ON reviews_reply;
    DROP TRIGGER reviews_reply_same_words ON reviews_reply;
    DROP TRIGGER reviews_reply_never_deleted ON reviews_reply;
    DROP TRIGGER reviews_ruling_append_only ON reviews_ruling;
    DROP FUNCTION reviews_same_words, reviews_touch_replied, reviews_touch_asked;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reviews", "0003_questions")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0002_questions.sql").read_text(), UNDO)]
