# Two commands matter: `make run` opens the workbench, `make test` proves it. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: run test check bench gate pictures setup packages spark bundle bundle-trial clean

run: $(READY)
	$(BIN)/python app.py

test: $(READY_DEV) packages
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest -n auto --dist loadscope --no-loadscope-reorder

check: $(READY_DEV)
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest -n auto --dist loadscope --no-loadscope-reorder -m "not slow"

.PHONY: lint
lint:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(READY_DEV)
	$(BIN)/python -m evals bench

pictures: $(READY_DEV) packages
	$(BIN)/python -m evals pictures

# Holds the cases that come with the project against the stored floors: exits with the check that fell.
gate: $(READY_DEV)
	$(BIN)/python -m evals gate

setup: $(READY_DEV) packages

# One pip call, so that nothing resolves against a half-installed environment or pulls another build of torch.
$(READY): requirements.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新版本；请安装后用 make PYTHON=python3.11 再试。"; exit 1; }
	test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet -r requirements.txt -c constraints.txt
	touch $@

$(READY_DEV): requirements.txt requirements-dev.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新版本；请安装后用 make PYTHON=python3.11 再试。"; exit 1; }
	test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet -r requirements.txt -r requirements-dev.txt -c constraints.txt
	touch $@ $(READY)

# What the browser, office and database tests need from the system. Without root they are skipped, and the tests say so.
PACKAGES := chromium fonts-noto-cjk postgresql libreoffice-writer-nogui libreoffice-calc-nogui
packages:
	@missing=""; for name in $(PACKAGES); do dpkg -s $$name >/dev/null 2>&1 || missing="$$missing $$name"; done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	else echo "缺系统软件包：$$missing。请由管理员执行 apt-get install$$missing；在此之前浏览器、办公软件与数据库测试会跳过。"; fi

# The other engine of the screening: installs it and compares it with the first; elsewhere those tests are skipped.
spark: $(READY_DEV)
	$(BIN)/pip install --quiet -r requirements-spark.txt -c constraints.txt
	@$(MAKE) --no-print-directory packages PACKAGES=openjdk-17-jre-headless
	MINGJIAN_SPARK=1 $(BIN)/python -m pytest tests/test_screening_engines.py

# One archive under out/ that installs where there is no network, and its trial in an empty network namespace.
bundle: $(READY)
	$(BIN)/python -m bundle pack

bundle-trial: $(READY)
	$(BIN)/python -m bundle trial

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
