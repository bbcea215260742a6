"""Canonical JSON: what is written is read, and whatever else is refused with its cause."""

from __future__ import annotations

import json
import math
import struct
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from tests.record.entries import VALUES

from tawteen.record.canonical import canonical_bytes, nesting, read_canonical
from tawteen.record.errors import FaultError
from tawteen.record.limits import RECORD_LIMITS


def refusal(line: bytes) -> str:
    """The code with which a line is refused."""
    with pytest.raises(FaultError) as refused:
        read_canonical(line)
    return refused.value.code


@given(VALUES)
def test_what_is_written_is_read(value: Any) -> None:
    line = canonical_bytes(value)
    # A whole double beyond 2**53 is written as an integer, which the reader refuses.
    digits = json.loads(line, parse_int=lambda text: None if abs(int(text)) >= 2**53 else int(text))
    if digits == value:
        assert read_canonical(line) == value


@given(VALUES, st.integers(0, 3))
def test_every_other_spelling_is_refused(value: Any, spelling: int) -> None:
    text = (
        json.dumps(value, ensure_ascii=False),
        json.dumps(value, ensure_ascii=True, separators=(",", ":"), sort_keys=True),
        json.dumps(value, indent=1, ensure_ascii=False),
        json.dumps(value, separators=(",", ":"), ensure_ascii=False),
    )[spelling]
    line = text.encode()
    try:
        canonical = rfc8785.dumps(json.loads(text))
    except rfc8785.IntegerDomainError:
        canonical = b""
    if line == canonical:
        assert read_canonical(line) == value
    else:
        refusal(line)


def test_the_numbers_of_rfc_8785_appendix_b() -> None:
    published = {
        "0000000000000000": "0", "8000000000000000": "0", "0000000000000001": "5e-324", "8000000000000001": "-5e-324",
        "7fefffffffffffff": "1.7976931348623157e+308", "44b52d02c7e14af5": "9.999999999999997e+22",
        "44b52d02c7e14af6": "1e+23", "44b52d02c7e14af7": "1.0000000000000001e+23", "444b1ae4d6e2ef4e":
        "999999999999999700000", "444b1ae4d6e2ef4f": "999999999999999900000", "444b1ae4d6e2ef50": "1e+21",
        "3eb0c6f7a0b5ed8c": "9.999999999999997e-7", "3eb0c6f7a0b5ed8d": "0.000001", "41b3de4355555553":
        "333333333.3333332", "41b3de4355555557": "333333333.33333343", "becbf647612f3696": "-0.0000033333333333333333",
        "43143ff3c1cb0959": "1424953923781206.2",
    }  # fmt: skip
    for bits, text in published.items():
        number = struct.unpack(">d", bytes.fromhex(bits))[0]
        assert canonical_bytes(number) == text.encode()
        if abs(number) < 2**53 or "e" in text:
            assert read_canonical(text.encode()) == number


def test_the_sorting_of_rfc_8785_section_3_2_3() -> None:
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    line = canonical_bytes(dict.fromkeys(keys, 0))
    assert list(json.loads(line)) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert read_canonical(line) == dict.fromkeys(keys, 0)
    assert refusal('{"\ufb33":0,"\U0001f600":0}'.encode()) == "record.not_canonical"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"a":"\xff"}', "record.not_utf8"),
        (b'\xef\xbb\xbf{"a":1}', "record.not_json"),
        (b"{", "record.not_json"),
        (b"", "record.not_json"),
        (b'{"a":1}x', "record.not_json"),
        (b'{"a":1} ', "record.not_canonical"),
        (b'{"a": 1}', "record.not_canonical"),
        (b'{"b":1,"a":1}', "record.not_canonical"),
        (b'{"a":1,"a":1}', "record.duplicate_key"),
        (b'{"a":1,"\\u0061":1}', "record.duplicate_key"),
        (b'{"a":[{"b":1,"b":2}]}', "record.duplicate_key"),
        (b'{"a":NaN}', "record.not_finite"),
        (b'{"a":-Infinity}', "record.not_finite"),
        (b'{"a":1e999}', "record.not_finite"),
        (b'{"a":1.0}', "record.not_canonical"),
        (b'{"a":-0}', "record.not_canonical"),
        (b'{"a":1e2}', "record.not_canonical"),
        (b'{"a":0.1000}', "record.not_canonical"),
        (b'{"a":9007199254740992}', "record.number_range"),
        (b'{"a":' + b"9" * 5000 + b"}", "record.number_range"),
        (b'{"a":"\\u0041"}', "record.not_canonical"),
        (b'{"a":"\\ud800"}', "record.no_json_value"),
        (b"[" * 100_000, "record.nested"),
        (b"[" * 21 + b"]" * 21, "record.nested"),
        (b'{"x":1e2,"a":' + b"[" * 21 + b"]" * 21 + b"}", "record.nested"),
    ],
)
def test_the_cause_is_named(line: bytes, code: str) -> None:
    assert refusal(line) == code


def test_depth_is_that_of_lists_and_objects_inside_each_other() -> None:
    most = RECORD_LIMITS.line_nesting
    assert nesting([[1], {"a": [[]]}]) == 4
    assert read_canonical(b"[" * most + b"]" * most)
    assert read_canonical(b"[" + b",".join([b"[]"] * 100) + b"]")


@pytest.mark.parametrize("value", [math.nan, math.inf, 2**53, {1: 2}, "\ud800", {"\ud800": 1}, {1, 2}])
def test_what_has_no_canonical_form_is_not_written(value: Any) -> None:
    with pytest.raises(FaultError):
        canonical_bytes(value)
