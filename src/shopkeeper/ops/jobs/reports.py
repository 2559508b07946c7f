"""What a job found, kept for staff: the last reports of each kind."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

KEPT = 100
"""How many reports of a kind are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReport:
    """One run: when, how many things were wrong, and what it said."""

    at: datetime
    trouble: int
    body: dict[str, Any]


def keep_report(*, name: str, at: datetime, trouble: int, body: dict[str, Any]) -> None:
    """Keep what a run found. The oldest reports beyond a hundred go."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO jobs_report (name, at, trouble, body) VALUES (%s, %s, %s, %s::jsonb)", [name, at, trouble, json.dumps(body)]
        )
        cursor.execute(
            "DELETE FROM jobs_report WHERE name = %s AND id NOT IN (SELECT id FROM jobs_report WHERE name = %s ORDER BY at DESC LIMIT %s)",
            [name, name, KEPT],
        )


def last_report(name: str) -> JobReport | None:
    """Return the newest report of that name; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT at, trouble, body::text FROM jobs_report WHERE name = %s ORDER BY at DESC, id DESC LIMIT 1", [name])
        found = cursor.fetchone()
    return None if found is None else JobReport(at=found[0], trouble=found[1], body=json.loads(found[2]))


def trouble(name: str) -> int:
    """Return how many things the newest report of that name found wrong; 0 where there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT trouble FROM jobs_report WHERE name = %s ORDER BY at DESC, id DESC LIMIT 1", [name])
        found = cursor.fetchone()
    return int(found[0]) if found else 0
