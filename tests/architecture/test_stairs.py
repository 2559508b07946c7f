import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def lint(folder: Path, *, package_parent: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(package_parent), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_go_down_the_stairs():
    answer = lint(ROOT, package_parent=ROOT / "src")

    assert answer.returncode == 0, answer.stdout
    assert "0 broken" in answer.stdout


def test_a_planted_import_up_the_stairs_and_an_undeclared_room_turn_it_red(tmp_path):
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "static"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    (tmp_path / "src/shopkeeper/kit/planted.py").write_text("from shopkeeper.selling.catalog import shapes\n")
    (tmp_path / "src/shopkeeper/selling/undeclared").mkdir()
    (tmp_path / "src/shopkeeper/selling/undeclared/__init__.py").write_text("")

    answer = lint(tmp_path, package_parent=tmp_path / "src")

    assert answer.returncode != 0
    assert "undeclared" in answer.stdout or "kit" in answer.stdout
