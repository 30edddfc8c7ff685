# Everything a developer or CI does, by name; `make` alone lists it.
#
# Answers: a recipe ends with 0 (passed), 1 (a claim failed) or 2 (the set-up is wrong), and GNU
# make then says "Error 1" or "Error 2". Its own exit code is 2 for both; build/exit_code keeps the
# recipe's, and .ci/run ends with it.

PYTHON ?= python3
EMULATOR ?= auto
# Of the suites alone: unit tests choose for themselves.
SUITES_EMULATOR ?= $(EMULATOR)
INFERENCE ?= auto

# A folder of wheels in place of a package index; their hashes are checked as ever.
WHEELS ?=

BIN := .venv/bin
INSTALL = $(BIN)/pip install -qq --disable-pip-version-check \
  $(if $(WHEELS),--no-index --find-links "$(WHEELS)")
JUDGED = || { case $$? in 2|126|127) code=2;; *) code=1;; esac; \
  echo $$code >build/exit_code; exit $$code; }
SETUP = || { echo 2 >build/exit_code; exit 2; }

# Two runs of make in one checkout build one after the other, where there is flock(1).
ALONE := $(if $(shell command -v flock),flock build/cmake.lock)

# Compilers that end with a make that was killed: ninja starts each in a process group of its own.
GUARD := $(BIN)/python sim/rt1062/guard.py - ""

export EMULATOR INFERENCE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup inference firmware sim-test test test-python test-firmware lint format bench \
        models renode gate report docs tracks check mutations fuzz disturbed killed \
        summary lock clean distclean

help:
	@echo "Targets (EMULATOR=auto|unicorn|renode|both, INFERENCE=auto|tflm|host):"
	@awk '/^## /{text=substr($$0,4);next} /^[a-z-]+:/&&text{sub(/:.*/,"");printf "  %-10s %s\n",$$0,text} {text=""}' Makefile

## system packages (as root on Debian), the Python environment and all it needs
setup: build/.packages .venv/.installed

build/.packages: scripts/system_packages.py
	@mkdir -p build
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "setup: $(PYTHON) is not Python 3.11 or later; name one with PYTHON=" >&2; false; } $(SETUP)
	@$(PYTHON) scripts/system_packages.py $(if $(SUDO),--sudo) $(SETUP)
	@touch $@

.venv/.installed: requirements-dev.txt pyproject.toml | build/.packages
	@echo "installing the Python packages into .venv"
	@$(PYTHON) -m venv .venv $(SETUP)
	@[ -z "$(WHEELS)" ] || [ -d "$(WHEELS)" ] || \
	  { echo "setup: WHEELS=$(WHEELS): no such folder" >&2; false; } $(SETUP)
	@$(INSTALL) --require-hashes -r requirements-dev.txt \
	  && $(INSTALL) --no-deps --no-build-isolation -e . \
	  || { echo "setup: pip cannot install requirements-dev.txt, see above" >&2; false; } $(SETUP)
	@touch $@

inference: setup
	@$(BIN)/python scripts/fetch_tflm.py --into .cache/tflm --inference "$(INFERENCE)" --record build \
	  >/dev/null $(SETUP)

## the firmware: build/firmware/{hello,log,classify,count}.{elf,bin,hex}
firmware: setup inference
	@$(ALONE) cmake -S firmware -B build/firmware -G Ninja --log-level=WARNING \
	  "-DCMAKE_TOOLCHAIN_FILE=$(CURDIR)/firmware/cmake/arm-none-eabi.cmake" \
	  -DINFERENCE="$$(cat build/inference)" -DTFLM_DIR="$$(cat build/tflm_directory)" \
	  "-DPYTHON=$(CURDIR)/$(BIN)/python" >/dev/null $(SETUP)
	@$(ALONE) $(GUARD) cmake --build build/firmware $(JUDGED)

## the Robot Framework suites on the emulated chip (SUITES=counting_long: the long run)
sim-test: firmware
	@$(BIN)/python -m robot_tests --emulator $(SUITES_EMULATOR) \
	  --output build/robot/$(SUITES_EMULATOR) $(SUITES) $(JUDGED)

## all unit tests: Python (the C# blocks on a Renode, if there is one), C++ on the host
test: test-python test-firmware

test-python: firmware
	@$(BIN)/python -m pytest -n auto --dist loadfile --junit-xml=build/pytest.xml $(PYTEST_FLAGS) $(JUDGED)

test-firmware: setup
	@$(ALONE) cmake -S firmware/tests -B build/firmware-tests -G Ninja --log-level=WARNING \
	  "-DPYTHON=$(CURDIR)/$(BIN)/python" >/dev/null $(SETUP)
	@$(ALONE) $(GUARD) cmake --build build/firmware-tests $(JUDGED)
	@ctest --test-dir build/firmware-tests --quiet --output-on-failure \
	  --output-log "$(CURDIR)/build/ctest.log" --output-junit ../ctest.xml \
	  || { code=$$?; cat build/ctest.log; (exit $$code); } $(JUDGED)
	@grep -s 'tests passed' build/ctest.log || true

# What is there, known to git or not: nothing is built into firmware/.
CPP_FILES = $(shell find firmware -name '*.cc' -o -name '*.hpp')

## ruff, robocop, clang-format, shellcheck, the workflows' schema and security
lint: setup
	@$(BIN)/ruff check --quiet $(JUDGED)
	@$(BIN)/ruff format --check --quiet $(JUDGED)
	@$(BIN)/robocop check robot_tests $(JUDGED)
	@$(BIN)/clang-format --dry-run -Werror $(CPP_FILES) $(JUDGED)
	@$(BIN)/shellcheck .ci/run $(JUDGED)
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml $(JUDGED)
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-actions action.yml $(JUDGED)
	@$(BIN)/zizmor --quiet --offline .github/workflows action.yml $(JUDGED)

