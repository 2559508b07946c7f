"""Settings: read by kind, refused by name, value and remedy, shown without secrets, and written into the guide."""

import ast
from pathlib import Path

import pytest

from shopkeeper.kit.configuration import Configuration, Kind, Setting, SettingRefused, Undeclared, misspelt, shown
from shopkeeper.kit.reference import PARTS, reference
from shopkeeper.kit.settings import SETTINGS
from shopkeeper.kit.text import Bilingual

PACKAGE = Path(__file__).resolve().parents[2]
GUIDE = PACKAGE.parents[1] / "docs" / "guide"


def given(**environ: str) -> Configuration:
    return Configuration(SETTINGS, environ)


def test_values_are_read_by_kind_and_empty_counts_as_absent():
    found = given(PORT="8001", DEBUG="1", ALLOWED_HOSTS=" a.example, ,b.example", PUBLIC_URL="https://a.example", LOG_LEVEL=" ")

    assert found.number("PORT") == 8001
    assert found.flag("DEBUG") is True
    assert found.words("ALLOWED_HOSTS") == ["a.example", "b.example"]
    assert found.text("PUBLIC_URL") == "https://a.example"
    assert found.text("LOG_LEVEL") == ""
    assert given(PORT="").number("PORT") == 8000
    assert found.is_given("PORT")
    assert not found.is_given("LOG_LEVEL")


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("PORT", "abc", "from 1 to 65535, for example PORT=8001"),
        ("PORT", "0", "from 1 to 65535"),
        ("PORT", "70000", "from 1 to 65535"),
        ("PORT", "٨٠٠٠", "from 1 to 65535"),
        ("PORT", "-1", "from 1 to 65535"),
        ("DEBUG", "yes", "DEBUG=1"),
        ("LOG_LEVEL", "loud", "DEBUG, INFO, WARNING, ERROR"),
        ("PUBLIC_URL", "shop.example.com", "https://"),
        ("PUBLIC_URL", "http://[", "https://"),
    ],
)
def test_what_cannot_be_read_is_refused_with_name_value_and_remedy_in_both_languages(name, value, remedy):
    (refused,) = given(**{name: value}).check()

    for told in (refused.told("en"), refused.told("zh-hans")):
        assert name in told
        assert value in told
    assert remedy in refused.told("en")
    assert "请" in refused.told("zh-hans")


@pytest.mark.parametrize(
    "host", ["search.example.com:9200", "10.0.0.7:9200", "localhost.example.com", "[2001:db8::1]:9200", "127.0.0.1@far.example"]
)
def test_what_opens_another_machine_is_not_sent_in_the_clear(host):
    (refused,) = given(SEARCH_URL=f"http://shop:hunter2@{host}/goods").check()

    for told in (refused.told("en"), refused.told("zh-hans")):
        assert "SEARCH_URL" in told
        assert "https://" in told
        assert "hunter2" not in told
    with pytest.raises(SettingRefused):
        given(SEARCH_URL=f"http://shop:hunter2@{host}/goods").text("SEARCH_URL")
    assert given(SEARCH_URL=f"https://shop:hunter2@{host}/goods").check() == []


@pytest.mark.parametrize("host", ["localhost:9200", "127.0.0.1:9200", "127.1.2.3", "[::1]:9200"])
def test_on_this_machine_it_may_be(host):
    assert given(SEARCH_URL=f"http://shop:hunter2@{host}/goods").check() == []


def test_a_secret_that_cannot_be_read_is_not_shown():
    (refused,) = given(DATABASE_URL="hunter2-and-more").check()

    assert "hunter2" not in str(refused) + refused.told("en") + refused.told("zh")
    assert "postgresql://" in refused.told("en")


