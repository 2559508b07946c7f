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


@pytest.mark.parametrize(
    ("language", "told", "remedy"),
    [("C.UTF-8", "✗ Shop: There is no shop in {}", "--data-dir before"), ("zh_CN.UTF-8", "✗ 店铺: {} 里没有店铺", "--data-dir")],
)
@pytest.mark.parametrize("is_made", [False, True])
def test_that_a_folder_holds_no_shop_is_said_first_with_the_folder_and_what_to_do(language, told, remedy, is_made, tmp_path):
    folder = tmp_path / "none"
    if is_made:
        folder.mkdir()

    done = run("doctor", folder=folder, LANG=language)

    first, then, *rest = done.stdout.splitlines()
    assert done.returncode == 1
    assert first == told.format(folder)
    assert all(word in then for word in ("DATA_DIR", remedy, "make up"))
    # What could not be looked at for want of a shop has no remedy of its own.
    unknown = [number for number, line in enumerate(rest) if line.startswith("? ")]
    assert len(unknown) > 5
    assert not any("→" in rest[number + 1] for number in unknown)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("C.UTF-8", "The shop's own address is http://127.0.0.1:8000, and it answers to that name (whether it runs there was not tried)"),
        ("zh_CN.UTF-8", "店铺自己的地址是 http://127.0.0.1:8000，店铺响应这个主机名（没有试着访问）"),
    ],
)
def test_an_address_that_was_not_tried_is_not_called_answered(shop_environment, tmp_path, language, told):
    done = run("doctor", folder=tmp_path, DATABASE_URL=shop_environment["DATABASE_URL"], LANG=language)

    (line,) = [each for each in done.stdout.splitlines() if "127.0.0.1:8000" in each]
    assert line.startswith("✓ ")
    assert line.endswith(f": {told}")
    assert "There is no shop" not in done.stdout
    assert "里没有店铺" not in done.stdout


@pytest.mark.parametrize(
    ("language", "unset", "default", "environment"),
    [
        ("C.UTF-8", "# not set: the shop is not paid through ", "default", "environment"),
        ("zh_CN.UTF-8", "# 未设置：不通过", "默认值", "环境变量"),
    ],
)
def test_what_is_not_set_is_shown_empty_with_what_follows_from_it_as_a_comment(language, unset, default, environment, tmp_path):
    done = run("config", folder=tmp_path, LANG=language, METRICS_TOKEN="hunter2")

    lines = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert lines["ALIPAY_APP_ID"].startswith(f"  {unset}")
    assert lines["STRIPE_SECRET_KEY"].startswith(f"  {unset}")
    assert lines["PORT"] == f"8000  # {default}"
    assert lines["DATA_DIR"] == f"{tmp_path}  # {environment}"
    assert lines["METRICS_TOKEN"] == f"••••  # {environment}"


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
