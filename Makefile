# Everything here needs only python3 (3.11 or newer) and make.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# The simulation and the other trials need Python 3.12 or newer, in an environment of their own.
TRIAL := .venv-trial/bin
TRIAL_READY := .venv-trial/.ready

.PHONY: help demo test check coverage kill trial simulate planted indistinguishable roads published soak failover powercut diskfaults bench fuzz hostile mutate scenarios lock clean

help: ## Say what each target does
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(READY)

$(TRIAL_READY): requirements-trial.lock pyproject.toml
	"$$(sh tests/trial/python.sh)" -m venv .venv-trial
	$(TRIAL)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-trial.lock
	$(TRIAL)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(TRIAL_READY)

demo: $(READY) ## Run both authorities as two processes and account for every person
	$(BIN)/exchange demo

test: $(READY) ## Run the whole suite on SQLite and on PostgreSQL
	$(BIN)/python -m pytest -n 2 --dist worksteal --ignore=tests/sim --ignore=tests/trial \
	  --ignore=tests/fuzz --ignore=tests/hostile

coverage: $(READY) ## Hold domain and proof to their last branch
	$(BIN)/python -m pytest -n 2 tests/domain tests/proof --cov=exchange/domain --cov=exchange/proof \
	  --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=100

check: coverage ## Lint, types, formatting, published schemas, coverage of the rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/exchange schemas check

kill: $(READY) ## Kill either side 40 times during 2,000 handoffs, on SQLite and on PostgreSQL
	KILL_HANDOFFS=2000 KILL_COUNT=40 $(BIN)/python -m pytest tests/test_kill.py -s

PARTS ?=
trial: $(READY) ## Run everything that takes long, or PARTS="kill roads" of it; kept in docs/trials
	$(BIN)/python -m tests.trial $(PARTS)

SEEDS ?= 100
simulate: $(TRIAL_READY) ## Run both services in SEEDS simulated worlds, and test the simulation
	$(TRIAL)/python -m pytest -n 2 tests/sim
	$(TRIAL)/python -m tests.sim run --seeds $(SEEDS)

planted: $(TRIAL_READY) ## See that the simulation finds the faults that are planted for it
	$(TRIAL)/python -m tests.sim planted

PAIRS ?= 500
indistinguishable: $(TRIAL_READY) ## Run PAIRS of worlds that differ in why a handoff ends: nobody may tell
	$(TRIAL)/python -m tests.sim leaks
	$(TRIAL)/python -m tests.sim pairs --count $(PAIRS)

roads: $(READY) ## Reset, cut, half close and stall connections of mutual TLS at many places
	$(BIN)/python -m pytest -n 2 tests/trial/test_roads.py

published: $(TRIAL_READY) ## Ask both listeners whatever their OpenAPI allows, and what it does not
	$(TRIAL)/python -m pytest -n 2 tests/trial/test_published.py

scenarios: $(READY) ## Play every scenario, with all the people of the busiest month
	$(BIN)/python -m tests.trial.scenarios

HANDOFFS ?= 200000
soak: $(READY) ## Push HANDOFFS through both sides on a bad road: nothing may grow
	$(BIN)/python -m tests.trial.soak --handoffs $(HANDOFFS)

RUNS ?= 1
failover: $(TRIAL_READY) ## Kill databases and processes of both sides under load, RUNS times
	$(TRIAL)/python -m tests.trial.failover --runs $(RUNS)

powercut: $(TRIAL_READY) ## Cut the power of SQLite 200 times, and show that a loss would be seen
	$(TRIAL)/python -m tests.trial.powercut --cuts 200

diskfaults: $(TRIAL_READY) ## Have syncs and writes of SQLite fail (needs libfiu)
	$(TRIAL)/python -m tests.trial.diskfaults --rounds 3

bench: $(READY) ## Measure whole handoffs against the floor of their unavoidable parts
	$(BIN)/python -m bench

MINUTES ?= 1
fuzz: $(TRIAL_READY) ## Fuzz every parser that a stranger can reach, MINUTES for all of them
	$(TRIAL)/python -m tests.fuzz --minutes $(MINUTES)

hostile: $(READY) ## Attack both listeners in 19 ways (10 minutes; needs Linux, 11,000 open files, two idle cores)
	$(BIN)/python -m pytest tests/hostile -q -s

mutate: $(TRIAL_READY) ## Change each line of domain and proof, and see whether the tests notice
	$(TRIAL)/python -m tests.mutation

COMPILE := uv pip compile pyproject.toml --universal --generate-hashes --extra postgres \
	  --group build --group test --no-strip-extras \
	  --no-emit-index-url --no-header --no-annotate --quiet

lock: ## Resolve the dependencies anew (needs uv)
	$(COMPILE) --python-version 3.11 --group check --output-file requirements.lock
	$(COMPILE) --python-version 3.12 --group trial --output-file requirements-trial.lock \
	  --constraint requirements.lock

clean: ## Remove what the other targets made
	rm -rf .venv .venv-trial build dist *.egg-info
