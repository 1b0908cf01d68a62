#!/bin/sh
# pydicom 3.0.2: some named codes have a value that their coding scheme does not have, one has none at all.
#
# Expected: pydicom.sr.codedict.codes.LN.NAME is a code of LOINC and codes.SCT.NAME one of SNOMED CT: both have a check
#   digit (Luhn's for LOINC, Verhoeff's for SNOMED CT), and a code value is never empty (PS3.3 section 8.1).
# Happens:  the dictionaries are made from the tables of PS3.16 by a program and were not held against the schemes:
#   six codes of the NCI Thesaurus are under LN, the last digit of one LOINC code is wrong, a SNOMED CT identifier
#   lacks its end, a code of MDC has a blank inside, and one code of LN is the empty string.
# Seen with pydicom 3.0.2:
#   LN  FitzpatrickSkinTypeI             'C74569'     (and II to VI; of NCIt)
#   LN  MainPulmonaryArteryVmax          ''
#   LN  ECGReport                        '11524-0'    (the LOINC code is 11524-6)
#   MDC QtcIntervalPerLead               '2: 33792'
#   SCT SerumAlbuminBelowReferenceRange  '115347700'
# Meaning: a structured report that was written by name has a code that no terminology server knows, or a Type 1 Code
#   Value without a value; a search by code does not find it.
# Way round: check the digit of a code before it is written; leave out what fails.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pydicom==3.0.2
"$work/venv/bin/python" - > "$work/found" <<'PY'
import re

from pydicom.sr._concepts_dict import concepts

STEPS = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]]
for _ in range(6):
    STEPS.append([STEPS[1][each] for each in STEPS[-1]])


def turned(one, other):
    """The product of two elements of the dihedral group of the pentagon."""
    if one < 5:
        return (one + other) % 5 if other < 5 else 5 + (one + other - 5) % 5
    return 5 + (one - 5 - other) % 5 if other < 5 else (one - other) % 5


def verhoeff(digits):
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = turned(check, STEPS[place % 8][int(digit)])
    return check == 0


def luhn(digits):
    doubled = (int(each) * (1 + place % 2) for place, each in enumerate(reversed(digits)))
    return sum(each if each < 10 else each - 9 for each in doubled) % 10 == 0


CHECKS = {
    "LN": lambda code: bool(re.fullmatch(r"\d+-\d", code)) and luhn(code.replace("-", "")),
    "SCT": lambda code: code.isdigit() and verhoeff(code),
    "MDC": lambda code: " " not in code,
}
for scheme, right in CHECKS.items():
    for name, codes in sorted(concepts[scheme].items()):
        for code in codes:
            if not right(code):
                print(scheme, name, repr(code))
PY
cat "$work/found"
cat > "$work/expected" <<'TEXT'
LN ECGReport '11524-0'
LN FitzpatrickSkinTypeI 'C74569'
LN FitzpatrickSkinTypeII 'C74570'
LN FitzpatrickSkinTypeIII 'C74571'
LN FitzpatrickSkinTypeIV 'C74572'
LN FitzpatrickSkinTypeV 'C74573'
LN FitzpatrickSkinTypeVI 'C74574'
LN MainPulmonaryArteryVmax ''
SCT SerumAlbuminBelowReferenceRange '115347700'
MDC QtcIntervalPerLead '2: 33792'
TEXT
cmp -s "$work/expected" "$work/found" || { echo "CHANGED: other codes fail now, or none" >&2; exit 1; }
