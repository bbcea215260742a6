"""Ways of technology transfer are appraised as options; present values by hand."""

import polars as pl
import pytest
from tests.tiny import tiny

from tawteen.appraise import appraise
from tawteen.appraise.economic.local_content import examples
from tawteen.appraise.economic.transfer import NONE, STATED, paths_of, transfer_paths
from tawteen.effects import effects_of

SATS = examples()[1]
KITS = [{"option": "mill-repair", "year": 1, "form": "kits", "fee": 40_000.0, "local_share": 0.1},
        {"option": "mill-repair", "year": 2, "form": "kits", "royalty": 0.02, "local_share": 0.5}]  # fmt: skip
LICENCE = {"option": "mill-repair", "path": "licence", "year": 1, "form": "licence", "fee": 40_000.0}
OTHER = {"option": "cables-rehab", "path": "drawings", "year": 1, "form": "drawings", "fee": 9_000.0}


def test_paths_come_from_the_case():
    found = paths_of(tiny({"transfers": KITS, "transfer_paths": [LICENCE, OTHER]}))
    assert {option: list(own) for option, own in found.items()} == {
        "mill-repair": [NONE, STATED, "licence"], "cables-rehab": [NONE, "drawings"],
    }  # fmt: skip
    assert found["mill-repair"][NONE] == []
    assert [step["year"] for step in found["mill-repair"][STATED]] == [1, 2]
    assert paths_of(tiny()) == {}


@pytest.mark.parametrize("view", ["financial", "economic"])
def test_each_path_is_worth_what_its_fees_leave(view):
    case = tiny({"transfers": KITS, "transfer_paths": [LICENCE, OTHER]})
    table = transfer_paths(case, paths_of(case), SATS, view)
    found = {(r["option"], r["path"]): r for r in table.iter_rows(named=True)}
    plain = appraise(tiny(), effects_of(tiny())).indicators.filter(view=view)
    npv = dict(plain.select("option", "npv").iter_rows())
    assert found["mill-repair", NONE]["npv"] == pytest.approx(npv["mill-repair"])
    assert found["cables-rehab", NONE]["npv"] == pytest.approx(npv["cables-rehab"])
    for (option, _), row in found.items():
        assert row["npv"] == pytest.approx(npv[option] - row["fees"])
    assert found["mill-repair", NONE]["fees"] == 0
    # 10,000 a quarter in the four quarters from the third on; foreign money, so the premium of a fifth on it.
    rate, premium = (1.12, 1.0) if view == "financial" else (1.08, 1.2)
    expected = premium * sum(10_000 * rate ** (-(t + 1) / 4) for t in range(2, 6))
    assert found["mill-repair", "licence"]["fees"] == pytest.approx(expected)
    ordered = table.filter(pl.col("option") == "mill-repair")["worth"].to_list()
    assert ordered == sorted(ordered, reverse=True)


def test_local_parts_save_the_premium():
    case = tiny({"transfers": KITS})
    effects = effects_of(case)
    table = transfer_paths(case, paths_of(case), SATS, "economic")
    kits = table.row(by_predicate=pl.col("path") == STATED, named=True)
    made = effects.profile.filter(option="mill-repair")["capacity"].to_list()
    share = [0.0, 0.0, *[0.1] * 4, *[0.5] * 2]
    saved = sum(0.2 * 1.3 * 250 * m * s * 1.08 ** (-(t + 1) / 4)
                for t, (m, s) in enumerate(zip(made, share, strict=True)))  # fmt: skip
    assert kits["parts"] == pytest.approx(saved)
    assert kits["worth"] == pytest.approx(kits["npv"] + saved)
    assert (kits["local_from"], kits["local_to"]) == (0.1, 0.5)
    assert kits["content"] == pytest.approx(1 - 0.5 * 1.3 * 305 / 460)
    financial = transfer_paths(case, paths_of(case), SATS, "financial")
    assert financial["parts"].to_list() == [0.0, 0.0]
