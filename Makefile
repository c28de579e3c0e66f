# make lab    set up, then JupyterLab on the first notebook
# make app    set up, then the explorer as a page of its own
# make test   set up, then every test
VENV   := .venv
BIN    := $(VENV)/bin
PYTHON ?= python3
LAB    := --ServerApp.root_dir=notebooks --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate
ROOT   := $(if $(filter 0,$(shell id -u)),--allow-root)
SCREEN := $(if $(DISPLAY)$(WAYLAND_DISPLAY)$(filter Darwin,$(shell uname)),,--no-browser)

.PHONY: help lab app test browser fuzz figures bench lock clean
help:
	@echo "make lab      JupyterLab on notebook 01 (sets everything up the first time)"
	@echo "make app      the explorer as a page of its own, without code cells"
	@echo "make test     every test: style, units, data, notebooks, JupyterLab in a browser (skips without Chromium)"
	@echo "make browser  only the tests in a browser; they leave screenshots in tests/browser/screenshots/"
	@echo "make fuzz     damaged files by the ten thousand through the reader of SIPRI's exports; no share moves in silence"
	@echo "make figures  run all notebooks, leave every figure at every size in notebooks/figures/"
	@echo "make bench    speeds, side by side with bare pandas and matplotlib; how far the even split is off"
	@echo "make lock     resolve requirements.lock again (needs uv)"
	@echo "make clean    remove the virtual environment and caches"

$(VENV)/ready: requirements.lock pyproject.toml
	$(PYTHON) -c "import sys; assert sys.version_info >= (3, 11), 'Python 3.11 or later is needed'"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/jupyter labextension disable --level=sys_prefix "@jupyterlab/apputils-extension:announcements" 2>/dev/null
	@touch $@

lab: $(VENV)/ready
	$(BIN)/jupyter lab $(LAB) $(ROOT) $(SCREEN) --LabApp.default_url=/lab/tree/01-does-the-article-hold-up.ipynb

app: $(VENV)/ready
	JUPYTER_PATH=$(CURDIR)/analysis/explore:$$JUPYTER_PATH $(BIN)/voila $(SCREEN) --template=explorer notebooks/08-explore.ipynb

test: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest -q

browser: $(VENV)/ready
	$(BIN)/python -m pytest -q tests/browser

fuzz: $(VENV)/ready
	SIPRI_FUZZ=10000 $(BIN)/python -m pytest -q tests/test_sipri.py tests/test_sipri_silence.py -k fuzz

figures: $(VENV)/ready
	@ran=$$(mktemp -d) && trap 'rm -rf "$$ran"' EXIT && for book in notebooks/*.ipynb; do \
	  $(BIN)/papermill --cwd notebooks -p preset all "$$book" "$$ran/$$(basename "$$book")" || exit 1; done
	@$(BIN)/python -c "from analysis import export; print(export.contact_sheet('notebooks/figures'))"

bench: $(VENV)/ready
	@for bench in start labels bundle sipri files even_split explorer; do $(BIN)/python -W ignore tests/bench/$$bench.py || exit 1; done

lock:
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  --python-version 3.11 --all-extras pyproject.toml --output-file requirements.lock

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis
