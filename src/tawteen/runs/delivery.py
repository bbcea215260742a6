"""A folder of results, made beside it and moved in when everything is done."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tawteen.runs.usage_error import UsageError

if TYPE_CHECKING:
    pass

LIST = ".tawteen"


def written(folder: Path) -> set[str]:
    """Paths inside `folder` that an earlier delivery wrote."""
    found = folder / LIST
    return set(found.read_text(encoding="utf-8").splitlines()) if found.is_file() else set()


def refuse_strangers(folder: Path, names: tuple[str, ...]) -> None:
    """Raises UsageError where `folder` is a file or holds one of `names` that no delivery wrote."""
    if folder.exists() and not folder.is_dir():
        raise UsageError("cli.not_a_folder", path=str(folder))
    ours = {path.split("/")[0] for path in written(folder)}
    for name in names:
        if (folder / name).exists() and name not in ours:
            raise UsageError("cli.not_ours", path=str(folder / name))


def _above(folder: Path) -> Path:
    """The nearest folder above that exists, so that moving is renaming."""
    return next(parent for parent in folder.absolute().parents if parent.is_dir())


def _move(staged: Path, folder: Path, *, whole: bool) -> None:
    new = sorted(path.relative_to(staged).as_posix() for path in staged.rglob("*") if path.is_file())
    old = written(folder)
    for name in new:
        if (folder / name).exists() and name not in old:
            raise UsageError("cli.not_ours", path=str(folder / name))
    folder.mkdir(parents=True, exist_ok=True)
    # Listed before they are moved: whatever stops the moving, the next delivery knows which files are its own.
    _list(folder, old | set(new))
    for name in new:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(staged / name, target)  # noqa: PTH105 - replaces on every system
    if whole:
        for name in old - set(new):
            (folder / name).unlink(missing_ok=True)
        _list(folder, set(new))


def _list(folder: Path, names: set[str]) -> None:
    beside = folder / f"{LIST}.part"
    beside.write_text("\n".join(sorted(names)) + "\n", encoding="utf-8")
    beside.replace(folder / LIST)


@contextmanager
def delivery(folder: Path, names: tuple[str, ...], *, whole: bool = True) -> Iterator[Path]:
    """A folder beside `folder` to write into; on leaving without an exception its files are moved in.

    Files that an earlier delivery wrote are replaced or, where no longer made, removed (kept, where the delivery is not
    the `whole` of it); others stay untouched.
    `names` are what will be written at the top, so that a refusal comes before long work, not after it.
    """
    refuse_strangers(folder, names)
    staged = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=_above(folder)))
    try:
        yield staged
        _move(staged, folder, whole=whole)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
