"""Columns that say how well it is known that somebody can do what is counted on."""

import dataframely as dy

from tawteen.case.columns import text


def proof_of_offer() -> dy.String:
    """Grade of evidence that a unit does what it offers; with a reference job it makes the standing of the offer."""
    return text(
        "Proof",
        "الإثبات",
        "Inspected or tested: proven. Reported or documented with a reference job: referenced. Else claimed",
        "معاين أو مختبر: مثبت. منقول أو موثق مع عمل مرجعي: له مرجع. وإلا فمدعى",
        codes="grades",
    )


def proof_of_third_parties() -> dy.String:
    """Grade of evidence that third parties do what is bought from them."""
    return text(
        "Proof of third parties",
        "إثبات الأطراف الثالثة",
        "Inspected or tested: they cover a need. Else the need counts as uncovered",
        "معاين أو مختبر: تغطي الحاجة. وإلا عدت الحاجة غير مغطاة",
        codes="grades",
    )