def test_asking_for_what_stands_in_no_table_is_a_mistake():
    with pytest.raises(Undeclared):
        given().text("NO_SUCH")
    with pytest.raises(Undeclared):
        given().text("PORT")
    with pytest.raises(SettingRefused):
        given(PORT="x").number("PORT")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "hunter2"),
        ("METRICS_TOKEN", "hunter2"),
        ("DATABASE_URL", "postgresql://shop:hunter2@db.example:5432/shop?password=hunter2"),
        ("SMTP_URL", "smtps://me:hunter2@mail.example:465"),
        ("SMTP_URL", "smtp://hunter2@["),
    ],
)
def test_secrets_stay_hidden(name, value):
    (found,) = [each for each in given(**{name: value}).in_force() if each.setting.name == name]

    assert "hunter2" not in found.shown
    assert "••••" in found.shown


def test_what_is_no_secret_is_shown():
    port = next(setting for setting in SETTINGS if setting.name == "PORT")

    assert shown(port, "8001") == "8001"


def test_names_that_look_like_ours_are_found_with_what_was_meant():
    wrong = {"DATBASE_URL": "DATABASE_URL", "SMPT_URL": "SMTP_URL", "ALOWED_HOST": "ALLOWED_HOSTS", "PROT": "PORT", "LOG_LEVL": "LOG_LEVEL"}

    assert misspelt(SETTINGS, dict.fromkeys(wrong, "x")) == wrong
    innocent = ("PATH", "HOME", "LANG", "TERM", "PWD", "LC_ALL", "DATABASE_URL", "EDITOR", "SHELL", "PYTHONPATH", "XDG_DATA_DIRS", "USER")
    assert misspelt(SETTINGS, dict.fromkeys(innocent, "x")) == {}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_guide_has_the_settings_as_they_are(language):
    assert (GUIDE / language / "configuration.md").read_text() == reference(SETTINGS, language)


def test_a_setting_the_guide_does_not_know_is_seen():
    planted = Setting(name="PLANTED", kind=Kind.TEXT, part="web", meaning=Bilingual("x", "某"))

    assert (GUIDE / "en" / "configuration.md").read_text() != reference((*SETTINGS, planted), "en")


def test_every_setting_is_told_in_both_languages_and_has_a_default_one_can_read():
    for setting in SETTINGS:
        assert setting.meaning.en, setting.name
        assert setting.meaning.zh, setting.name
        assert setting.default or (setting.default_is.en and setting.default_is.zh), setting.name
        assert setting.part in PARTS, setting.name
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)
    assert given().check() == []


# The terminal's language, the system's folders for state, and what a program hands its own children.
NOT_SETTINGS = {
    "PATH",
    "XDG_RUNTIME_DIR",
    "XDG_STATE_HOME",
    "DJANGO_SETTINGS_MODULE",
    "PROMETHEUS_MULTIPROC_DIR",
    "LC_ALL",
    "LC_MESSAGES",
    "LANG",
}


def asked_past_the_table(source: str) -> list[str]:
    """Return the names a source reads from the environment by itself."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args and isinstance(node.args[0], ast.Constant):
            of = ast.unparse(node.func)
            if of in ("os.environ.get", "os.getenv", "environ.get", "os.environ.setdefault"):
                found.append(str(node.args[0].value))
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and ast.unparse(node.value) == "os.environ":
            found += [node.slice.value] if isinstance(node.slice, ast.Constant) else []
    return [name for name in found if name not in NOT_SETTINGS]


def test_nothing_is_asked_of_the_environment_past_the_table():
    sources = [path for path in PACKAGE.rglob("*.py") if "tests" not in path.parts]
    declared = {setting.name for setting in SETTINGS}
    # The command line needs its folder and its server before there are settings; both stand in the table.
    early = {"doors/cli/place.py", "ops/database/folders.py"}

    found = {
        (str(path.relative_to(PACKAGE)), name)
        for path in sources
        for name in asked_past_the_table(path.read_text())
        if not (str(path.relative_to(PACKAGE)) in early and name in declared)
    }

    assert found == set()
    assert len(sources) > 200


def test_a_planted_question_past_the_table_is_seen():
    planted = "import os\na = os.environ.get('PLANTED')\nb = os.environ['OTHER']\nc = os.getenv('THIRD')\nos.environ['SET'] = 'x'\n"

    assert sorted(asked_past_the_table(planted)) == ["OTHER", "PLANTED", "THIRD"]
