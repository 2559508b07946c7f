"""Frames, engines and document makers are loaded inside the job that needs them: a web process starts without them."""

import subprocess
import sys

HEAVY = ("polars", "pyarrow", "duckdb", "numpy", "pandas", "fpdf", "xlsxwriter")
START = """
import sys, django
django.setup()
from django.urls import get_resolver
assert get_resolver().url_patterns
{planted}
print(*[name for name in {heavy} if name in sys.modules])
"""


def loaded_at_start(planted: str = "") -> list[str]:
    answer = subprocess.run([sys.executable, "-c", START.format(heavy=HEAVY, planted=planted)], capture_output=True, text=True, check=True)
    return answer.stdout.split()


def test_a_web_process_starts_without_heavy_libraries():
    assert loaded_at_start() == []


def test_a_planted_import_is_seen():
    assert "polars" in loaded_at_start(planted="import polars")
