import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.charset import convert_encodings, decode_bytes, python_encoding

from app.imaging.store.charsets import DEFAULT, NAME_DELIMITERS, TEXT_DELIMITERS, codecs_of, decode

KOREAN = ("", "ISO 2022 IR 149")
JAPANESE = ("ISO 2022 IR 13", "ISO 2022 IR 87")

EXAMPLES = [  # PS3.5 annexes H to K
    (("ISO_IR 100",), b"Buc^J\xe9r\xf4me", "Buc^Jérôme"),
    (("ISO_IR 144",), b"\xbb\xee\xda\xe1\xd5\xdc\xd1\xe3\xe0\xd3", "Люксембург"),
    (("ISO_IR 192",), "Wang^XiaoDong=王^小東".encode(), "Wang^XiaoDong=王^小東"),
    (("GB18030",), "Wang^XiaoDong=王^小东".encode("gb18030"), "Wang^XiaoDong=王^小东"),
    (("ISO_IR 13",), b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3", "ﾔﾏﾀﾞ^ﾀﾛｳ"),
    (
        KOREAN,
        b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
        "Hong^Gildong=洪^吉洞=홍^길동",
    ),
    (
        ("", "ISO 2022 IR 58"),
        b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab=",
        "Zhang^XiaoDong=张^小东=",
    ),
    (
        JAPANESE,
        b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J",
        "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎",
    ),
]


@pytest.mark.parametrize(("terms", "raw", "text"), EXAMPLES)
def test_the_examples_of_the_standard_are_read(terms: tuple[str, ...], raw: bytes, text: str) -> None:
    codecs, known = codecs_of(terms)
    assert known
    assert decode(raw, codecs, NAME_DELIMITERS) == (text, True)


EXTENSIONS = [  # PS3.3 tables C.12-3 and C.12-4: each code extension by its escape sequence, after ASCII
    ("100", b"\x1b-A\xe9", "é"),
    ("101", b"\x1b-B\xb3", "ł"),
    ("109", b"\x1b-C\xb1", "ħ"),
    ("110", b"\x1b-D\xb3", "ŗ"),
    ("144", b"\x1b-L\xc4\xd8", "Фи"),
    ("127", b"\x1b-G\xe2\xc8\xc7", "قبا"),
    ("126", b"\x1b-F\xc4\xe9\xef", "Διο"),
    ("138", b"\x1b-H\xf9\xf8\xe5", "שרו"),
    ("148", b"\x1b-M\xc7a\xf0", "Çağ"),
    ("203", b"\x1b-b\xa4\xbd", "€œ"),
    ("166", b"\x1b-T\xb9\xd2\xc1", "นาม"),
    ("13", b"\x1b)I\xd4\xcf\xc0\xde", "ﾔﾏﾀﾞ"),
    ("87", b"\x1b$B;3ED\x1b(B", "山田"),
    ("159", b"\x1b$(D0l\x1b(B", "佒"),
    ("149", b"\x1b$)C\xb1\xe8\xc8\xf1\xc1\xdf", "김희중"),
    ("58", b"\x1b$)A\xd5\xc5", "张"),
]


@pytest.mark.parametrize(("number", "raw", "text"), EXTENSIONS, ids=[number for number, *_ in EXTENSIONS])
def test_every_code_extension_is_read_and_ends_at_a_delimiter(number: str, raw: bytes, text: str) -> None:
    codecs, known = codecs_of(("", f"ISO 2022 IR {number}"))
    assert known
    assert decode(b"Abc^" + raw + b"^Def", codecs, NAME_DELIMITERS) == (f"Abc^{text}^Def", True)


@pytest.mark.parametrize("term", ["ISO 2022 IR 58", "ISO 2022 58"])
def test_lines_of_chinese_are_read(term: str) -> None:
    codecs, _ = codecs_of(("", term))
    lines = [b"1.\x1b$)A\xb5\xda\xd2\xbb\xd0\xd0\xce\xc4\xd7\xd6\xa1\xa3", b"2.\x1b$)A\xb5\xda\xb6\xfe"]
    assert decode(b"\r\n".join(lines), codecs, TEXT_DELIMITERS) == ("1.第一行文字。\r\n2.第二", True)


def test_the_latin_alphabet_with_the_euro_sign_stands_alone_too() -> None:
    codecs, known = codecs_of(("ISO_IR 203",))
    assert known
    assert decode(b"\xa4\xbc", codecs, TEXT_DELIMITERS) == ("€Œ", True)


@given(
    st.sampled_from([("ISO_IR 192",), ("ISO_IR 100",), KOREAN, JAPANESE, ("GBK",), ("",)]),
    st.binary(max_size=60),
)
def test_any_bytes_become_text_that_can_be_stored(terms: tuple[str, ...], raw: bytes) -> None:
    codecs, _ = codecs_of(terms)
    text, _ = decode(raw, codecs, TEXT_DELIMITERS)
    assert text.encode("utf-8").decode("utf-8") == text


def test_bytes_that_are_no_text_are_replaced_and_told() -> None:
    assert decode(b"a\xff\xfeb", ("UTF8",), TEXT_DELIMITERS) == ("a\ufffd\ufffdb", False)
    text, valid = decode(b"a\x1b$)C\xff", ("euc_kr",), TEXT_DELIMITERS)
    assert (text[0], valid) == ("a", False)


def test_an_escape_sequence_that_was_not_announced_does_not_change_the_set() -> None:
    text, valid = decode(b"\x1b$)C\xb1\xe6", DEFAULT, TEXT_DELIMITERS)
    assert "길" not in text
    assert not valid


def test_a_delimiter_brings_the_first_set_back() -> None:
    codecs, _ = codecs_of(("ISO 2022 IR 100", "ISO 2022 IR 149"))
    assert decode(b"\x1b$)C\xb1\xe6^\xe9", codecs, NAME_DELIMITERS) == ("길^é", True)


@pytest.mark.parametrize("term", ["unicode_escape", "punycode", "utf-7", "idna", "no such set", "UTF-16"])
def test_no_term_of_a_file_chooses_a_codec_outside_the_standard(term: str) -> None:
    assert codecs_of((term,)) == (DEFAULT, False)


@pytest.mark.parametrize(
    "terms", [("ISO-IR 100",), ("ISO IR 144",), ("ISO_2022_IR_149",), ("ISO_IR 192", "ISO 2022 IR 149")]
)
def test_terms_are_understood_as_pydicom_does(terms: tuple[str, ...]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert list(codecs_of(terms)[0]) == convert_encodings(list(terms))


@given(st.sampled_from(sorted(python_encoding)), st.text(max_size=20))
def test_what_a_set_can_say_is_read_as_pydicom_does(term: str, text: str) -> None:
    codecs, _ = codecs_of((term,))
    raw = text.encode(codecs[0], "ignore")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = decode_bytes(raw, convert_encodings([term]), {0x0D, 0x0A, 0x09, 0x0C, 0x5C})
    assert decode(raw, codecs, TEXT_DELIMITERS)[0] == expected
