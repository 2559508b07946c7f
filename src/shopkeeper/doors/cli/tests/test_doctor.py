"""`doctor` and `config` as a person runs them: nothing is started or made, and what is wrong ends with status 1."""

import json
import os
import subprocess
import sys

import pytest


def run(*words, folder, **environ):
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "PYTHONPATH"}}
    environment = {**kept, "LANG": "C.UTF-8", "PYTHONWARNINGS": "ignore", "DATA_DIR": str(folder), **environ}
    return subprocess.run([sys.executable, "-m", "shopkeeper", *words], env=environment, capture_output=True, text=True, check=False)


def test_with_nothing_running_it_says_so_and_makes_nothing(tmp_path):
    done = run("doctor", "--json", folder=tmp_path / "none", DATBASE_URL="x")

    found = json.loads(done.stdout)
    states = {check["name"]: check["state"] for check in found["checks"]}
    assert (done.returncode, found["well"]) == (1, False)
    assert states["database"] == states["folder"] == "failed"
    assert states["worker"] == states["facts"] == "unknown"
    assert states["settings"] == "warning"
    assert not (tmp_path / "none").exists()


@pytest.mark.django_db(transaction=True)
def test_it_looks_at_the_shop_it_is_pointed_at(shop_environment, tmp_path):
    done = run("doctor", folder=tmp_path, DATABASE_URL=shop_environment["DATABASE_URL"], LANG="zh_CN.UTF-8")

    assert "✓ 数据库: PostgreSQL" in done.stdout
    assert "✗ 后台进程: 没有后台进程在运行" in done.stdout
    assert "→" in done.stdout
    assert done.returncode == 1


@pytest.mark.parametrize(("words", "status"), [(("doctor",), 1), (("config",), 1), (("audit", "books"), 2)])
def test_a_setting_that_cannot_be_read_is_refused_by_name_value_and_remedy(tmp_path, words, status):
    done = run(*words, folder=tmp_path / "none", LOG_LEVEL="loud", METRICS_TOKEN="hunter2")

    told = done.stdout + done.stderr
    assert done.returncode == status
    assert "LOG_LEVEL" in told
    assert "loud" in told
    assert "DEBUG, INFO, WARNING, ERROR" in told
    assert "hunter2" not in told
    assert "Traceback" not in told
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(("words", "status"), [(("doctor",), 1), (("config",), 1), (("audit", "books"), 2), (("up",), 2)])
def test_half_of_a_providers_settings_is_told_in_words_by_every_command(words, status, tmp_path):
    done = run(*words, folder=tmp_path / "none", WECHAT_MCH_ID="1900000001", LANG="zh_CN.UTF-8")

    assert done.returncode == status
    assert "Traceback" not in done.stderr
    assert "缺少此项：已设置 WECHAT_MCH_ID" in done.stdout + done.stderr
    assert "WECHAT_APP_ID" in done.stdout + done.stderr
    assert "WECHAT_PLATFORM_CERT_FILE" in done.stdout + done.stderr
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    "words",
    [("audit", "books"), ("backup",), ("empty", "--yes"), ("reset-second-factor", "a@example.org", "--yes")],
    ids=lambda words: words[0],
)
@pytest.mark.parametrize(("language", "told"), [("en_GB.UTF-8", "There is no shop in"), ("zh_CN.UTF-8", "里没有店铺")])
def test_a_word_about_a_shop_that_stands_begins_none_elsewhere(words, language, told, tmp_path):
    done = run(*words, folder=tmp_path / "none", LANG=language)

    assert (done.returncode, told in done.stderr, str(tmp_path / "none") in done.stderr) == (2, True, True)
    assert not (tmp_path / "none").exists()
