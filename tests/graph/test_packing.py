"""What was packed is unpacked as it was, by whichever dictionary or without one."""

import zlib
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import orjson
from hypothesis import given
from hypothesis import strategies as st

from graph.packing import NEWEST, packed, unpacked
from graph.packing.training import trained
from tests.factories.fhir import observation

DIGESTS = {1_000_001: "6862179713e105c313564c9918a26af3b39abae2a9363a142ab80ac318ec40c7"}
"""Of each dictionary that there ever was: texts that were packed with one are lost without it."""


@given(st.binary(max_size=5_000))
def test_a_text_comes_back_as_it_was(text: bytes) -> None:
    assert unpacked(packed(text)) == text


def test_a_text_from_before_there_were_dictionaries_is_read() -> None:
    assert unpacked(zlib.compress(b'{"resourceType":"Patient"}', 1)) == b'{"resourceType":"Patient"}'


def test_no_text_takes_no_bytes() -> None:
    assert packed(b"") == unpacked(b"") == b""


def test_a_resource_takes_less_than_half_of_what_it_takes_by_itself() -> None:
    text = orjson.dumps(observation("Patient/p", id="o"))
    assert len(packed(text)) * 2 < len(zlib.compress(text, 9))


def test_threads_pack_and_unpack_beside_one_another() -> None:
    texts = [orjson.dumps({"resourceType": "Basic", "id": f"b{at}", "text": "x" * at}) for at in range(400)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda text: unpacked(packed(text)), texts)) == texts


def test_every_dictionary_is_as_it_always_was() -> None:
    folder = files("graph.packing")
    names = {each.name for each in folder.iterdir() if each.name.endswith(".dictionary")}
    assert names == {f"{number}.dictionary" for number in DIGESTS}
    for number, digest in DIGESTS.items():
        assert sha256(folder.joinpath(f"{number}.dictionary").read_bytes()).hexdigest() == digest
    assert max(DIGESTS) == NEWEST


def test_a_dictionary_is_made_of_resources_and_of_those_in_bundles(tmp_path: Path) -> None:
    resources = [observation("Patient/p", id=f"o{at}") for at in range(300)]
    (tmp_path / "bundle.json").write_bytes(
        orjson.dumps({"resourceType": "Bundle", "entry": [{"resource": each} for each in resources]})
    )
    (tmp_path / "one.json").write_bytes(orjson.dumps(resources[0]))
    (tmp_path / "other.json").write_bytes(b"[1]")
    assert trained(1_000_002, [tmp_path]) == trained(1_000_002, [tmp_path])
