#!/bin/sh
# hl7apy 1.3.5: a message that is read and written has its line breaks escaped into text.
#
# Expected: \.br\, \.sp2\, \X0D\ and the like are escape sequences of formatted text (HL7 v2.5.1, 2.7); what a parser
#   reads and writes again without a change is the same message.
# Happens:  the escapes of one letter (\F\ \S\ \T\ \R\ \E\ \H\ \N\) are kept, the backslashes of \.br\ and the other
#   commands with a dot, and of \X..\, are taken for characters and become \E\: text from then on.
# Seen with hl7apy 1.3.5 and, beside it, hl7 0.4.5 (read, then written; OBX-5 of type FT):
#   read:     Heart\.br\\H\enlarged\N\ 5\T\6\X0D\end
#   hl7apy:   Heart\E\.br\E\\H\enlarged\N\ 5\T\6\E\X0D\E\end
#   hl7:      as read
# Meaning: an interface that forwards reports through it delivers one paragraph with "\.br\" printed in it, where lines
#   separated findings from one another, or the values of a table.
# Way round: forward the bytes that came, and parse only to look.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check hl7apy==1.3.5 hl7==0.4.5
"$work/venv/bin/python" -W ignore - <<'PY'
import hl7
from hl7apy.parser import parse_message

text = r"Heart\.br\\H\enlarged\N\ 5\T\6\X0D\end"
message = ("MSH|^~\\&|A|B|C|D|20260101120000||ORU^R01^ORU_R01|1|P|2.5.1\r"
           f"OBX|1|FT|18782-3^Study observation^LN||{text}||||||F")
seen = [parse_message(message, find_groups=False).obx.obx_5.to_er7(), str(hl7.parse(message).segment("OBX")[5])]
for name, written in zip(("hl7apy", "hl7"), seen):
    print(f"{name}: {written}")
stated = [r"Heart\E\.br\E\\H\enlarged\N\ 5\T\6\E\X0D\E\end", text]
raise SystemExit(None if seen == stated else "CHANGED: escape sequences are written differently now")
PY
