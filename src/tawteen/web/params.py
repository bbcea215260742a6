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
    connect_wait: int = 10
    """Seconds that a request waits for a PostgreSQL that does not answer."""
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
    newest_read: int = 500
    """Versions of cells that are read at once where the newest ones come first: the first few are often enough."""
    rebuilt_bytes: int = 4_000_000
    """Bytes of entries that are in memory at once where tables are made again from them."""
    texts_kept: int = 50_000
    """Texts of values that are read once only."""
    rows_framed: int = 50_000
    """Rows of the database that become columns of numbers and texts at once: more take memory, fewer take time."""
    rows_written: int = 500
    """Rows that one statement writes or names; SQLite allows some 32,000 values in one."""


@dataclass(frozen=True)
class WorkerParams:
    """What the worker does, and how often."""

    interval: float = 5.0
    """Seconds between two looks for work; each leaves a heartbeat."""
    silence: float = 60.0
    """Seconds without a heartbeat after which the worker, or the keeper of runs, counts as stopped."""


@dataclass(frozen=True)
class RunsParams:
    """How runs of the planner are begun, followed and taken up again."""

    name_bytes: int = 8
    """Random bytes of the name of a run: nobody guesses that of another party's."""
    interval: float = 1.0
    """Seconds between two looks for runs that wait or were lost."""
    heartbeat_interval: float = 2.0
    """Seconds between two heartbeats of a run: fewer show its progress sooner and write more."""
    silence: float = 60.0
    """Seconds without a heartbeat after which a run counts as lost; more than a busy machine needs for one."""
    attempts: int = 3
    """Processes that take up one run: where all of them end without a result, it is given up."""
    pause: float = 10.0
    """Seconds before a process is started again for a queue whose last one failed."""
    patience: float = 120.0
    """Seconds for which a run that is done waits for a database that is away."""
    least_seconds: int = 5
    """Seconds of a search at least."""
    most_seconds: int = 86_400
    """Seconds of a search at most: a day."""
    least_gap: float = 0.00001
    """Gap at which a search ends, at least, as a share of the gain."""
    most_gap: float = 0.5
    """The same, at most."""
    most_scenarios: int = 10_000
    """Scenarios at most in which a programme is simulated."""
    sites_alone: int = 12
    """Sites of a case up to which a run needs no cluster."""
    most_percent: int = 200
    """Percent of what a case states to which a what-if raises money or crews at most."""
    moved_months: int = 24
    """Months by which a what-if moves days, at most."""
    history_points: int = 120
    """Points of the picture of a gap that are kept of a run."""
    chart_width: int = 640
    """Width of that picture, in units of its drawing."""
    chart_height: int = 220
    """Its height."""
    chart_margin: int = 10
    """Free space above and below its lines."""
    shown: int = 50
    """Runs of a page of the list."""
    rows: int = 200
    """Rows of a table on a page; the workbook has all of them."""
    reason_characters: int = 200
    """Characters of the reason that another program gave why it failed."""


@dataclass(frozen=True)
class RecordCheckParams:
    """How the record is checked while the workspace runs."""

    entries_at_once: int = 2_000
    """Entries that one check reads on; the next one goes on from there, and after the last entry from the first."""
    bytes_at_once: int = 8_000_000
    """Bytes of entries that one check reads on, where they are more than one entry."""
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
    """Random bytes or letters of secrets: nobody guesses 128 bits (ASVS 11.5.1), and people can still type them."""

    server: int = 48
    """Of the secret that signs sessions, and of the passphrase of the key of the workspace."""
    first_word: int = 16
    """Of the word for the first visit."""
    code_letters: int = 28
    """Letters of the code of an invitation or a reset, or of a recovery code: five bits each."""
    time_codes: int = 20
    """Of the secret from which an app on a telephone computes codes: as long as the hash (RFC 4226, 4)."""
    code_group: int = 4
    """Letters of such a code between two hyphens."""
    demo_password: int = 10
    """Of the password of a person of a demo: 16 letters without padding."""
    import_token: int = 12
    """Of the address of a compared file."""
    version: int = 10
    """Of the token of a version of a cell in a form."""
    browser: int = 16
    """Of what a browser is called in which somebody has signed in."""
    known_name: int = 8
    """Of the hash by which such a browser knows the name of a person."""
    log_name: int = 6
    """Of the part of the name of a record that tells workspaces apart."""


@dataclass(frozen=True)
class SignInParams:
    """Against guessing passwords, and how long a sign-in lasts."""

    failures: int = 5
    """Wrong passwords for a name after which it is locked."""
    lockout: int = 900
    """Seconds for which it is locked, and after which a wrong password no longer counts."""
    browser: int = 15_552_000
    """Seconds for which a browser is known in which somebody has signed in: half a year."""
    browser_people: int = 5
    """People whom one such browser knows."""
    session: int = 43_200
    """Seconds after which one signs in again."""
    idle: int = 7_200
    """Seconds without a request after which one signs in again."""
    seen_every: int = 300
    """Seconds after which the time of the last request is written down again."""
    second_step: int = 600
    """Seconds between the password and the second factor."""
    confirmed: int = 900
    """Seconds after signing in or confirming it for which one may change how one signs in."""
    code_failures: int = 100
    """Wrong codes in a row after which no code is taken until the sign-in is reset (NIST SP 800-63B-4, 3.2.2)."""
    code_period: int = 30
    """Seconds of a code of the app (RFC 6238)."""
    code_digits: int = 6
    """Digits of such a code."""
    code_drift: int = 1
    """Codes before and after the current one that are taken: clocks of telephones differ."""
    recovery_codes: int = 8
    """Recovery codes that a person gets at once."""
    passkeys: int = 10
    """Passkeys of a person at most."""
    invitation: int = 604_800
    """Seconds for which an invitation can be used."""
    reset: int = 259_200
    """Seconds for which the code of a reset can be used."""


