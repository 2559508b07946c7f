# Shopkeeper. `make` alone lists the words. PORT, DATA_DIR and DATABASE_URL are honoured: make up PORT=8001

PYTHON ?= $(shell for found in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	$$found -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$found && break; done)
PY := .venv/bin/python
DJANGO_SETTINGS_MODULE := shopkeeper.wiring.settings
export DJANGO_SETTINGS_MODULE
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help up setup setup-dev test check bench deep shell pictures schema settings clean python

help: ## list these words · 列出这些命令
	@echo "Shopkeeper"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

up: setup ## start the shop: database, web, worker · 启动商店
	@exec $(PY) -m shopkeeper up --end-with-parent

setup: python ## virtual environment with the pinned packages · 准备运行环境
	@$(PYTHON) deploy/environment.py setup

setup-dev: python ## setup, with what tests and checks need as well · 准备开发环境（含测试与检查工具）
	@$(PYTHON) deploy/environment.py setup --dev

test: setup-dev ## install what tests need, run every test · 运行全部测试
	@$(PYTHON) deploy/environment.py system
	@$(PY) -m pytest -n 2 --dist worksteal

check: setup-dev ## style, types, contracts, migrations, translations · 检查代码
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) -m shopkeeper schema --check
	$(PY) -m pytest -q tests/architecture

bench: setup-dev ## every benchmark; fails where a goal is missed · 运行基准测试
	@status=0; for file in bench/[!_]*.py; do echo "== $$file"; $(PY) "$$file" || status=1; done; exit $$status

deep: setup-dev ## every race and kill, and all tests on a second server too · 全部竞争与崩溃测试，并在第二种服务器上再测一遍
	@$(PYTHON) deploy/environment.py system
	@SHOPKEEPER_OTHER_SERVER=1 $(PY) -m pytest -q -n 2 --dist worksteal -m "not processes and not browser"
	@SHOPKEEPER_DEEP=1 $(PY) -m pytest -n 2 --dist worksteal

shell: setup ## a Python prompt inside the shop · 进入商店的 Python 命令行
	@exec $(PY) -m shopkeeper shell

pictures: setup-dev ## every page × language × width × light and dark, as PNG · 截取所有页面
	@$(PYTHON) deploy/environment.py system
	@$(PY) tests/pictures.py

schema: setup-dev ## write the dump of the tables anew, after a new migration · 重新生成表结构
	@$(PY) -m shopkeeper schema

settings: ## write the guide's pages of settings anew, after a new setting · 重新生成设置说明
	@for language in en zh; do $(PY) -m shopkeeper config --docs $$language > docs/guide/$$language/configuration.md; done

clean: ## remove .venv and caches; never a shop's data · 删除运行环境与缓存（不删除数据）
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis build dist
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found. Install it, or name it: make $(or $(MAKECMDGOALS),up) PYTHON=/path/to/python3" >&2; exit 1; }
