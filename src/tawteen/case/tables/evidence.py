"""What is known, how well, and from where."""

from tawteen.case.columns import date, key, number, text
from tawteen.case.tables.table import Table


class Evidence(Table):
    """One observation of one value of one table."""

    id = key("Observation", "المشاهدة")
    table = text("Table", "الجدول", need=True, codes="tables")
    row = text(
        "Row",
        "الصف",
        "Key of the row; parts of a compound key joined by /",
        "مفتاح الصف؛ أجزاء المفتاح المركب تفصلها /",
        need=True,
    )
    column = text("Column", "العمود", need=True)
    value = text(
        "Value",
        "القيمة",
        "As it would stand in the cell; empty: only a range is stated",
        "كما تكتب في الخلية؛ الفراغ: مجال فقط",
    )
    unit = text("Unit", "الوحدة", "Must be the unit of the column when given", "يجب أن تطابق وحدة العمود إن ذكرت")
    grade = text("Grade", "الدرجة", need=True, codes="grades")
    low = number("Low", "الأدنى", unit="as the column", low=None)
    high = number("High", "الأعلى", unit="as the column", low=None)
    source = text("Source", "المصدر", ref="sources")
    as_of = date("As of", "بتاريخ", part="first")
    observer = text("By whom", "من سجلها")
    note = text("Note", "ملاحظة")


class Sources(Table):
    """Where an observation was read."""

    id = key("Source", "المصدر")
    title = text("Title", "العنوان", need=True)
    address = text("Address", "الرابط")
    as_of = text("Dated", "التاريخ")
    licence = text("Licence", "الترخيص")
