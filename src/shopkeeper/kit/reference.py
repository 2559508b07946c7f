"""The configuration reference of the guide, written from the table of settings, so that neither can be behind the other."""

from collections.abc import Sequence

from shopkeeper.kit.configuration import Kind, Setting
from shopkeeper.kit.text import Bilingual

_TITLE = Bilingual("# Settings", "# 设置")
_LEAD = Bilingual(
    "Every setting is a variable of the environment. An empty one counts as absent; one that cannot be read stops the start, with its\n"
    "name, its value and what to write. `shopkeeper config` shows what is in force, secrets hidden. `shopkeeper doctor` warns of names\n"
    "that look misspelt. This page is written from the program's own table (`shopkeeper config --docs en`).",
    "每项设置都是一个环境变量。空值等于没有设置；读不懂的值会让启动停下，并说明变量名、值和正确写法。\n"
    "`shopkeeper config` 显示当前生效的值（机密不显示），`shopkeeper doctor` 提醒疑似拼错的变量名。\n"
    "本页由程序自己的设置表生成（`shopkeeper config --docs zh`）。",
)
_HEAD = Bilingual(
    "| setting | form | meaning | default | secret | used by |\n|---|---|---|---|---|---|",
    "| 设置 | 形式 | 含义 | 默认值 | 机密 | 使用者 |\n|---|---|---|---|---|---|",
)
_YES = Bilingual("yes", "是")
_FORMS = {
    Kind.TEXT: Bilingual("text", "文本"),
    Kind.NUMBER: Bilingual("{least} to {most}", "{least} 到 {most}"),
    Kind.FLAG: Bilingual("0 or 1", "0 或 1"),
    Kind.LIST: Bilingual("list, by commas", "逗号分隔的列表"),
    Kind.FOLDER: Bilingual("folder", "目录"),
    Kind.FILE: Bilingual("file", "文件"),
    Kind.ADDRESS: Bilingual("address: {schemes}", "地址：{schemes}"),
    Kind.CHOICE: Bilingual("one of {choices}", "{choices} 之一"),
}
PARTS = {
    "everything": Bilingual("everything", "全部"),
    "database": Bilingual("database", "数据库"),
    "web": Bilingual("web", "网页"),
    "mails": Bilingual("mails", "邮件"),
    "short messages": Bilingual("short messages", "短信"),
    "payments": Bilingual("payments", "支付"),
    "orders": Bilingual("orders", "订单"),
    "search": Bilingual("search", "搜索"),
    "backups": Bilingual("backups", "备份"),
    "logs": Bilingual("logs", "日志"),
    "metrics": Bilingual("metrics", "监控指标"),
    "tests": Bilingual("tests", "测试"),
}


def reference(table: Sequence[Setting], language: str) -> str:
    """Return the whole page in Markdown, in `en` or `zh`."""
    rows = [_row(setting, language) for setting in table]
    return "\n".join([_TITLE.pick(language), "", _LEAD.pick(language), "", _HEAD.pick(language), *rows, ""])


def _row(setting: Setting, language: str) -> str:
    form = _FORMS[setting.kind].pick(language).format(
        least=setting.least, most=setting.most, choices=", ".join(f"`{choice}`" for choice in setting.choices),
        schemes=", ".join(f"`{scheme}://`" for scheme in setting.schemes),
    )  # fmt: skip
    meaning = setting.meaning.pick(language)
    if setting.example:
        example = f"`{setting.name}={setting.example}`"
        meaning += Bilingual(f" For example {example}.", f"例如 {example}。").pick(language)
    default = f"`{setting.default}`" if setting.default else setting.default_is.pick(language)
    secret = _YES.pick(language) if setting.is_secret else ""
    cells = (f"`{setting.name}`", form, meaning, default, secret, PARTS[setting.part].pick(language))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
