"""Values kept for a case as long as it lives."""

from __future__ import annotations

import dataclasses
import gc
import pickle
import threading
import time
import weakref

import pytest

from tawteen.case.derived import once_per_case, once_per_tables
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


def test_a_changed_copy_shares_what_was_read_of_the_same_tables_alone():
    asked = []

    @once_per_tables(lambda: ("sites", "settings.time"))
    def sites(case):
        asked.append(case)
        return case["sites"].height, case.calendar.periods

    case = generate(3, seed=1)
    dearer = dataclasses.replace(case, tables={**case.tables, "costs": case["costs"].clear()})
    assert sites(case) is sites(dearer)
    fewer = dataclasses.replace(case, tables={**case.tables, "sites": case["sites"].head(1)})
    assert (sites(fewer)[0], sites(case)[0]) == (1, 3)
    assert sites(dearer)[0] == 3
    time_of_copy = case.settings.time.model_copy(update={"periods": 7})
    shorter = dataclasses.replace(case, settings=case.settings.model_copy(update={"time": time_of_copy}))
    assert sites(shorter) == (3, 7)
    assert len(asked) <= 4


def test_what_is_shared_cannot_read_what_it_does_not_name():
    @once_per_tables(lambda: ("sites",))
    def too_much(case):
        return case["costs"].height

    @once_per_tables(lambda: ("sites",))
    def later(case):
        return case.settings.time.start

    case = generate(2)
    with pytest.raises(KeyError, match="costs"):
        too_much(case)
    with pytest.raises(AttributeError, match="time"):
        later(case)


def test_a_case_that_is_sent_takes_no_derived_values_along():
    case = dataclasses.replace(generate(2), origins={})
    filled = case.filled("sites")
    there = pickle.loads(pickle.dumps(case))
    assert all(there[name].equals(case[name]) for name in case.tables)
    assert (there.derived, there.shared) == ({}, {})
    assert there.filled("sites").equals(filled)
    assert case.filled("sites") is filled
