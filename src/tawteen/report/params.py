"""Numbers that tune a report: from which size on a figure is told, and how much of it a page shows how large."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReportThresholds:
    """From which size on a figure raises a red flag or is told in a sentence. Higher values tell less."""

    chance_of_loss: float = 0.5
    """Share of the scenarios with a loss above which the programme, or the start of a site, is flagged."""
    gain_of_one_site: float = 0.25
    """Share of the gain above which one site is flagged as carrying too much of it."""
    cost_of_rule: float = 0.1
    """Share of the gain above which the cost of a rule is flagged."""
    rounding: float = 1e-9
    """Share of the money that two amounts are a difference of, up to which the difference is none."""
    gain_over_investment: float = 3.0
    """Gain per unit of investment above which the programme looks too good."""
    utilisation: float = 0.7
    """Mean use of nominal capacity above which the programme looks too good, as a share."""
    first_year: float = 0.5
    """Share of the suspended sites that start in the first year above which the programme looks too fast."""
    partner_works: float = 0.4
    """Share of works and goods from the partner above which the programme depends on it too much."""
    avoided_penalties: float = 0.2
    """Share of the gain made of avoided penalties above which the gain is flagged."""
    assumed: float = 0.5
    """Share of the value that rests on assumed numbers above which it is flagged."""
    claimed_works: float = 0.5
    """Share of bought works and training without proof or reference above which they are flagged."""
    unmet_demand: float = 0.005
    """Share of the demand for a product from which on it is named as not met."""
    one_figure: float = 0.01
    """Relative difference of two bounds up to which they are told as one figure."""
    starts_in_futures: float = 0.5
    """Share of the futures with a finding from which on an option is shown as what follows from it; in fewer it starts
    where something else falls away."""
    quantile_scenarios: int = 10
    """Scenarios from which on P10 and P90 are told: a tenth of fewer is less than one."""
    least_persons: float = 0.05
    """Persons in a week below which a table leaves the week out: less than the decimal that it shows."""
    least_amount: float = 1e-6
    """Amount of a flow or supply, in its unit, up to which it is rounding of the solver."""
    check_rounding: float = 1e-7
    """Share of the assets up to which a difference counts as rounding in the checks of a workbook with formulas."""


@dataclass(frozen=True)
class ReportLayout:
    """How much a report shows, and how large. Pixels are those of a chart at its own size."""

    width: int = 860
    """Pixels of the width of a chart."""
    paper_height: int = 560
    """Pixels of the height of a chart that fits on a sheet with letters of nine points."""
    axes_height: int = 60
    """Pixels that axis and legend of a chart of bars take of its height."""
    layout_font: str = "Liberation Sans"
    """Font that Latin letters of charts are laid out with; it comes with vl-convert, so that every machine has it."""
    layout_letters: float = 13 / 12
    """Size of letters of the font of the layout per size of those of the page that are as wide: Noto Sans is wider."""
    letter_size: int = 12
    """Pixels of the height of letters."""
    letter_width: tuple[float, float] = (0.54, 0.47)
    """Mean width of an English and an Arabic letter per pixel of its height, measured on names in Noto Sans."""
    bold_letter_width: float = 1.1
    """Width of a bold letter per width of a plain one."""
    line_height: int = 13
    """Pixels from one line of a name to the next."""
    longest_line: float = 1.15
    """Length of a line, as a multiple of the width given to it, above which it is shortened."""
    names_width: int = 400
    """Pixels that the names beside bars may take."""
    chain_names_width: int = 320
    """Pixels of a line of the names beside the bars of products that are worth making at home."""
    peak_width: int = 130
    """Pixels beside a row for what one more unit of a limit is worth at its peak."""
    narrow_width: int = 420
    """Pixels of a narrow chart; a telephone shows it in some 340, so that letters of 12 become 10."""
    narrow_names_width: int = 160
    """Pixels of a line of the name of a bar in a narrow chart."""
    narrow_name_lines: int = 3
    """Lines of a name in a narrow chart at most."""
    narrow_panel_axis: int = 60
    """Pixels that the axis of a panel takes of a narrow chart."""
    narrow_bar_edge: int = 30
    """Pixels beside bars and their names in a narrow chart."""
    narrow_figures: int = 90
    """Pixels of figures beside the bars of a narrow chart."""
    timeline_step: int = 17
    """Pixels from one site of the timeline to the next; fewer show more sites."""
    policy_step: int = 34
    """Pixels from one surveyed site to the next in the chart of findings; fewer show more sites."""
    policy_label_share: float = 0.2
    """Chance of a finding from which on its part of the bar is wide enough for a quarter."""
    evidence_step: int = 16
    """Pixels from one site of the chart of evidence to the next; fewer show more sites."""
    picture_margin: int = 12
    """Pixels of white around a chart in a file."""
    map_width: int = 350
    """Pixels of the width of a map: small enough for the chair's sheet and for a telephone."""
    map_height: int = 225
    """Pixels of the height of a map."""
    map_ring: float = 0.16
    """Degrees between a place and the sites that are drawn around it because they share it."""
    map_names: int = 16
    """Sites that a map names at most."""
    map_names_width: int = 150
    """Pixels of a line of the name of a site on a map."""
    map_points: int = 600
    """Sites up to which a map draws each; of more it draws sums of cells."""
    map_cells: int = 48
    """Cells along the longer side of a map of sums."""
    histogram_bars: int = 40
    """Bars of a histogram at most."""
    chair_rows: int = 5
    """Restarts on the chair's page, which is one sheet; all of them stand among the sites."""
    returns_rows: int = 14
    """Limits, and options, of which a chart shows what comes back."""
    robustness_sites: int = 25
    """Sites of a chart of scenarios at most."""
    chains_shown: int = 14
    """Products, and options, of a chart of making at home at most."""
    goods_panels: int = 9
    """Products with a panel of their own."""
    craft_panels: int = 9
    """Courses with a panel of their own."""
    pool_panels: int = 9
    """Offers with a panel of their own, the fullest first."""
    trades_drawn: int = 9
    """Trades with a colour of their own; the others are drawn as one."""
    appraisals_drawn: int = 2
    """Options whose appraisal has pictures on the page; all chosen ones stand in the table."""
    appraisals_simulated: int = 100
    """Chosen options whose risk is simulated, those with the largest investment first."""
    appraisal_paths: int = 4_000
    """Paths of the simulation of each; more make its quantiles steadier and take longer."""
    financed_options: int = 300
    """Options up to which the page adds up statements: each takes about 50 ms and a megabyte."""
    options_named: int = 12
    """Options that a note on financing names."""
    sites_named: int = 3
    """Sites, and values to find out, that a sentence names; of other sites it gives the number."""
    rules_named: int = 3
    """Rules that the sentences name, those that cost most."""
    goods_named: int = 3
    """Products with unmet demand that a card names."""
    inputs_named: int = 6
    """Inputs that an opportunity study names."""
    offers_named: int = 4
    """Suppliers of works that an opportunity study names."""
    cell_sources: int = 2
    """Sources that a cell of a workbook names."""
    dossiers: int = 100
    """Sites with a dossier on the page, those decided for first."""
    cited_rows: int = 150
    """Rows of a table of the case that the page cites."""
    cited_sources: int = 400
    """Rows of the table of sources that the page cites."""
    input_columns: int = 14
    """Columns of a table of the case up to which the page shows each by itself; of more it lists the others."""
    input_columns_first: int = 8
    """Columns that a table with more than `input_columns` begins with; the others are lines of the last of these."""
    printed_rows: int = 40
    """Rows of a table on paper; page.css hides the others by the same number."""
    long_cell: int = 260
    """Letters of a cell above which its column is the widest."""
    wide_cell: int = 36
    """Letters of a cell above which its column is wider than others."""
    short_run: int = 12
    """Letters of a run of figures up to which it is not broken into lines."""
    sheet_column: int = 48
    """Letters of a column of a sheet; longer text goes on in the next line of its cell."""
    formula_length: int = 200
    """Characters of the longest formula of a workbook: a longer sum is written in parts."""
    drawing_processes: int = 4
    """Processes that draw charts at most; each takes some 150 MB."""


THRESHOLDS = ReportThresholds()
LAYOUT = ReportLayout()
