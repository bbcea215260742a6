"""Values kept for a case as long as it lives."""

from __future__ import annotations

import gc

from tawteen.case.derived import once_per_case
from tawteen.case.generate import generate


def test_a_value_is_worked_out_once_for_a_case_and_its_arguments_and_anew_for_another():
    asked = []

    @once_per_case
    def doubled(case, number=1):
        asked.append((case.settings.about.id, number))
        return [2 * number]

    one, other = generate(3, seed=1), generate(3, seed=2)
    assert doubled(one) is doubled(one)
    assert doubled(one, 4) == doubled(one, 4) == [8]
    assert doubled(one, number=4) == [8]
    assert len(asked) == 3
    assert doubled(other) is not doubled(one)
    assert len(asked) == 4


def test_a_new_case_in_the_place_of_one_that_is_gone_has_values_of_its_own():
    @once_per_case
    def sites(case):
        return case["sites"].height

    for count in (2, 5, 3, 7):
        case = generate(count)
        assert sites(case) == count
        del case
        gc.collect()
