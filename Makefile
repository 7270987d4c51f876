# `make run` and `make test` do all their own set-up; `make` alone lists the targets.
.DEFAULT_GOAL := help
.NOTPARALLEL:

PYTHON := .venv/bin/python
PYTEST := $(PYTHON) -m pytest
UV ?= $(shell command -v uv || echo .venv/bin/uv)
COMPILE := $(UV) pip compile pyproject.toml --universal --python-version 3.12 --generate-hashes --no-header -q
# How many test processes; `make test WORKERS=0` runs them in one.
WORKERS ?= 2
# Passed on to pytest: `make test-fast ARGS="tests/core -x"`.
ARGS ?=

.PHONY: help
help: ## 列出全部命令 / list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: setup ## 启动系统：准备环境、数据库与初始数据，Ctrl-C 全部停止 / set up and start everything
	@$(PYTHON) manage.py serve

.PHONY: test
test: test-fast test-postgres test-browser ## 全部测试；缺少的服务只提示一行 / every test; a missing server is one line

.PHONY: test-fast
test-fast: setup-dev ## SQLite 上的测试，不开浏览器 / the tests on SQLite, without a browser
	$(PYTEST) -n $(WORKERS) -m "not browser" $(ARGS)

.PHONY: test-postgres
test-postgres: setup-dev ## PostgreSQL 上的测试（自行启动临时服务器） / the tests on a PostgreSQL of their own
	$(PYTEST) -n $(WORKERS) -m "not browser" --db=postgres $(ARGS)

.PHONY: test-browser
test-browser: setup-dev ## Chromium 里的测试 / the tests in Chromium
	$(PYTEST) -m browser $(ARGS)

.PHONY: bench
bench: setup-dev ## 二万个项目时页面、定时任务与发信的耗时；ARGS="--db postgres" / pages, ticks and mails at 20,000 projects
	$(PYTHON) -m tests.bench $(ARGS)

.PHONY: chaos
chaos: setup-dev ## 提醒的破坏试验（两种数据库）；N=10000 KILLS=1000 为夜间规模 / break the delivery of reminders on purpose
	$(PYTHON) -m tests.chaos $(if $(N),-n $(N)) $(if $(KILLS),--kills $(KILLS)) $(ARGS)

.PHONY: check
check: check-style check-types check-layers check-templates check-django check-hosts ## 全部静态检查 / every static check

.PHONY: check-style
check-style: setup-dev
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

.PHONY: check-types
check-types: setup-dev
	$(PYTHON) -m mypy .

.PHONY: check-layers
check-layers: setup-dev
	$(PYTHON) .venv/bin/lint-imports

.PHONY: check-templates
check-templates: setup-dev
	$(PYTHON) -m djlint --check --lint .

.PHONY: check-django
check-django: setup-dev
	$(PYTHON) manage.py check --fail-level WARNING
	$(PYTHON) manage.py makemigrations --check --dry-run

# Both read the settings: neither `.env` nor `var/` of this installation takes part.
check-types check-django: export VAR_DIR := $(CURDIR)/.venv/check
check-types check-django: export ENV_FILE := /dev/null

# Where packages come from is a matter of each machine. The letters in brackets keep this line from finding itself.
.PHONY: check-hosts
check-hosts:
	@! git grep -nIE -e '--(index-ur[l]|extra-index-ur[l]|find-link[s])' -e '"resolve[d]": *"http' \
		-e 'https?://[a-z0-9.-]*(pyp[i]|pythonhoste[d]|npmj[s]|registr[y]|debia[n])' \
		|| { echo "已提交的文件不应写明软件包来自哪台服务器 / committed files name no package host" >&2; exit 1; }

.PHONY: lock
lock: setup-dev ## 重新锁定依赖（需要 uv） / recompile the lock files (needs uv)
	@command -v $(UV) >/dev/null || { echo "请先安装 uv / install uv first" >&2; exit 1; }
	$(COMPILE) -o requirements.txt
	$(COMPILE) --group dev -o requirements-dev.txt

.PHONY: messages
messages: setup-dev ## 更新英文目录并编译（.mo 一并提交） / update and compile the catalogues (commit the .mo files)
	$(PYTHON) -m crm.messages

.PHONY: assets
assets: ## 按锁定版本更新前端文件与许可（需要 npm；运行时不需要） / vendor the front-end files (needs npm; running does not)
	cd deploy/assets && npm ci --ignore-scripts && node copy.mjs

.PHONY: clean
clean: ## 删除缓存，不动 var/ 与 .venv / remove caches, never var/ or .venv
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -path ./.venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: setup
setup:
	@deploy/setup.sh

.PHONY: setup-dev
setup-dev:
	@deploy/setup.sh dev
