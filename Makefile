# make demo    a made-up network in your browser, on this machine alone
# make test    everything that must hold: lint, then all tests
# make help    the other commands

PORT ?= 8000
# One more than there are cores: a process often waits for its browser or its database.
PYTEST_PROCESSES ?= $(shell expr $$(nproc) + 1)
SIZE ?= small
RUN = .venv/bin/python

.PHONY: help demo test test-template lint format bench check setup setup-dev lock test-server drill proof
.DEFAULT_GOAL := help

# The first Python of at least 3.11 on this machine.
FIND_PYTHON = for candidate in python3 python3.11 python3.12 python3.13 python3.14; do \
	    if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        python=$$candidate; break; \
	    fi; \
	done; \
	if [ -z "$$python" ]; then \
	    echo "Python 3.11 or newer is missing. Install it, then try again: apt-get install python3 python3-venv" >&2; \
	    exit 1; \
	fi

help:
	@echo "make demo [PORT=8765]   a made-up network in your browser, on this machine alone"
	@echo "make test               lint, then all tests (page tests need Chromium)"
	@echo "make test-server        the database tests on PostgreSQL 15 of this machine, with an owner that is no superuser"
	@echo "make drill              dump, new cluster, restore, and compare: a made-up network's, or see warmhandoff drill"
	@echo "make lint               style, types, floors, migrations"
	@echo "make check              prove the promises over all rows of the database"
	@echo "make proof [PROOF_MINUTES=15]  attack the promises: interleaved transactions, then kill -9; with controls that must fail"
	@echo "make bench [SIZE=full]  how fast pages and verbs are, in a database of its own; writes docs/reference/bench.md"
	@echo "make setup              bring what the product needs; the other commands do it themselves"
	@echo "make lock               compile the locked requirements anew"

demo: setup
	@exec $(RUN) -m warmhandoff demo --port $(PORT)

setup:
	@$(FIND_PYTHON); $$python tools/prepare.py base

setup-dev:
	@$(FIND_PYTHON); $$python tools/prepare.py dev

test: setup-dev
	@$(RUN) tools/prepare.py chromium
	@$(MAKE) --no-print-directory -j 2 lint test-template
	TEST_PICTURES=no $(RUN) -m pytest -n $(PYTEST_PROCESSES) --dist loadfile --no-loadscope-reorder

# What each process that tests copies its database from; otherwise the first of them makes it, and the others wait.
test-template: setup-dev
	@$(RUN) -m tests.database

test-server: setup-dev
	@$(RUN) tools/test_server.py

drill: setup
	@exec $(RUN) -m warmhandoff drill --made-up

lint: setup-dev
	$(RUN) -m ruff check --no-cache .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	.venv/bin/lint-imports --cache-dir var/import-linter
	$(RUN) manage.py makemigrations --check --dry-run

format: setup-dev
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

check: setup
	@$(RUN) -m warmhandoff check

proof: setup-dev
	@$(RUN) tools/proof.py

bench: setup
	@exec $(RUN) -m warmhandoff bench --size $(SIZE)

lock: setup-dev
	@$(RUN) tools/lock.py
