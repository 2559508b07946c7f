"""Keep the sums of each product's reviews beside them, and everything that was ever written, decided and answered."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    DROP TRIGGER reviews_review_counted ON reviews_review;
    DROP TRIGGER reviews_review_same_line ON reviews_review;
    DROP TRIGGER reviews_review_never_deleted ON reviews_review;
    DROP TRIGGER reviews_review_emptied ON reviews_review;
    DROP TRIGGER reviews_answer_added ON reviews_answer;
    DROP TRIGGER reviews_answer_emptied ON reviews_answer;
    DROP TRIGGER reviews_vote_counted ON reviews_vote;
    DROP TRIGGER reviews_version_append_only ON reviews_version;
    DROP TRIGGER reviews_decision_append_only ON reviews_decision;
    DROP TRIGGER reviews_answer_append_only ON reviews_answer;
    DROP TRIGGER reviews_vote_append_only ON reviews_vote;
    DROP FUNCTION reviews_told, reviews_same_line, reviews_count_vote, reviews_touch_all, reviews_touch_answered, reviews_touch_summary, reviews_lot;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reviews", "0001_initial"), ("audit", "0002_append_only")]
    operations: ClassVar = [migrations.RunSQL((SQL / "0001_kept.sql").read_text(), UNDO)]
