# Two commands matter: `make demo` and `make test`. Both need only make and a Python >= 3.11.
# PYTHON=... chooses the interpreter, ARGS=... is handed on to the command behind a target.

BIN := .venv/bin
ARGS ?=
# Most of what tests do is wait for real processes: more of them at once than there are cores.
WORKERS ?= 4
export UV_PYTHON_DOWNLOADS := never
# Tests start hundreds of processes. Where bytecode may not be kept, each of them, and each worker,
# compiles a thousand modules before its first line: much of the time of `make test` went there.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help venv demo test check fmt bench bench-graph sim planted crash compare-alertmanager sweep mutants docs schemas lock replay-harm

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: ## Make .venv with everything development needs (uv is installed into .tools/ if missing)
	@scripts/venv dev

demo: ## Tell an invented story end to end, in fast motion (ARGS="--headless --json --real-kafka --scenario apparel --list")
	@scripts/venv $(if $(findstring --real-kafka,$(ARGS)),dev,demo)
	@$(BIN)/tocsin demo $(ARGS)

test: check ## Everything that must hold: format, lint, types, layers, tests
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal --durations 15 $(ARGS)

check: venv ## Format, lint, types and layers, without the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fmt: venv ## Put the code into the house format and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: venv ## Measure on this machine and write docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks $(ARGS)

bench-graph: venv ## Measure the registry's graph against SQLite and rustworkx, a million parties (ARGS="--parties 20000")
	$(BIN)/python -m tests.benchmarks.graph $(ARGS)

sim: venv ## Run the simulation (SEEDS=200 many, SEED=7 one, TRACE=1 tells each step)
	$(BIN)/python -m tests.simulation $(if $(SEEDS),--seeds $(SEEDS)) $(if $(SEED),--seed $(SEED)) $(if $(TRACE),--trace) $(ARGS)

planted: venv ## Plant every known bug in a copy of the code: is each found? (ARGS="--only fence", --search)
	$(BIN)/python -m tests.planted $(ARGS)

crash: venv ## Kill engine, broker and database, and count what is lost (KILLS= STORE= RUNNER= SEED=)
	$(BIN)/python -m tests.crash $(if $(KILLS),--kills $(KILLS)) $(if $(STORE),--store $(STORE)) $(if $(RUNNER),--runner $(RUNNER)) $(if $(SEED),--seed $(SEED)) $(ARGS)

compare-alertmanager: venv ## The same single events to Tocsin and Alertmanager, both killed: who was told? (ALERTMANAGER=program ARGS="--recipient away")
	$(BIN)/python -m tests.compare $(if $(ALERTMANAGER),--alertmanager $(ALERTMANAGER)) $(ARGS)

replay-harm: venv ## Replay 10,000 reports and look whether anybody was told who must not know (EVENTS= SEED=)
	$(BIN)/python -m tests.replay_harm $(if $(EVENTS),--events $(EVENTS)) $(if $(SEED),--seed $(SEED)) $(ARGS)

sweep: venv ## Run every long check for its share of MINUTES (SEED=7 begins as that one did)
	$(BIN)/python -m tests.sweep $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED)) $(ARGS)

mutants: venv ## Break the code that decides, one change at a time: do the tests notice? (ARGS="--only rules/guard"; the core: ARGS="--set core --sample 500 --seed 1")
	$(BIN)/python -m tests.mutants $(ARGS)

docs: venv ## Check that every link and file named in the documents exists
	$(BIN)/python -m pytest tests/test_docs.py $(ARGS)

schemas: venv ## Write schemas/json and schemas/asyncapi.yaml from the models
	$(BIN)/tocsin schema export $(ARGS)

# A release younger than a week is left out: poisoned ones are usually found by then.
COMPILE = $(UV) pip compile pyproject.toml --quiet --universal --python-version 3.11 --no-build \
	--generate-hashes --exclude-newer "7 days" --custom-compile-command "make lock" $(ARGS)

lock: UV = $(or $(wildcard .tools/bin/uv),uv)
lock: venv ## Resolve pyproject.toml into the hash-pinned locks (ARGS=--upgrade for newer versions)
	@$(COMPILE) --extra demo --group build --output-file requirements.txt
	@$(COMPILE) --extra demo --extra kafka --group build --group dev --constraint requirements.txt --output-file requirements-dev.txt
	@echo "uv" | $(UV) pip compile - --quiet --universal --python-version 3.11 --no-build --no-annotate \
		--generate-hashes --exclude-newer "7 days" --custom-compile-command "make lock" $(ARGS) --output-file requirements-tools.txt
