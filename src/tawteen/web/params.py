"""Numbers that tune the workspace: how it serves, how often its worker looks, how much of the record a check reads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ServerParams:
    """How requests are served."""

    threads: int = 8
    """Requests that are answered at the same time; more help where the database is on another machine."""
    lock_wait: int = 20
    """Seconds that a request waits for the database while another one writes."""
    kept_connection: int = 60
    """Seconds that a connection to PostgreSQL is used again."""
    static_age: int = 3600
    """Seconds that a browser keeps style sheets and scripts without asking."""
    language_age: int = 31_536_000
    """Seconds that a browser keeps the language that its reader chose: a year."""
    lock_poll: float = 0.05
    """Seconds between two attempts to get the lock of the folder."""
    rows_read: int = 2_000
    """Rows of a table that are read from the database at once: more take memory, fewer take questions."""
    rebuilt_bytes: int = 4_000_000
    """Bytes of entries that are in memory at once where tables are made again from them."""
    rows_written: int = 500
    """Rows that one statement writes or names; SQLite allows some 32,000 values in one."""


@dataclass(frozen=True)
class WorkerParams:
    """What the worker does, and how often."""

    interval: float = 5.0
    """Seconds between two looks for work; each leaves a sign of life."""
    silence: float = 60.0
    """Seconds without a sign of life after which the worker counts as stopped."""


@dataclass(frozen=True)
class RecordCheckParams:
    """How the record is checked while the workspace runs."""

    entries_at_once: int = 2_000
    """Entries that one check reads on; the next one goes on from there, and after the last entry from the first."""
    interval: float = 1.0
    """Seconds for which an answer is given again without a check."""


@dataclass(frozen=True)
class PasswordParams:
    """Which passwords are taken (OWASP ASVS 5.0, 6.2)."""

    least: int = 12
    """Characters at least; ASVS asks for 8 and advises 15."""
    most: int = 256
    """Characters at most; ASVS asks for no less than 64."""
    different: int = 5
    """Different characters at least."""
    shortest_name: int = 4
    """Characters of a name from which on a password may not hold it: shorter ones stand in many words."""


@dataclass(frozen=True)
class SecretParams:
    """Random bytes of secrets: of 12 bytes nobody guesses one, and people can still type it."""

    server: int = 48
    """Of the secret that signs sessions, and of the passphrase of the key of the workspace."""
    first_word: int = 12
    """Of the word for the first visit."""
    invitation: int = 15
    """Of the code of an invitation: 24 letters without padding."""
    code_group: int = 4
    """Letters of such a code between two hyphens."""
    demo_password: int = 10
    """Of the password of a person of a demo: 16 letters without padding."""
    log_name: int = 6
    """Of the part of the name of a record that tells workspaces apart."""


@dataclass(frozen=True)
class SignInParams:
    """Against guessing passwords, and how long a sign-in lasts."""

    failures: int = 5
    """Wrong passwords for a name after which it is locked."""
    lockout: int = 900
    """Seconds for which it is locked, and after which a wrong password no longer counts."""
    session: int = 43_200
    """Seconds after which one signs in again."""
    invitation: int = 604_800
    """Seconds for which an invitation can be used."""


@dataclass(frozen=True)
class UploadParams:
    """How much a browser may send."""

    most_bytes: int = 60_000_000
    """Bytes of all files of an import together; the server refuses a request that is larger by a tenth."""
    cells_of_an_entry: int = 50_000
    """Cells that one entry of the record holds; an import of more takes several."""
    listed_findings: int = 50
    """Findings of a case that a page lists; of the others the number is told."""


@dataclass(frozen=True)
class BackupParams:
    """How backups are written and read."""

    chunk_bytes: int = 1_000_000
    """Bytes of a file that are in memory at once."""


@dataclass(frozen=True)
class RegistryListParams:
    """How long lists are."""

    rows: int = 50
    """Rows of a page of a list."""
    search_characters: int = 200
    """Characters of a search that are looked at."""
    sound_of_part: int = 3
    """Consonants from which on a part of a name is found in the other alphabet too."""
    sound_of_word: int = 2
    """Consonants of a whole word that is found in the other alphabet too; shorter ones are too common."""


SERVER = ServerParams()
WORKER = WorkerParams()
RECORD_CHECK = RecordCheckParams()
PASSWORD = PasswordParams()
SECRETS = SecretParams()
SIGN_IN = SignInParams()
BACKUP = BackupParams()
UPLOAD = UploadParams()
REGISTRY_LISTS = RegistryListParams()
