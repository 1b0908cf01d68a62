"""Korean wordings that say what plainer ones do: lists with middle dots, what is no matter, what was read."""

from collections.abc import Sequence

from app.cohorts.plain_words.grammar.patterns import Made, Rule, SignMatch, rule
from app.cohorts.plain_words.scanning.folding import FoldedText
from app.cohorts.plain_words.scanning.signs import THING, UNKNOWN, Sign, joined

READ = "read"
"""What says that a report tells what stands before it: 판독된."""
_DOTS = "·‧∙・ㆍ"
_LISTED = (THING, "row", UNKNOWN)


def with_dots_as_commas(signs: Sequence[Sign], text: FoldedText) -> list[Sign]:
    """The signs with commas for the dots between things that nothing else parts: 와파린·헤파린.

    A dot with a space beside it marks an item of a list, and parts as a line does.
    """
    found = list(signs)
    for at, sign in enumerate(signs[1:-1], 1):
        if sign.kind == "semi" and text.asked[text.places[sign.start]] in _DOTS:
            beside = (signs[at - 1], signs[at + 1])
            spaced = any(map(str.isspace, text.text[sign.start - 1 : sign.end + 1]))
            if not spaced and all(any(each.has(kind) for kind in _LISTED) for each in beside):
                found[at] = sign.read_as("comma")
    return found


def _no_matter(found: SignMatch) -> Made:
    """`조영 여부 무관`: nothing is asked of contrast."""
    return joined("past", found.signs)


def _done_or_not(found: SignMatch) -> Made:
    """`스타틴 복용 여부와 상관없이`: nothing is asked of the drug; `수술 여부와 상관없이`: of operations."""
    *thing, role, no_matter = found.signs
    if thing:
        return (*thing, joined(no_matter.symbol, (role, no_matter)))
    return joined("past", found.signs)


def _exposed(found: SignMatch) -> Made:
    """`스타틴에 노출된`: of drugs, that they were taken."""
    *drugs, exposed = found.signs
    return (*drugs, exposed.read_as("role:take"))


def _read(found: SignMatch) -> Made:
    """`폐색전증 의심으로 판독된`: what a report tells, and no report of its own."""
    *before, report, verb = found.signs
    return (*before, report.read_as("role:mention", READ), verb)


_TOLD = "(ent:condition | ent:word | ver | role:mention | noun:cond | v.fin | vn.fin)"
RULES: tuple[Rule, ...] = (
    rule("contrast ((or | and | comma | slash | semi)+ contrast)* noreq", _no_matter),
    rule("(ent | row)? role noreq", _done_or_not),
    rule("ent:drug ((or | and | comma | slash)+ ent:drug)* exposed", _exposed),
    rule(f"{_TOLD} row:DiagnosticReport (v:become.adn | v:become.and)", _read),
)
"""Rules that come before all that read names and times."""
