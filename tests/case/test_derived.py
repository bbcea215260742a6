"""Values kept for a case as long as it lives."""

from __future__ import annotations

import dataclasses
import gc
import threading
import time
import weakref

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


def test_a_value_that_refers_to_its_case_does_not_keep_the_case_alive():
    @once_per_case
    def beside(case):
        return [case]

    case = generate(2)
    assert beside(case) == [case]
    gone = weakref.ref(case)
    del case
    gc.collect()
    assert gone() is None


def test_a_changed_copy_has_values_of_its_own():
    @once_per_case
    def start(case):
        return case.settings.time.start

    case = generate(2)
    later = case.settings.time.start.replace(year=2030)
    assert start(case) != later
    time_of_copy = case.settings.time.model_copy(update={"start": later})
    copy = dataclasses.replace(case, settings=case.settings.model_copy(update={"time": time_of_copy}))
    assert start(copy) == later


def test_threads_that_ask_at_the_same_time_get_the_same_value():
    @once_per_case
    def slow(case):
        time.sleep(0.02)
        return [case.settings.about.id]

    case, values = generate(2), []
    threads = [threading.Thread(target=lambda: values.append(slow(case))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(values) == 8
    assert all(value is values[0] for value in values)
