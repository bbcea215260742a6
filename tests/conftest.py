"""What every test may use."""

from __future__ import annotations

import os

# Tests run on all cores at once: threads of one would only wait for those of another. Before polars is loaded.
for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

from hypothesis import settings  # noqa: E402

# No test depends on how fast the machine is.
settings.register_profile("local", deadline=None)
settings.load_profile("local")
# In continuous integration the examples are the same each time: what fails there fails again where it is looked into.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")
