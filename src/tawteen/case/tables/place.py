"""Where: regions, and the routes between them."""

from tawteen.case.columns import flag, key, number, text
from tawteen.case.tables.table import Table


class Regions(Table):
    """A part of the country that has its own commodity balance."""

    id = key("Region", "المنطقة", "Short unique name of the region", "اسم قصير فريد للمنطقة")
    name_en = text("Name (English)", "الاسم (إنجليزي)", need=True)
    name_ar = text("Name (Arabic)", "الاسم (عربي)", need=True)
    lat = number("Latitude", "خط العرض", unit="deg", low=-90, high=90)
    lon = number("Longitude", "خط الطول", unit="deg", low=-180, high=180)
    port = flag("Has a sea port", "لها ميناء بحري")
    inland_cost = number(
        "Inland freight from port",
        "النقل الداخلي من الميناء",
        "Freight from the nearest open port into the region",
        "أجرة النقل من أقرب ميناء مفتوح إلى المنطقة",
        unit="currency/t",
        default=0.0,
    )


class Routes(Table):
    """One direction of traffic between two regions."""

    id = key("Route", "المسار")
    from_region = text("From region", "من منطقة", need=True, ref="regions")
    to_region = text("To region", "إلى منطقة", need=True, ref="regions")
    carries = text(
        "Carries",
        "ينقل",
        "What moves on it: goods, power or water",
        "ما ينتقل عليه: بضائع أو كهرباء أو ماء",
        need=True,
        codes="carriers",
    )
    distance = number("Distance", "المسافة", unit="km")
    cost = number(
        "Cost",
        "الكلفة",
        "Per tonne of goods, MWh of power or m3 of water",
        "لكل طن بضائع أو ميغاواط ساعة أو متر مكعب",
        unit="currency/t",
        need=True,
    )
    capacity = number(
        "Capacity per quarter", "السعة في الربع", "Empty means no limit", "الفراغ يعني بلا حد", unit="t/quarter"
    )
