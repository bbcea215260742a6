"""People: occupations, courses, trainers, and what options add to seats and trainers."""

from tawteen.case.columns import key, number, text, whole
from tawteen.case.tables.proofs import proof_of_offer, proof_of_third_parties
from tawteen.case.tables.table import Table


class Occupations(Table):
    """An occupation of ISCO-08 in use."""

    id = key("ISCO-08", "رمز المهنة")
    name_en = text("Title (English)", "المسمى (إنجليزي)", need=True)
    name_ar = text("Title (Arabic)", "المسمى (عربي)", need=True)


class Courses(Table):
    """Training to one level of one occupation."""

    id = key("Course", "الدورة")
    name_en = text("Name (English)", "الاسم (إنجليزي)", need=True)
    name_ar = text("Name (Arabic)", "الاسم (عربي)", need=True)
    occupation = text("Occupation (ISCO-08)", "المهنة", need=True, ref="occupations")
    level = text("Level", "المستوى", need=True, codes="levels")
    weeks = number("Weeks", "الأسابيع", unit="weeks", need=True)
    delivery = text("Delivery", "طريقة التدريب", codes="deliveries")
    unit = text("Provider", "مقدم التدريب", ref="units")
    seats = number(
        "Seats per quarter",
        "المقاعد في الربع",
        "Trainees in the room at once",
        "المتدربون في آن واحد",
        unit="persons",
        need=True,
    )
    trainer_pool = text("Trainer pool", "مجموعة المدربين", ref="trainers")
    trainer_ratio = number("Trainers per trainee", "مدربون لكل متدرب", unit="persons/person", default=0.0)
    price = number("Price", "السعر", unit="currency/person", need=True)
    third_party_price = number(
        "Price of third parties",
        "سعر الأطراف الثالثة",
        "Empty: nobody else teaches it",
        "الفراغ: لا يدرسها غيره",
        unit="currency/person",
    )
    proof = proof_of_offer()
    reference = text(
        "Reference job", "عمل مرجعي", "A course of the same kind that was held", "دورة سابقة من النوع نفسه"
    )
    third_party_proof = proof_of_third_parties()
    third_party_reference = text("Reference of third parties", "مرجع الأطراف الثالثة")
    cohort = number(
        "Size of a class",
        "حجم الدفعة",
        "Taught in whole classes, shared by sites that begin in the same quarter; empty: one by one",
        "تدرس دفعات كاملة تتقاسمها المواقع التي تبدأ في الربع نفسه؛ الفراغ: فرادى",
        unit="persons",
        low=1.0,
    )
    resits = whole(
        "Resits",
        "مرات الإعادة",
        "How often those who fail may sit the course again",
        "كم مرة يعيد الراسب الدورة",
        unit="times",
        high=10,
        default=0,
    )
    resit_weeks = number(
        "Weeks of a resit", "أسابيع الإعادة", "Empty: those of the course", "الفراغ: أسابيع الدورة", unit="weeks"
    )
    pass_rate = number("Pass rate", "نسبة النجاح", unit="share", low=0.05, high=1.0, default=1.0)


class Trainers(Table):
    """A pool of trainers."""

    id = key("Trainer pool", "مجموعة المدربين")
    name_en = text("Name (English)", "الاسم (إنجليزي)", need=True)
    name_ar = text("Name (Arabic)", "الاسم (عربي)", need=True)
    headcount = number("Headcount", "العدد", unit="persons", need=True)
    attrition = number("Leave per year", "يغادرون في السنة", unit="share/year", high=1.0, default=0.0)


class AddedSeats(Table):
    """Seats that an option adds to a course of the case once it operates.

    They are taught like the course's own: at its price and with its trainers.
    """

    option = key("Option", "الخيار", ref="options")
    course = key("Course", "الدورة", ref="courses")
    seats = number(
        "Seats per quarter",
        "المقاعد في الربع",
        "Trainees in the room at once, from the first quarter of operation",
        "المتدربون في آن واحد، من أول ربع تشغيل",
        unit="persons",
        need=True,
    )


class AddedTrainers(Table):
    """Trainers that an option adds to a pool once it operates; a course that they need first is a row of `cadres`."""

    option = key("Option", "الخيار", ref="options")
    trainer_pool = key("Trainer pool", "مجموعة المدربين", ref="trainers")
    headcount = number(
        "Headcount",
        "العدد",
        "From the first quarter of operation; they leave as those of the pool do",
        "من أول ربع تشغيل؛ ويغادرون كما يغادر مدربو المجموعة",
        unit="persons",
        need=True,
    )
