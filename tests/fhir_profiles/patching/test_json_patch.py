"""JSON Patch on texts: the rules of RFC 6902, and not a byte beside what is patched."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_profiles.issues import InvalidDocument
from fhir_profiles.patching.json_patch import read_json_patch
from fhir_profiles.patching.patches import MOST_OPERATIONS, TooMuchToPatch, UnfitPatch
from tests.strategies.json_texts import CHARACTERS

TEXT = '{ "a" : 1.50,\r\n "b":["x", {"c" : "\\u00e4"} ,3], "m~n":{"o/p":null}, "d":{"e":"f"} }'


def patched(*operations: dict[str, Any], text: str = TEXT) -> str:
    return read_json_patch(json.dumps(operations).encode()).applied(text)


def op(name: str, path: str, **more: Any) -> dict[str, Any]:
    return {"op": name, "path": path, **{key.rstrip("_"): value for key, value in more.items()}}


@pytest.mark.parametrize(
    ("operation", "before", "after"),
    [
        (op("replace", "/a", value=2), "1.50", "2"),
        (op("replace", "/b/1/c", value="y"), '"\\u00e4"', '"y"'),
        (op("add", "/g", value=[True]), '{"e":"f"} }', '{"e":"f"},"g":[true] }'.replace("[true]", "[true]")),
        (op("add", "/a", value=7), "1.50", "7"),
        (op("add", "/b/0", value="w"), '["x"', '["w","x"'),
        (op("add", "/b/-", value=4), ",3]", ",3,4]"),
        (op("add", "/b/3", value=4), ",3]", ",3,4]"),
        (op("add", "/m~0n/o~1p", value=0), "null", "0"),
        (op("remove", "/a"), '"a" : 1.50,\r\n ', ""),
        (op("remove", "/b/0"), '"x", ', ""),
        (op("remove", "/b/2"), " ,3]", " ]".replace(" ]", "]")),
        (op("remove", "/d"), ', "d":{"e":"f"}', ""),
        (op("copy", "/d/z", from_="/a"), '"f"}', '"f","z":1.50}'),
        (op("move", "/d/z", from_="/a"), None, '"d":{"e":"f","z":1.50}'),
        (op("test", "/a", value=1.5), "", ""),
        (op("test", "/b", value=["x", {"c": "ä"}, 3.0]), "", ""),
    ],
)
def test_an_operation_changes_its_place_and_nothing_else(
    operation: dict[str, Any], before: str | None, after: str
) -> None:
    done = patched(operation)

    assert done == TEXT.replace(before, after, 1) if before is not None else after in done


def test_what_a_removal_leaves_empty_goes_with_it() -> None:
    assert patched(op("remove", "/d/e")) == TEXT.replace(', "d":{"e":"f"}', "")
    assert patched(op("remove", "/n/0/g/0"), text='{"n":[{"g":["x"]}],"o":1}') == '{"o":1}'
    assert patched(op("remove", "/n/0"), op("add", "/n/-", value=2), text='{"n":[1]}') == '{"n":[2]}'


def test_the_whole_may_become_anything_which_others_judge() -> None:
    assert patched(op("remove", "/d"), op("replace", "", value=None)) == "null"
    assert patched(op("move", "", from_="/d")) == '{"e":"f"}'


def test_a_value_stays_as_it_was_sent() -> None:
    sent = b'[{"op":"replace","path":"/a","value": 1.500e0 },{"op":"add","path":"/g","value":"\\u00e4"}]'

    done = read_json_patch(sent).applied(TEXT)

    assert '"a" : 1.500e0,' in done
    assert '"g":"\\u00e4"' in done


@pytest.mark.parametrize(
    "operation",
    [
        op("test", "/a", value="1.50"),
        op("test", "/a", value=True),
        op("test", "/d", value={"e": "f", "g": 1}),
        op("test", "/nothing", value=1),
        op("replace", "/nothing", value=1),
        op("remove", "/b/3"),
        op("remove", "/b/01"),
        op("remove", "/b/-"),
        op("remove", ""),
        op("add", "/b/4", value=1),
        op("add", "/b/x", value=1),
        op("add", "/a/x", value=1),
        op("add", "/nothing/x", value=1),
        op("copy", "/z", from_="/nothing"),
    ],
)
def test_what_does_not_fit_is_named_by_its_place_in_the_patch(operation: dict[str, Any]) -> None:
    with pytest.raises(UnfitPatch) as refused:
        patched(op("replace", "/a", value=0), operation)

    assert refused.value.issues[0].expression == "patch[1]"


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ({}, ""),
        ([1], "patch[0].op"),
        ([op("grow", "/a")], "patch[0].op"),
        ([{"op": "remove"}], "patch[0].path"),
        ([op("remove", "a")], "patch[0].path"),
        ([op("remove", "/a~2")], "patch[0].path"),
        ([op("add", "/a")], "patch[0].value"),
        ([op("remove", "/a"), op("copy", "/a")], "patch[1].from"),
        ([op("move", "/d/e", from_="/d")], "patch[0].path"),
    ],
)
def test_what_is_no_patch_is_refused(sent: Any, place: str) -> None:
    with pytest.raises(InvalidDocument) as refused:
        read_json_patch(json.dumps(sent).encode())

    assert refused.value.issues[0].expression == place


def test_copies_of_copies_end() -> None:
    doubling = [op("copy", f"/x{n}", from_="") for n in range(60)]

    with pytest.raises(TooMuchToPatch):
        patched(*doubling)
    with pytest.raises(TooMuchToPatch):
        patched(*[op("test", "/a", value=1.5)] * (MOST_OPERATIONS + 1))


TEXTS = st.text(CHARACTERS, max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4), st.data())
def test_adding_and_removing_is_as_with_objects(document: dict[str, Any], data: st.DataObject) -> None:
    name, value = data.draw(st.sampled_from(sorted(document))), data.draw(VALUES)
    path = "/" + name.replace("~", "~0").replace("/", "~1")
    text = json.dumps(document)

    added = json.loads(patched(op("add", path + "x", value=value), text=text))
    replaced = json.loads(patched(op("replace", path, value=value), text=text))

    assert added == {**document, name + "x": value}
    assert replaced == {**document, name: value}
