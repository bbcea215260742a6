"""Numbers that tune how cases are read, marked and written, and what is assumed where a case states no value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReadingParams:
    """Where the column headings of a table are looked for, and which rows count as rows of the table."""

    heading_rows: int = 10
    """Filled rows of a table of a case, from its top, among which the column headings stand."""
    marked_heading_rows: int = 40
    """Rows of a sheet that is marked, empty ones counted, among which the column headings stand."""
    source_heading_rows: int = 20
    """Rows of a table of another program, from its top, among which the column headings stand."""
    alike_words: float = 0.8
    """Share of letters that two words have in common (difflib's ratio) from which one is a misspelling of the other."""
    fewest_needed: int = 3
    """Needed columns of a table from which a row that lacks half of them is none of its rows."""
    smallest: float = 1e-12
    """Numbers nearer to zero are slips of a program; with them a plan could not be computed."""
    spellings_kept: int = 8192
    """Texts whose folded form is remembered: headings and codes are folded again for every table."""


READING = ReadingParams()


@dataclass(frozen=True)
class MessageParams:
    """How much the findings about a case, and its results in a notebook, show before the rest is counted or cut."""

    cell_findings: int = 200
    """Findings of one code in one column that are told one by one while a table is read."""
    rule_findings: int = 20
    """Findings of one rule about one table that are told one by one."""
    sheet_errors: int = 50
    """Errors of a worksheet that are told one by one."""
    printed: int = 20
    """Findings that are printed one by one; counts by severity say how many there are in all."""
    codes: int = 12
    """Codes of a list that a sentence names."""
    cells: int = 8
    """Cells that a sentence names."""
    columns: int = 12
    """Columns of an imported file that are not used and that a sentence names."""
    problem_rows: int = 5
    """Rows, and values, of one problem of an import that a sentence names."""
    guesses: int = 5
    """Names that a message proposes for one that is unknown."""
    reason_characters: int = 200
    """Characters of the message of another library that a finding quotes."""
    notebook_rows: int = 10
    """Rows of each table of a result that a notebook shows."""
    line_characters: int = 24
    """Characters of a text that the line about a result shows."""


MESSAGE = MessageParams()


@dataclass(frozen=True)
class WorkbookParams:
    """How workbooks and other files are laid out and put together."""

    head_rows: int = 4
    """Rows above the data of a sheet of a case: labels in both languages, units, column names."""
    paper: int = 9
    """Number by which the page set-up of a workbook names A4."""
    prepared_rows: int = 2000
    """Rows of each sheet that have drop-down lists and checks of input, filled or not."""
    cells_in_memory: int = 1_000_000
    """Cells up to which the parts of a workbook are put together in memory, which saves a hundred files on the way."""
    page_characters: int = 150
    """Characters in the width of a landscape A4 page at nine points, the smallest size that is easy to read."""
    list_columns: int = 5
    """Columns that each code list takes: the words that are chosen, the code, two labels and an empty one."""
    finding_widths: tuple[int, ...] = (11, 26, 30, 26, 90)
    """Widths in characters of the columns of the sheet of findings."""
    stem_characters: int = 40
    """Letters of a file's name that its temporary name keeps: a name as long as the system allows has no place for
    more."""


WORKBOOK = WorkbookParams()


@dataclass(frozen=True)
class EstimateParams:
    """What is assumed of a case, and how its ranges and precedents count."""

    meeting_quarters: int = 2
    """Quarters from the start of the horizon to the next meeting of the committee, where the case states no date."""
    fewest_precedents: int = 5
    """Precedents that state a ratio from which their spread replaces the range of the case."""
    pert_weight: float = 4.0
    """Weight of the most likely value in the mean of a PERT distribution (Malcolm et al. 1959)."""


ESTIMATE = EstimateParams()


@dataclass(frozen=True)
class PriorParams:
    """What is assumed of a site that nobody has planned for, after another site of its industry."""

    cost_exponent: float = 0.6
    """Costs and efforts grow with capacity to this power: the six-tenths rule (Chilton 1950)."""
    capacity_low: float = 0.5
    """Least capacity over the most likely one, where no line of the site states its own."""
    capacity_high: float = 2.0
    """Greatest capacity over the most likely one."""
    market_chance: float = 0.5
    """Chance that what the site would make finds a market, where the case says nothing of it."""
    estimate_class: int = 5
    """Class of the estimate (AACE 18R-97): a concept."""


PRIOR = PriorParams()
