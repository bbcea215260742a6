"""What every test may use."""

from __future__ import annotations

import os

from hypothesis import settings

# No test depends on how fast the machine is.
settings.register_profile("local", deadline=None)
settings.load_profile("local")
# In continuous integration the examples are the same each time: what fails there fails again where it is looked into.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")
