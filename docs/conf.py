"""Configuration of the documentation site; `make docs` builds it into `out/docs`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from tawteen import __version__

project = "Tawteen"
author = "The Tawteen authors"
copyright = "The Tawteen authors"  # noqa: A001 - the name that Sphinx reads
release = __version__
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode", "mathml"]
exclude_patterns = ["_build", "build.py", "conf.py", "_ext"]
html_theme = "furo"
html_title = f"Tawteen {release}"
html_static_path = ["_static"]
html_css_files = ["tawteen.css"]
html_math_renderer = "mathml"
templates_path: list[str] = []

myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 4
nb_execution_mode = "off"
autodoc_typehints = "description"
autodoc_member_order = "bysource"
