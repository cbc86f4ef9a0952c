# One environment in .venv (Python packages) and node_modules (KaTeX, fonts), made once from pinned
# versions; every command below sets it up first if it is missing or its pins have changed.
.DELETE_ON_ERROR:
.PHONY: help site serve test check portable browser measure versions zensical bench scale frameworks nav pins faults setup clean

PYTHON = python3
BIN = .venv/bin
PAGES = all

export NO_MKDOCS_2_WARNING = 1
# Two small BLAS pools that fight for two cores cost more than they give.
export OPENBLAS_NUM_THREADS = 1
ifndef SOURCE_DATE_EPOCH
# Without git (an unpacked archive): 1980, the earliest date that a wheel can hold.
SOURCE_DATE_EPOCH := $(shell git log -1 --format=%ct 2>/dev/null || echo 315532800)
endif
export SOURCE_DATE_EPOCH
ifdef REPO_URL
# MkDocs would assume a branch called master.
export EDIT_URI ?= edit/main/docs/
endif

help:
	@echo "make site     build the site into site/ and check it"
	@echo "make serve    the same with live reload"
	@echo "make test     build, then run every test and every snippet"
	@echo "make check    ruff and mypy"
	@echo "make portable the programs of the pages, as other processors would run them (PAGES=some)"
	@echo "make browser  valid HTML; accessibility and layout, in Chromium (PAGES=some: of a part)"
	@echo "make versions the same with the oldest and the newest dependencies"
	@echo "make zensical build the same pages with Zensical, where the registry has it"
	@echo "make measure  print what a first visit to each page costs, in Chromium"
	@echo "make bench    rerun the benchmarks whose tables the pages show"
	@echo "make scale    build a project of the full size and print where the time goes"
	@echo "make frameworks ask PyTorch, JAX, TensorFlow and Keras again (some GB of packages)"
	@echo "make nav      write navigation and API pages, from the records and the modules"
	@echo "make faults   plant faults in a copy and see them caught"
	@echo "make clean    remove what was built (not the environment)"

site: setup
	@$(BIN)/python -m derivref.site.build

serve: setup
	@$(BIN)/python -m derivref.site.build.serve

test: site
	$(BIN)/python -m pytest -n auto tests docs README.md --ignore=tests/site/browser

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

portable: site
	@$(BIN)/python -m derivref.site.lint.portability --generated --pages $(PAGES)

browser: site
	$(BIN)/python -m pytest -n auto tests/site/browser --pages $(PAGES)

versions: site
	$(BIN)/python -m derivref.site.lint.dependencies

zensical: site
	@$(BIN)/python -m derivref.site.lint.zensical

measure: site
	$(BIN)/python tests/site/browser/measure.py $(filter-out all,$(PAGES))

bench: setup
	@for data in benchmarks/*.json; do script=$${data%.json}.py; echo "$$script"; $(BIN)/python "$$script" || exit 1; done

scale: setup
	$(BIN)/python benchmarks/scale.py

# In an environment of its own: its packages are large, and nothing else needs them.
frameworks:
	test -x .cache/frameworks/bin/python || "$(PYTHON)" -m venv .cache/frameworks
	.cache/frameworks/bin/python -m pip install --quiet -r benchmarks/requirements.txt -e ".[docs]"
	.cache/frameworks/bin/python benchmarks/frameworks.py

nav: setup
	$(BIN)/python -m derivref.site.build.navigation

# Pins what pyproject.toml asks for and constraints.txt lacks, for every system and every Python from
# the oldest on. UPGRADE=--upgrade takes the newest of everything; for one package, "-P NAME".
pins: setup
	$(BIN)/uv pip compile pyproject.toml --quiet --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-annotate --custom-compile-command "make pins" $(UPGRADE) -o constraints.txt

# Plants faults in a copy and runs the checks that should see them: COUNT=400 SEED=1 for a full run,
# FAULTS="--class prose --write" for more; it goes on where it stopped.
faults: setup
	@$(BIN)/python -m derivref.site.lint.faults --count $(or $(COUNT),30) --seed $(or $(SEED),tree) $(FAULTS)

clean:
	rm -rf site docs/assets/generated .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis

setup: .venv/.done node_modules/.package-lock.json

.venv/.done: pyproject.toml constraints.txt
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { \
	  echo "derivref needs Python 3.11 or later, and \`$(PYTHON)\` was not found." >&2; \
	  echo "Install it, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("derivref needs Python 3.11 or later; `$(PYTHON)` is %d.%d.\nName another one: make PYTHON=python3.12" % v[:2])'
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "\`$(PYTHON)\` cannot make environments: its venv module is missing." >&2; \
	  echo "On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	"$(PYTHON)" -m venv .venv
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

# npm comes with the environment, as a Python package; it writes the target itself.
node_modules/.package-lock.json: package.json package-lock.json .venv/.done
	$(BIN)/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
