"""A folder of results, made beside its place and put there whole.

While a run lives, `.NAME.tawteen` beside the folder NAME holds its lock and what it has made so far. A run that was
killed leaves it behind; the next run into the same place finishes or removes it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tawteen.case.file_lock import FileLock
from tawteen.runs.folder_swap import NEW, clear, recover, swap
from tawteen.runs.usage_error import UsageError

LIST, LOCK = ".tawteen", "lock"
STAGING_END = ".tawteen"
"""With what the name of the folder ends in which results are made, beside their place."""
HARMLESS = frozenset({LIST, ".DS_Store", ".gitignore", ".gitkeep", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class Delivery:
    """A place for results that this process alone may write to."""

    folder: Path
    staging: Path

    @contextmanager
    def staged(
        self,
        *,
        whole: bool = True,
        listed: bool = True,
        replaced: frozenset[str] = frozenset(),
        outdated: tuple[str, ...] = (),
    ) -> Iterator[Path]:
        """An empty folder to write into, which takes the place of the results when no exception is raised.

        Files that an earlier delivery wrote are replaced or, where they are no longer made, left out (kept, where this
        is not the `whole` of the results and they do not stand at one of the `outdated` names at the top); so are those
        named in `replaced`, whoever wrote them. Other files are of the user and carried over. The folder keeps a list
        of what is ours unless it is not `listed`. Raises UsageError where a file of the user has the name of a result,
        OSError from the system.
        """
        new = self.staging / NEW
        clear(self.staging)
        new.mkdir()
        yield new
        ours = written(self.folder) | replaced
        ended = ours if whole else {name for name in ours if name.split("/")[0] in outdated}
        self._complete(new, ours, ended, listed=listed)
        created = new.stat()
        try:
            swap(self.folder, self.staging)
        except KeyboardInterrupt:
            # Too late to stop: the results are in their place.
            if not (self.folder.exists() and os.path.samestat(self.folder.stat(), created)):
                raise
        _until_done(lambda: clear(self.staging))

    def _complete(self, new: Path, ours: set[str], ended: set[str], *, listed: bool) -> None:
        """Adds to the new folder all of the old one but what has `ended`, and the list of what is ours."""
        new_files = {path.relative_to(new).as_posix() for path in _files(new)}
        for path in _files(self.folder) if self.folder.is_dir() else ():
            name = path.relative_to(self.folder).as_posix()
            if name in new_files and name not in ours:
                raise UsageError("cli.not_ours", path=str(path))
            if name not in new_files and name != LIST and name not in ended:
                _carry(path, new / name)
        if listed:
            kept = (ours - ended) & {path.relative_to(new).as_posix() for path in _files(new)}
            text = "".join(f"{name}\n" for name in sorted(new_files | kept))
            (new / LIST).write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def claim(folder: Path, names: tuple[str, ...], *, foreign: bool = False) -> Iterator[Delivery]:
    """The right to deliver results into `folder`, asked for before the work begins and given up at the end.

    `names` are what will be written at the top. Raises UsageError where `folder` is a file, a broken link, the current
    folder, claimed by another run, or (unless it may be `foreign`) not empty and not of an earlier delivery; OSError
    where it cannot be written.
    """
    target = _place(folder)
    created = [path for path in target.parents if not path.exists()]
    try:
        staging, lock = _locked(folder, target)
        try:
            recover(target, staging)
            _sweep(target.parent)
            _refuse_foreign(folder, target, names, foreign=foreign)
            yield Delivery(target, staging)
        finally:
            _until_done(lambda: _leave(staging, lock))
    finally:
        for path in created:
            # Only an empty folder can be removed so: one that holds results stays.
            with contextlib.suppress(OSError):
                path.rmdir()


@contextmanager
def delivery(folder: Path, names: tuple[str, ...], *, whole: bool = True) -> Iterator[Path]:
    """A folder to write into whose files become those of `folder` at the end. Raises as `claim` and `staged` do."""
    with claim(folder, names, foreign=not whole) as claimed, claimed.staged(whole=whole) as new:
        yield new


def _staging_of(target: Path) -> Path:
    return target.with_name(f".{target.name}{STAGING_END}")


def _locked(folder: Path, target: Path) -> tuple[Path, FileLock]:
    """The folder beside `target` for what is being made, with its lock. Raises UsageError."""
    staging = _staging_of(target)
    lock = FileLock(staging / LOCK)
    try:
        while True:
            staging.mkdir(parents=True, exist_ok=True)
            if staging.is_symlink():
                raise UsageError("cli.not_ours", path=str(staging))
            try:
                if lock.acquire():
                    break
            except FileNotFoundError:
                continue  # another run removed the folder while it was empty
            raise UsageError("cli.out_in_use", path=str(folder))
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise UsageError("cli.out_read_only", path=str(target.parent)) from error
        raise
    return staging, lock


def _sweep(parent: Path) -> None:
    """Finishes or removes what killed runs left beside their results."""
    for staging in parent.glob(f".*{STAGING_END}"):
        lock = FileLock(staging / LOCK)
        with contextlib.suppress(OSError):
            if staging.is_symlink():
                continue
            if (staging / LOCK).is_file():
                if lock.acquire():
                    recover(parent / staging.name[1 : -len(STAGING_END)], staging)
                    _leave(staging, lock)
            else:
                staging.rmdir()  # empty where a run was killed before it had its lock; else it stays


def restore(folder: Path) -> None:
    """Finishes the delivery of a run that was killed between two renames, so that `folder` can be read."""
    target = folder.absolute()
    staging = _staging_of(target)
    if target.exists() or staging.is_symlink() or not (staging / LOCK).is_file():
        return
    lock = FileLock(staging / LOCK)
    with contextlib.suppress(OSError):
        if lock.acquire():
            recover(target, staging)
            _leave(staging, lock)


def written(folder: Path) -> set[str]:
    """Paths inside `folder` that an earlier delivery wrote, by its list; what points elsewhere is not believed."""
    path = folder / LIST
    if path.is_symlink() or not path.is_file():
        return set()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return set()
    return {line for line in lines if not line.startswith("#") and _inside(folder, line)}


def _inside(folder: Path, name: str) -> bool:
    """Whether a listed name is a plain path to a file inside, none of whose folders is a link."""
    parts = PurePosixPath(name).parts
    plain = bool(parts) and "/".join(parts) == name and not {"..", "."} & {*parts} and not {*"\\:\0"} & {*name}
    if not plain or parts[0] == "/":
        return False
    return not any(folder.joinpath(*parts[: n + 1]).is_symlink() for n in range(len(parts)))


def _place(folder: Path) -> Path:
    """The real path of a folder that results may take the place of. Raises UsageError."""
    if folder.is_symlink() and not folder.exists():
        raise UsageError("cli.broken_link", path=str(folder))
    target = folder.resolve()
    for path in (target, *target.parents):
        if path.exists() or path.is_symlink():
            if not path.is_dir():
                raise UsageError("cli.not_a_folder", path=str(path))
            break
    current = Path.cwd()
    if target == current or target in current.parents or os.path.ismount(target):
        raise UsageError("cli.out_is_here", path=str(folder))
    if target.exists() and not os.access(target, os.W_OK):
        raise UsageError("cli.out_read_only", path=str(folder))
    return target


def _refuse_foreign(folder: Path, target: Path, names: tuple[str, ...], *, foreign: bool) -> None:
    """Raises UsageError where the folder holds what no delivery wrote, or one of `names` that is not ours."""
    if not target.is_dir():
        return
    if not foreign and not (target / LIST).is_file() and any(path.name not in HARMLESS for path in target.iterdir()):
        raise UsageError("cli.foreign_folder", path=str(folder))
    ours = {path.split("/")[0] for path in written(target)}
    for name in names:
        if (target / name).is_symlink() or ((target / name).exists() and name not in ours):
            raise UsageError("cli.not_ours", path=str(folder / name))


def _files(folder: Path) -> list[Path]:
    """Files and links below, links to folders included and not followed."""
    files_below = []
    for parent, folders, files in os.walk(folder):
        links = [name for name in folders if (Path(parent) / name).is_symlink()]
        files_below += [Path(parent) / name for name in (*files, *links)]
    return files_below


def _carry(path: Path, to: Path) -> None:
    """The same file under another name, a copy where the file system has no hard links; a link stays a link."""
    to.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        to.symlink_to(path.readlink(), target_is_directory=path.is_dir())
        return
    try:
        os.link(path, to)
    except OSError:
        shutil.copy2(path, to)


def _leave(staging: Path, lock: FileLock) -> None:
    with contextlib.suppress(OSError):
        clear(staging)
    lock.release()
    with contextlib.suppress(OSError):
        staging.rmdir()


def _until_done(work: Callable[[], None]) -> None:
    """Does a short piece of work that may be begun again, however often it is interrupted."""
    while True:
        try:
            work()
        except KeyboardInterrupt:
            continue
        return
