"""Tables, projects and answers that other people keep become a case, by a mapping that is kept as a file."""

from tawteen.case.mapping.conversion import Conversion, convert_records
from tawteen.case.mapping.import_case import Import, import_case
from tawteen.case.mapping.mapping_file import read_mapping, write_mapping
from tawteen.case.mapping.model import ColumnMapping, Mapping, SourceInfo, TableMapping
from tawteen.case.mapping.proposal import propose_mapping
from tawteen.case.mapping.records import Records, read_records

__all__ = [
    "ColumnMapping",
    "Conversion",
    "Import",
    "Mapping",
    "Records",
    "SourceInfo",
    "TableMapping",
    "convert_records",
    "import_case",
    "propose_mapping",
    "read_mapping",
    "read_records",
    "write_mapping",
]
