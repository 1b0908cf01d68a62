from struct import pack
from typing import Any

import pytest

from app.imaging.store.charsets import DEFAULT
from app.imaging.store.values import READERS, BadValue, Charset


def read(vr: str, raw: bytes, *, little: bool = True) -> list[Any]:
    return READERS[vr](raw, Charset(DEFAULT), little)


GOOD = [
    ("AE", b" SCANNER ", ["SCANNER"]),
    ("CS", b"ORIGINAL\\PRIMARY ", ["ORIGINAL", "PRIMARY"]),
    ("AS", b"045Y", ["045Y"]),
    ("UI", b"1.2.840\0", ["1.2.840"]),
    ("UI", b"1.2 \\1.3\0", ["1.2", "1.3"]),
    ("DA", b"20240229", ["20240229"]),
    ("DA", b"1994.11.05", ["1994.11.05"]),
    ("TM", b"23", ["23"]),
    ("TM", b"11:25:01", ["11:25:01"]),
    ("TM", b"11:25:01.5 ", ["11:25:01.5"]),
    ("TM", b"112501.123456789", ["112501.123456789"]),
    ("TM", b"235960.123456 ", ["235960.123456"]),
    ("DT", b"2024", ["2024"]),
    ("DT", b"20240229235959.1+0900", ["20240229235959.1+0900"]),
    ("DT", b"20240229235959.123456789", ["20240229235959.123456789"]),
    ("LO", b"one\\ two ", ["one", " two"]),
    ("SH", b"padded\0", ["padded"]),
    ("LT", b"not\\split\r\nat all  ", ["not\\split\r\nat all"]),
    ("UR", b"https://example.org/a ", ["https://example.org/a"]),
    ("UC", b"a" * 500, ["a" * 500]),
    ("DS", b" 1.5 \\-2e3\\+.5\\7.", [1.5, -2000.0, 0.5, 7.0]),
    ("IS", b" 12\\-7\\+3 ", [12, -7, 3]),
    ("IS", b"2147483647", [2147483647]),
    ("US", pack("<2H", 1, 65535), [1, 65535]),
    ("SS", pack("<h", -1), [-1]),
    ("UL", pack("<L", 1 << 31), [1 << 31]),
    ("SL", pack("<l", -5), [-5]),
    ("UV", pack("<3Q", 7, 1 << 53, (1 << 53) + 1), [7, 1 << 53, "9007199254740993"]),
    ("UV", pack("<Q", (1 << 64) - 1), ["18446744073709551615"]),
    ("SV", pack("<2q", -(1 << 53), -(1 << 63)), [-(1 << 53), "-9223372036854775808"]),
    ("FL", pack("<f", 1.5), [1.5]),
    ("FD", pack("<2d", 0.1, -2.0), [0.1, -2.0]),
    ("AT", pack("<2H", 0x0010, 0x0020), ["00100020"]),
    ("DS", b"   ", []),
    ("IS", b"", []),
    ("PN", b"  ", []),
]
BAD = [
    ("AE", b"A" * 17),
    ("CS", b"A" * 17),
    ("SH", b"A" * 17),
    ("LO", b"A" * 65),
    ("LO", b"line\nbreak"),
    ("LO", b"bell\x07"),
    ("LO", b"in\0side"),
    ("LT", b"in\0side"),
    ("CS", b"in\0side"),
    ("AS", b"45Y"),
    ("UI", b"1.2.x"),
    ("UI", b"1." * 40 + b"1"),
    ("DA", b"99999999"),
    ("DA", b"20230229"),
    ("DA", b"2024"),
    ("DA", "２０２４0101".encode()),
    ("DA", b"1994-11-05"),
    ("DA", b"1994.02.30"),
    ("TM", b"996061"),
    ("TM", b"10:1500"),
    ("TM", b"101500.1234567890"),
    ("TM", b"1015.5"),
    ("DT", b"20241301"),
    ("DS", b"1,5"),
    ("DS", b"nan"),
    ("DS", b"inf"),
    ("DS", b"1e999"),
    ("DS", b"1_000"),
    ("DS", b"1-2"),
    ("DS", "١".encode()),
    ("IS", b"1.5"),
    ("IS", b"9" * 5_000),
    ("IS", b"2147483648"),
    ("IS", b"1 2"),
    ("US", b"\1"),
    ("FL", pack("<f", float("nan"))),
    ("FD", pack("<d", float("inf"))),
    ("AT", b"\1\0"),
    ("PN", b"a=b=c=d"),
    ("PN", b"a^b^c^d^e^f"),
    ("PN", b"A" * 65),
]


@pytest.mark.parametrize(("vr", "raw", "values"), GOOD)
def test_a_valid_value_is_read(vr: str, raw: bytes, values: list[Any]) -> None:
    assert read(vr, raw) == values


@pytest.mark.parametrize(("vr", "raw"), BAD)
def test_a_value_against_the_rules_is_left_out(vr: str, raw: bytes) -> None:
    with pytest.raises(BadValue) as problem:
        read(vr, raw)
    assert str(problem.value)


def test_numbers_follow_the_byte_order() -> None:
    assert read("US", b"\0\1", little=False) == [1]
    assert read("AT", b"\x00\x10\x00\x20", little=False) == ["00100020"]
    assert read("FD", pack(">d", 2.5), little=False) == [2.5]
