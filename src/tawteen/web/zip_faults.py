"""What a ZIP file that somebody sends can be."""

from __future__ import annotations

import zipfile
import zlib

DAMAGED_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)
"""What reading one raises that is cut, changed, encrypted, or packed in a way that is not known."""
