"""What a name in a record is a case of, and which words stand in it."""

import re
from collections.abc import Iterator

_BEFORE = re.compile(
    r"^(?:(?:acute|chronic|severe|mild|moderate|recurrent|unspecified|primary|essential|bilateral|left|right|"
    r"(?:community|hospital)[ -]acquired|bacterial|viral|symptomatic|uncontrolled|refractory|advanced|early|"
    r"late|active|primary malignant) )+"
)
_BEHIND = re.compile(
    r"(?:,| with | due to | caused by | associated with | secondary to | stage | type | grade | class |"
    r" nos\b| nec\b| unspecified| not otherwise | without | in remission| of unspecified| complicating |"
    r" - | \().*$"
)


def bare(text: str) -> str:
    """A name without what says of which kind it is: `osteosarcoma of bone (disorder)`."""
    return text.rpartition(" (")[0] if text.endswith(")") and " (" in text else text


def heads(text: str) -> Iterator[str]:
    """What a folded name is a case of: itself, and itself without what says more of it.

    `acute heart failure with reduced ejection fraction (disorder)` is one of heart failure, too; what stands
    before is cut only where it names no other thing, so pulmonary hypertension is no hypertension.
    """
    for each in (text, bare(text)):
        yield each
        yield _BEFORE.sub("", each)
        cut = _BEHIND.sub("", each)
        if cut and " history" not in each and "history of" not in each:
            yield cut
            yield _BEFORE.sub("", cut)


def holds(text: str, word: str) -> bool:
    """Whether one or more words stand in a text as words of their own; Korean within others, too."""
    at = text.find(word)
    while at >= 0:
        before, behind = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
        if not (before.isascii() and before.isalnum()) and not (behind.isascii() and behind.isalnum()):
            return True
        at = text.find(word, at + 1)
    return False
