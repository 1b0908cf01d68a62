"""Korean predicates: what is denied behind a verb comes to the verb, `복용하지 않는` is one denied verb.

A verb is `v:<meaning>.<ending>`, a denied one `vn:…`; `없는` is a denied `있는`, `아닌` a denied `인`.
"""

from app.cohorts.plain_words.grammar.patterns import Made, Rule, SignMatch, rule
from app.cohorts.plain_words.scanning.signs import Sign, joined

_DENIED = {"lack": "exist", "notbe": "be"}


def _verb(sign: Sign) -> tuple[str, str]:
    """What a verb means, and its ending."""
    meaning, _, ending = (sign.detail_of("v") or sign.detail_of("vn") or "").partition(".")
    return meaning, ending


def _made(found: SignMatch, first: Sign, last: Sign, *, denied: bool) -> Made:
    meaning, _ = _verb(first)
    _, ending = _verb(last)
    if meaning in _DENIED:
        meaning, denied = _DENIED[meaning], not denied
    return joined(f"{'vn' if denied else 'v'}:{meaning}.{ending}", found.signs)


def _not_done(found: SignMatch) -> Made:
    return _made(found, found.signs[0], found.signs[-1], denied=True)


def _with_last_ending(found: SignMatch) -> Made:
    return _made(found, found.signs[0], found.signs[-1], denied=found.signs[0].has("vn"))


def _denied(found: SignMatch) -> Made:
    """What denies by itself: 없는, 아닌."""
    verb = found.signs[-1]
    return _made(found, verb, verb, denied=False)


def _never_so(found: SignMatch) -> Made:
    """`2를 넘은 적이 없는`: no result is so, which is not that one is otherwise."""
    *before, last = (each for each in found.signs if not each.has("exp"))
    kept = [
        each for each in before if not each.has("v:be") and (each.detail_of("v") or "").split(".")[0] != "be"
    ]
    return (*kept, Sign((f"vn:exist.{_verb(last)[1]}",), found.named["a"][0].end, last.end))


def _current(found: SignMatch) -> Made:
    """`복용 중인`: what is done at present."""
    what, during, *verb = found.signs
    said = what.read_as(f"role:{what.detail_of('role')}")
    return (said, during.read_as("current"), *(verb or [Sign(("v:be.fin",), during.end, during.end)]))


def _there(found: SignMatch) -> Made:
    """`입원 중인 폐렴 환자`: they are there, and nothing is said of when the other began."""
    stay, during, verb = found.signs
    return (stay, during.read_as("current"), verb)


def _had(found: SignMatch) -> Made:
    """`항암치료 중인 폐암 환자`: nothing is said of when the disease began."""
    return (*found.named["what"], *found.named["verb"])


RULES: tuple[Rule, ...] = (
    rule("(v.ji | vn.ji) v:not", _not_done),
    rule("{a:(v:exceed.adn | v:high.adn | v:low.adn | v:less.adn)} exp v:lack", _never_so),
    rule("(sfx | cmp) {a:v:be.adn} exp v:lack", _never_so),
    rule("(v.adn | vn.adn) exp v:lack", _not_done),
    rule("(v.adn | vn.adn) exp v:exist", _with_last_ending),
    rule("exp v:lack", lambda found: joined(f"vn:exist.{_verb(found.signs[1])[1]}", found.signs)),
    rule("exp v:exist", lambda found: joined(f"v:exist.{_verb(found.signs[1])[1]}", found.signs)),
    rule("(v.and | vn.and) v:exist", _with_last_ending),
    rule("neg v", lambda found: _made(found, found.signs[1], found.signs[1], denied=True)),
    rule("v:lack", _denied),
    rule("v:notbe", _denied),
    rule("role during v:be", _current),
    rule("ent:encounter during v:be.adn", _there),
    rule("{what:ent:procedure} during {verb:v:be.adn} (?= ent:condition)", _had),
    rule("role during (?= ($ | comma | stop | semi | subj | and | or))", _current),
)
"""Rules that make one verb of a verb and what denies or lengthens it."""
