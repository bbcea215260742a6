"""A reset of a sign-in by the operator: for the last administrator of a party, who lost all ways to sign in."""

from __future__ import annotations

from pathlib import Path

from tawteen.runs.usage_error import UsageError
from tawteen.web.server import open_workspace


def reset_sign_in(folder: str | Path, name: str, reason: str) -> str:
    """Ends the password, second factors, telephones and sessions of a person; returns the code for a new password.

    It stands on the record as an act of the workspace with its reason, for the party of the person to see. Raises
    UsageError where the folder holds no workspace, nobody has the name, or no reason is given.
    """
    open_workspace(Path(folder))
    from django.db import connection

    from tawteen.case.names import fold
    from tawteen.record.stated_keys import WORKSPACE
    from tawteen.web.accounts.models import Account
    from tawteen.web.accounts.resets import reset_account
    from tawteen.web.log.append import locked_log

    try:
        if not reason.strip():
            raise UsageError("web.no_reason")
        with locked_log() as log:
            account = Account.objects.filter(folded_name=fold(name)).first()
            if account is None:
                raise UsageError("web.no_person", name=name)
            return reset_account(log, (WORKSPACE, account.party), account, reason.strip())
    finally:
        connection.close()