@dataclass(frozen=True)
class RateParams:
    """How often one person may ask for pages that are costly to answer, in each process."""

    costly: int = 20
    """Requests for them in a period."""
    period: float = 60.0
    """Seconds of a period."""


@dataclass(frozen=True)
class UploadParams:
    """How much a browser may send."""

    most_bytes: int = 60_000_000
    """Bytes of all files of an import together; the server refuses a request that is larger by a tenth."""
    outline_bytes: int = 400_000
    """Bytes of the outline of a country that are kept on the record; a map with a larger one is drawn without it."""
    cells_of_a_part: int = 10_000
    """Cells of a compared file that are entered under one lock, which others wait for."""
    bytes_of_an_entry: int = 6_000_000
    """Bytes of cells that one entry holds: the record takes lines of some 16 million."""
    listed_findings: int = 50
    """Findings of a case that a page lists; of the others the number is told."""
    name_characters: int = 60
    """Characters of the name of a workbook that are kept."""
    unpacked_bytes: int = 300_000_000
    """Bytes of the files in a ZIP file, unpacked."""
    mark_bytes: int = 20_000
    """Bytes at the beginning of a file in which the mark of an export is looked for."""
    kept_days: int = 7
    """Days for which a compared file waits for a decision."""
    waiting: int = 20
    """Compared files of a party that wait; the oldest one makes place for another."""
    listed_cells: int = 50
    """Cells of a comparison on one page."""
    shown_characters: int = 300
    """Characters of a value that a comparison shows."""
    listed_imports: int = 30
    """Imports on one page of their list."""
    request_seconds: float = 4.0
    """Seconds for which a request enters parts of an import; the worker enters the rest."""
    worker_seconds: float = 20.0
    """Seconds for which the worker enters parts of imports before it looks for other work."""
    retry: int = 600
    """Seconds after which the worker tries an import again that failed."""
    pause: float = 0.05
    """Seconds between two parts in which others may write."""
    claim: int = 60
    """Seconds after which an import whose process was silent is taken up by another one."""


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
    columns: int = 6
    """Columns of a list of rows of any table."""
    search_characters: int = 200
    """Characters of a search that are looked at."""
    sound_of_part: int = 3
    """Consonants from which on a part of a name is found in the other alphabet too."""
    sound_of_word: int = 2
    """Consonants of a whole word that is found in the other alphabet too; shorter ones are too common."""


@dataclass(frozen=True)
class OverviewParams:
    """What the first page shows, and how its map is drawn."""

    map_width: int = 640
    """Width of the map, in units of its drawing."""
    map_height: int = 460
    """Greatest height of the map."""
    map_margin: float = 0.1
    """Free space around what the map shows, as a share of it."""
    map_points: int = 400
    """Sites up to which each has a sign of its own on the map; more are drawn as circles by cell."""
    map_cells: int = 40
    """Cells beside each other on a map of many sites; more tell finer where they are."""
    map_sign: float = 10.0
    """Distance of the signs of sites at one place, in units of the drawing."""
    map_step: float = 1.5
    """Distance of points of the outline that is not drawn, in units of the drawing."""
    maps_kept: int = 16
    """Drawn maps that are kept: one for each party and language that asks, while what it sees is the same."""
    changes: int = 8
    """Things with a change that the first page lists."""
    changes_page: int = 100
    """Things with a change that the page of changes lists."""
    versions: int = 2_000
    """Newest changed values that are looked at; of more, the page says that there are more."""
    tables: int = 6
    """Tables that a party shows to another one up to which they are named."""
    roles: int = 5
    """Changed roles up to which each is named."""
    columns: int = 6
    """Changed columns of a row up to which they are named; of more the number is told."""
    authors: int = 3
    """People who changed something up to which they are named."""
    waiting: int = 5
    """Things that wait for a person, of one kind, that the first page lists."""


@dataclass(frozen=True)
class RegistryFormParams:
    """How cells are asked for."""

    listed_codes: int = 40
    """Codes of a list up to which one is chosen; of a longer list a browser completes what is typed."""
    listed_rows: int = 300
    """Rows of another table that a browser completes; of more a key is typed."""
    edited_sites: int = 400
    """Sites of which one column is changed at once: the page lists them, and stays light."""
    reason_characters: int = 1_000
    """Characters of a reason."""


@dataclass(frozen=True)
class BeforeSavingParams:
    """When it is said at once what an act would do."""

    most_sites: int = 250
    """Sites of a case up to which a programme is reassessed while its reader waits."""


@dataclass(frozen=True)
class DeskParams:
    """How much the desk of a party's units keeps and lists."""

    programmes_kept: int = 16
    """Programmes of which what they ask of units is kept in memory."""
    sites: int = 6
    """Sites that a unit works for up to which each is named."""


@dataclass(frozen=True)
class DemoParams:
    """How the programme of a demo is planned."""

    time_limit: int = 20
    """Seconds of the search: enough for a policy of the public case, and little to wait for."""
    scenarios: int = 40
    """Scenarios that say what to expect of it."""


SERVER = ServerParams()
WORKER = WorkerParams()
PLANNER_RUNS = RunsParams()
RECORD_CHECK = RecordCheckParams()
PASSWORD = PasswordParams()
SECRETS = SecretParams()
SIGN_IN = SignInParams()
RATES = RateParams()
BACKUP = BackupParams()
UPLOAD = UploadParams()
REGISTRY_LISTS = RegistryListParams()
OVERVIEW = OverviewParams()
REGISTRY_FORMS = RegistryFormParams()
BEFORE_SAVING = BeforeSavingParams()
DESK = DeskParams()
DEMO = DemoParams()
