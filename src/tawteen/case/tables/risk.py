"""How what is uncertain moves together."""

from tawteen.case.columns import key, number
from tawteen.case.tables.table import Table


class Correlations(Table):
    """Two inputs of an appraisal that move together; pairs that are not listed are independent."""

    one = key("Input", "المدخل", codes="drivers")
    other = key("Other input", "المدخل الآخر", codes="drivers")
    rank = number(
        "Rank correlation",
        "ارتباط الرتب",
        "Spearman's: 1 together, -1 against each other, 0 independent",
        "لسبيرمان: 1 معا و-1 متعاكسان و0 مستقلان",
        unit="ratio",
        low=-1.0,
        high=1.0,
        need=True,
    )
