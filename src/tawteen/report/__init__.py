"""Exhibits, and the page, workbook and pictures made of them."""

from tawteen.report.exhibit import ColumnFormat, Exhibit
from tawteen.report.exhibits import exhibits
from tawteen.report.page import write_brief, write_page
from tawteen.report.pictures import write_pictures
from tawteen.report.report import report, study
from tawteen.report.report_data import ReportData
from tawteen.report.workbook import write_workbook

__all__ = [
    "ColumnFormat",
    "Exhibit",
    "ReportData",
    "exhibits",
    "report",
    "study",
    "write_brief",
    "write_page",
    "write_pictures",
    "write_workbook",
]
