"""Read the JSON text of a resource strictly, and stamp it without writing it anew (FHIR R4 json.html).

What was received is kept: decimals (`0.10`), the order of members and white space survive. Only `id`,
`meta.versionId`, `meta.lastUpdated` and references that a transaction resolves are replaced, by their span.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cache
from typing import Any, NoReturn, TypeAlias

import orjson

from fhir_profiles.issues import InvalidDocument, Issue
from fhir_profiles.json_places import expression_at, repeated_name
from fhir_profiles.json_spans import TextSpan, first, members, members_of_items, texts, whole_values
from fhir_profiles.nesting import DEEPEST_JSON, is_nested_deeper
from fhir_profiles.validation.structure import elements, kinds

_BEYOND_A_DOUBLE = "infinity"  # as orjson says it of a number
_ESCAPED_COLON = re.compile(rb"\\u003a", re.IGNORECASE)
_LINKS = re.compile(r"""((?:href|src)\s*=\s*(?:\\"|'))([^"'\\]+)""")
_FEW = 16
"""References that are looked for one by one: of more each string of the text is looked at."""
_URI_TYPES = frozenset({"uri", "url", "oid", "uuid"})


def parse(raw: bytes) -> dict[str, Any]:
    """Read one JSON object; raise `InvalidDocument` for anything that JSON or FHIR forbids in a text.

    Refused are: bytes that are not UTF-8, names that occur twice, NaN and Infinity, numbers beyond a double,
    lone surrogates, U+0000, nesting beyond `DEEPEST_JSON`. An integer beyond 64 bits is read as a decimal.
    """
    document = parse_value(raw)
    if not isinstance(document, dict):
        _refuse("the document is not a JSON object")
    return document


def parse_value(raw: bytes) -> Any:
    """Read one JSON object or array; raise `InvalidDocument` as `parse` does."""
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        if _BEYOND_A_DOUBLE in error.msg:
            where = expression_at(error.doc, error.pos)
            raise InvalidDocument(Issue("error", "value", where, "a number is beyond a double")) from None
        _refuse(f"not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}")
    if not isinstance(document, dict | list):
        _refuse("the document is not a JSON object")
    if is_nested_deeper(document):
        _refuse(f"nested more than {DEEPEST_JSON} levels deep")
    if rb"\u0000" in raw:
        _check_texts(document)
    # A name that occurs twice is read once, so a colon is missing; an escaped colon could hide that.
    if _ESCAPED_COLON.search(raw) or raw.count(b":") != orjson.dumps(document).count(b":"):
        _check_names(raw)
    return document


def is_json(raw: bytes) -> bool:
    """Whether a text is JSON at all, be it none that `parse` takes."""
    try:
        orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return _BEYOND_A_DOUBLE in error.msg
    return True


def stamp(
    raw: bytes,
    id: str,
    version_id: str,
    last_updated: str,
    references: Mapping[str, str] | None = None,
) -> bytes:
    """The text of a parsed resource with its id, version and instant of change, otherwise as received.

    `references` maps texts such as `urn:uuid:…` to what they became; each is replaced wherever it stands as a
    reference, a uri or a link in the narrative, and nowhere else.
    """
    text = raw.decode()
    start = first(text)
    edits = list(_metadata_edits(text, start, id, version_id, last_updated))
    if references:
        edits.extend(_reference_edits(text, references, beyond=[span for span, _ in edits]))
    return _replace(text, edits).encode()


def with_meta(raw: bytes, meta: Mapping[str, Any]) -> bytes:
    """The text of a resource that was served with another meta, otherwise as it stands there."""
    text = raw.decode()
    span = dict(members(text, first(text)))["meta"]
    return _replace(text, [(span, orjson.dumps(meta).decode())]).encode()


def entry_resources(raw: bytes) -> tuple[bytes | None, ...]:
    """The texts of the resources in a parsed Bundle, as received, entry by entry; None where one has none."""
    text = raw.decode()
    spans = members_of_items(text, first(text), "entry", "resource")
    return tuple(text[span.start : span.end].encode() if span else None for span in spans)


def _refuse(diagnostics: str) -> NoReturn:
    raise InvalidDocument(Issue("error", "structure", "", diagnostics))


def _check_texts(document: dict[str, Any] | list[Any]) -> None:
    level: list[Any] = [document]
    while level:
        each = level.pop()
        if isinstance(each, dict):
            level.extend(each)
            level.extend(each.values())
        elif isinstance(each, list):
            level.extend(each)
        elif isinstance(each, str) and "\0" in each:
            _refuse("a text contains the character U+0000")


class _RepeatedName(Exception):
    """An object has the same name twice."""


def _check_names(raw: bytes) -> None:
    try:
        json.loads(raw, object_pairs_hook=_unique)
    except _RepeatedName:
        text, where = "the same name occurs twice in an object", repeated_name(raw.decode())
        raise InvalidDocument(Issue("error", "structure", where, text)) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _RepeatedName
    return found


Edit: TypeAlias = tuple[TextSpan, str]


def _metadata_edits(
    text: str, start: int, resource_id: str, version_id: str, last_updated: str
) -> Iterator[Edit]:
    """Replacements for id and meta; what is missing goes behind `resourceType`, or in front of all."""
    found = _found(text, start, ("resourceType", "id", "meta"))
    stamps = {"versionId": version_id, "lastUpdated": last_updated}
    missing = {}
    if "id" in found:
        yield found["id"], json.dumps(resource_id)
    else:
        missing["id"] = json.dumps(resource_id)
    if "meta" in found:
        yield from _object_edits(text, found["meta"].start, stamps)
    else:
        missing["meta"] = json.dumps(stamps, separators=(",", ":"))
    if missing:
        yield _insertion(text, start, found.get("resourceType"), missing)


def _found(text: str, start: int, names: Iterable[str]) -> dict[str, TextSpan]:
    """The members of these names that an object has; its end is not read where all are there before it."""
    wanted = {name for name in names if "\\u" in text or f'"{name}"' in text}
    found: dict[str, TextSpan] = {}
    if wanted:
        for name, span in members(text, start):
            if name in wanted:
                found[name] = span
                if len(found) == len(wanted):
                    break
    return found


def _object_edits(text: str, start: int, values: Mapping[str, str]) -> Iterator[Edit]:
    """Replacements that give an object these members."""
    found = dict(members(text, start))
    for name in values.keys() & found.keys():
        yield found[name], json.dumps(values[name])
    missing = {name: json.dumps(value) for name, value in values.items() if name not in found}
    if missing:
        written = ",".join(f'"{name}":{value}' for name, value in missing.items())
        yield TextSpan(start + 1, start + 1), f"{written}," if found else written


def _insertion(text: str, start: int, behind: TextSpan | None, values: Mapping[str, str]) -> Edit:
    written = ",".join(f'"{name}":{value}' for name, value in values.items())
    if behind:
        return TextSpan(behind.end, behind.end), f",{written}"
    empty = next(members(text, start), None) is None
    return TextSpan(start + 1, start + 1), written if empty else f"{written},"


def _reference_edits(text: str, references: Mapping[str, str], beyond: Iterable[TextSpan]) -> Iterable[Edit]:
    taken = {span.start for span in beyond}
    few = len(references) <= _FEW and "\\" not in text
    plain = _plain_edits(text, references, taken) if few else None
    return _searched_edits(text, references, taken) if plain is None else plain


def _plain_edits(text: str, references: Mapping[str, str], taken: Set[int]) -> list[Edit] | None:
    """The edits where nothing is escaped and each reference is the whole value of a member; else None.

    Most texts are such, and to look for a few references costs a fraction of looking at every string.
    """
    edits: list[Edit] = []
    uris = _uri_members()
    for reference, after in references.items():
        places = whole_values(text, reference)
        if places is None:
            return None
        written = json.dumps(after, ensure_ascii=False)
        edits += [(span, written) for name, span in places if name in uris and span.start not in taken]
    return edits


def _searched_edits(text: str, references: Mapping[str, str], taken: Set[int]) -> Iterator[Edit]:
    """The edits, looked for in every string."""
    uris = _uri_members()
    for member, start, end in texts(text):
        before = text[start:end]
        if member == "div":
            after = _LINKS.sub(lambda match: match[1] + references.get(match[2], match[2]), before)
        elif member in uris and start not in taken:
            after = _rewritten(before, references)
        else:
            continue
        if after != before:
            yield TextSpan(start, end), after


def _rewritten(quoted: str, references: Mapping[str, str]) -> str:
    value = json.loads(quoted) if "\\" in quoted else quoted[1:-1]
    return json.dumps(references[value], ensure_ascii=False) if value in references else quoted


@cache
def _uri_members() -> frozenset[str]:
    """The JSON members that can hold a reference or a uri (not a canonical, which is no address)."""
    every = (element for kind in kinds() for element in elements(kind).values())
    uris = {key for element in every for key, datatype in element.properties() if datatype in _URI_TYPES}
    return frozenset(uris | {"reference"})


def _replace(text: str, edits: Iterable[Edit]) -> str:
    pieces: list[str] = []
    position = 0
    for span, written in sorted(edits, key=lambda edit: edit[0].start):
        pieces += (text[position : span.start], written)
        position = span.end
    pieces.append(text[position:])
    return "".join(pieces)
