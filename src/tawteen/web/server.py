"""Prepares the folder and database of a workspace, and serves it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tawteen.case.findings import CaseError
from tawteen.runs.usage_error import UsageError

if TYPE_CHECKING:
    from tawteen.record.keys import SigningKey

LOCAL_HOST, PORT = "127.0.0.1", 8765


@dataclass(frozen=True)
class Address:
    """Where the server listens."""

    host: str = LOCAL_HOST
    port: int = PORT


def prepare(data: Path, host: str = LOCAL_HOST) -> SigningKey:
    """Makes what is missing in the folder and brings the database up to date; returns the key of the workspace.

    Sets Django up. Raises UsageError where the address of the database or the key is wrong, CaseError where a line of
    the record is no entry, and OSError where the folder cannot be written.
    """
    from tawteen.web.data_folder import DataFolder
    from tawteen.web.database import DatabaseAddressError
    from tawteen.web.process import set_up

    os.environ["TAWTEEN_HOST"] = host
    folder = DataFolder(data.absolute())
    folder.prepare()
    try:
        set_up(folder)
    except DatabaseAddressError as error:
        raise UsageError("web.database_address") from error
    from django.db import OperationalError, connection

    from tawteen.record.errors import FaultError
    from tawteen.web.database_update import update_database
    from tawteen.web.log.checkpoints import state_workspace_key

    key = folder.signing_key()
    try:
        with folder.locked():
            update_database()
            state_workspace_key(key)
    except FaultError as fault:
        raise CaseError([fault.finding()]) from fault
    except OperationalError as error:
        raise UsageError("web.no_database", detail=str(error).strip()) from error
    finally:
        connection.close()
    return key


def open_workspace(data: Path) -> SigningKey:
    """As `prepare`, for a folder that is a workspace already. Raises UsageError where it is none."""
    from tawteen.web.data_folder import DataFolder

    if not DataFolder(data).key_file.exists():
        raise UsageError("web.no_workspace", path=str(data))
    return prepare(data)


def first_word() -> str | None:
    """The word with which the first administrator begins; None once somebody has an account."""
    from django.conf import settings
    from django.db import connection

    from tawteen.web.accounts.first_visit import first_word as word_of_folder

    try:
        return word_of_folder(settings.DATA_FOLDER)
    finally:
        connection.close()


def serve(key: SigningKey, address: Address, ready: Callable[[str], None], *, with_worker: bool = True) -> None:
    """Answers requests until the process is interrupted, with a worker beside unless that runs in another process.

    `ready` gets the address of the pages.

    Raises UsageError where the address cannot be listened at.
    """
    from django.conf import settings
    from waitress.server import create_server

    from tawteen.web.params import SERVER, UPLOAD
    from tawteen.web.programmes.keeper import RunKeeper
    from tawteen.web.worker import Worker
    from tawteen.web.wsgi import application

    try:
        server = create_server(
            application,
            host=address.host,
            port=address.port,
            threads=SERVER.threads,
            ident=None,
            max_request_body_size=UPLOAD.most_bytes * 11 // 10,
            expose_tracebacks=False,
            # Behind TLS the proxy says how it was asked. It overwrites what a browser says of that, as its page asks.
            clear_untrusted_proxy_headers=not settings.BEHIND_TLS,
        )
    except OSError as error:
        code = "web.port_taken" if error.errno == errno.EADDRINUSE else "web.no_listening"
        args = {"host": address.host, "port": address.port, "reason": error.strerror or str(error)}
        raise UsageError(code, **args) from error
    worker, keeper = Worker(key), RunKeeper()
    if with_worker:
        worker.start()
        keeper.start()
    try:
        shown = f"[{address.host}]" if ":" in address.host else address.host
        with suppress(KeyboardInterrupt):
            ready(f"http://{shown}:{server.effective_port}/")
            server.run()
    finally:
        server.close()
        if with_worker:
            keeper.stop()
            worker.stop()


def work(key: SigningKey, ready: Callable[[], None]) -> None:
    """Does the work of a worker alone until the process is interrupted; `ready` is called before it begins."""
    from tawteen.web.programmes.keeper import RunKeeper
    from tawteen.web.worker import Worker

    ready()
    keeper = RunKeeper()
    keeper.start()
    try:
        with suppress(KeyboardInterrupt):
            Worker(key).run()
    finally:
        keeper.stop()
