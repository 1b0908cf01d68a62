"""A zip that is written as it is sent."""

from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

from app.http.kit.zip_stream import Member, write_zip


def test_what_goes_in_comes_out() -> None:
    members = [Member(f"{number}.bin", 3, [b"a", b"bc"]) for number in range(3)]
    archive = ZipFile(BytesIO(b"".join(write_zip(members))))
    assert archive.testzip() is None
    assert {each.filename: archive.read(each) for each in archive.infolist()} == dict.fromkeys(
        ("0.bin", "1.bin", "2.bin"), b"abc"
    )


def test_no_more_than_a_chunk_waits_and_no_member_is_opened_before_its_turn() -> None:
    opened = []

    def members() -> Iterator[Member]:
        for number in range(3):
            opened.append(number)
            yield Member(f"{number}.bin", 2 << 20, (bytes(1 << 20) for _ in range(2)))

    chunks = write_zip(members())
    assert len(next(chunks)) < (1 << 20) + 1000
    assert opened == [0]
    assert max(map(len, chunks)) < (1 << 20) + 1000


def test_a_member_of_more_than_two_gigabytes_says_so_in_zip64() -> None:
    head = next(write_zip([Member("large", 5 << 30, [b"x"])]))
    assert head[4:6] == b"\x2d\0"  # the version that is needed to extract it: 4.5 (APPNOTE 4.4.3.2)
