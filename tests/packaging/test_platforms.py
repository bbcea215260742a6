"""Nothing of the package needs a module that only some systems have."""

from __future__ import annotations

import subprocess
import sys

ELSEWHERE = ("resource", "fcntl", "termios", "pwd", "grp", "pty", "tty", "syslog")
"""Modules of Unix alone."""
OPTIONAL = ("pandas", "pyarrow", "distributed")


def importing(*absent: str) -> int:
    """Imports every module of the package with the modules `absent` away; returns how many there are."""
    code = f"""
import importlib, os, pkgutil, sys
for name in {absent!r}:
    sys.modules[name] = None
import tawteen
os.environ["DJANGO_SETTINGS_MODULE"] = "tawteen.web.settings"
import django
django.setup()
names = [module.name for module in pkgutil.walk_packages(tawteen.__path__, "tawteen.", onerror=None)]
for name in names:
    importlib.import_module(name)
for name in tawteen.__all__:
    getattr(tawteen, name)
print(len(names))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_every_module_is_imported_without_those_of_unix() -> None:
    assert importing(*ELSEWHERE) > 200


def test_every_module_is_imported_without_what_is_optional() -> None:
    assert importing(*OPTIONAL) > 200
