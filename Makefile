# Thin: brings uv into the clone and calls our own commands. Needs Python >= 3.11, git and make.
PYTHON ?= python3
UV := .uv/bin/uv
RUN := $(UV) run --frozen
# The Python that is here; never one from elsewhere.
export UV_PYTHON_DOWNLOADS := never
export UV_PYTHON := $(PYTHON)

.PHONY: demo test slow check bench faults

demo: $(UV)
	@$(RUN) --no-dev --extra plates stadtkern demo

# The journeys share one city: they run in one order, so that a fault can be met again.
test: $(UV)
	@UV=$(UV) sh scripts/outside
	@$(RUN) pytest -n 2 --durations=25 -m "not fault and not browser and not slow"
	@$(RUN) pytest --durations=15 -m "browser and not slow" --randomly-dont-reorganize

# The long ones of the same suite: whole cities that start, end, and are carried over.
slow: $(UV)
	@$(RUN) pytest -n 2 --durations=15 -m "slow and not fault"

faults: $(UV)
	@$(RUN) pytest -m fault -q

check: $(UV)
	@$(RUN) sh scripts/check

bench: $(UV)
	@$(RUN) python -m benchmarks

$(UV):
	@$(PYTHON) scripts/bootstrap.py .uv