## put Python and C++ files into the house's layout
format: setup
	@$(BIN)/ruff check --fix --quiet
	@$(BIN)/ruff format --quiet
	@$(BIN)/clang-format -i $(CPP_FILES)

## measure the bench's own speed: build/bench.json
bench: firmware
	@$(BIN)/python scripts/bench.py --out build/bench.json $(JUDGED)

## how far the count of crossings is from the truth, over 100 drawn sequences
tracks: setup
	@$(BIN)/python scripts/tracker_error.py $(JUDGED)

## train the models again from scratch (TensorFlow, in .venv-train)
models: .venv-train/.installed
	@.venv-train/bin/python -m models.classification
	@.venv-train/bin/python -m models.people_counting

.venv-train/.installed: requirements-train.txt
	@echo "installing TensorFlow into .venv-train"
	@$(PYTHON) -m venv .venv-train
	@.venv-train/bin/pip install -qq --disable-pip-version-check --require-hashes -r $<
	@touch $@

## the pinned Renode release into .cache (or RENODE=path)
renode: setup
	@$(BIN)/python -m rt1062.renode.installation $(SETUP)

# With the inference on the host there is nothing to measure.
BASELINES := sim/rtbench/evaluation/baselines

## the project's baselines: accuracy, memory and instructions of 100 frames an app
gate: firmware
	@( [ "$$(cat build/inference)" = tflm ] || { echo "gate: left out, INFERENCE is not tflm"; exit 0; }; \
	for app in $$($(BIN)/rtbench apps --with-task); do \
	  [ -f build/firmware/$$app.bin ] && [ -f $(BASELINES)/$$app.json ] || continue; \
	  $(BIN)/rtbench evaluate --app $$app --emulator unicorn --scenes 100 --reference \
	    --out build/gate/$$app --compare $(BASELINES)/$$app.json || exit; \
	done ) $(JUDGED)

## the keywords as pages: build/docs/keywords/index.html
docs: setup
	@$(BIN)/python -m rtbench.robot.pages build/docs/keywords $(JUDGED)

FRAMES ?= 500

## the evidence page: build/report/index.html, from FRAMES=500 frames an app
report: firmware
	@rm -f build/evaluation/*-diff.json build/evaluation/*-profile.json
	@( for app in $$($(BIN)/rtbench apps --with-task); do \
	  [ -f build/firmware/$$app.bin ] || continue; \
	  tflm=; [ "$$(cat build/inference)" != tflm ] || tflm=--reference; \
	  $(BIN)/rtbench evaluate --app $$app --emulator unicorn --scenes $(FRAMES) $$tflm \
	    --out build/evaluation/$$app || [ $$? = 1 ] || exit 2; \
	  $(BIN)/rtbench profile --app $$app --emulator unicorn --scenes 3 \
	    --json build/evaluation/$$app-profile.json >/dev/null || exit 2; \
	  [ "$$tflm" ] || continue; \
	  $(BIN)/rtbench diff --app $$app --scene 0 --frames 5 \
	    --json build/evaluation/$$app-diff.json >/dev/null || [ $$? = 1 ] || exit 2; \
	done ) $(JUDGED)
	@$(BIN)/rtbench report --diff $$(ls build/evaluation/*-diff.json 2>/dev/null) \
	  --profile $$(ls build/evaluation/*-profile.json 2>/dev/null) $(JUDGED)

# One list: CI takes these steps, and each on its own, so that its page names the one that failed.
CHECKS := lint test sim-test gate

## what CI runs: lint, test, sim-test, gate
check:
	@for target in $(CHECKS); do $(MAKE) --no-print-directory $$target || exit; done
	@echo 0 >build/exit_code

## wrong edits in a copy of the tree, and the test that finds each (ONLY=word: some of them)
mutations: firmware
	@$(BIN)/python scripts/mutations.py --only "$(ONLY)" $(JUDGED)

EXAMPLES ?= 2000

## edited inputs of every kind against what must hold (EXAMPLES=2000 of each, other ones each time)
fuzz: setup
	@FUZZ_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -q tests/fuzz $(JUDGED)

## kill each command at random moments, run it again, compare (ONLY=command, DISK="300 3000", HOW=--environments)
disturbed: firmware
	@$(BIN)/python scripts/disturbed.py $(if $(DISK),--disk $(DISK)) $(HOW) -- $(ONLY) $(JUDGED)

TIMES ?= 20

## kill `rtbench log` TIMES=20 times at random points, with its board and beside it, and go on
killed: firmware
	@for how in --bench --pty; do \
	  $(BIN)/python scripts/killed_logger.py $$how --times $(TIMES) || exit; done $(JUDGED)

# Not listed: CI appends it to the job's summary.
summary: setup
	@$(BIN)/python scripts/summary.py --markdown

LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-annotate --custom-compile-command "make lock" pyproject.toml

# Not listed: only after a change of pyproject.toml's dependencies; needs uv in .venv.
lock: setup
	@$(BIN)/pip install --quiet uv
	@$(LOCK) -o requirements.txt
	@$(LOCK) --group dev -c requirements.txt -o requirements-dev.txt
	@$(LOCK) --group train -o requirements-train.txt

## remove what was built (not the environment, not the downloads)
clean:
	@rm -rf build results .pytest_cache .ruff_cache .hypothesis .robocop_cache

## remove the environments and downloads, too
distclean: clean
	@rm -rf .venv .venv-train .cache
