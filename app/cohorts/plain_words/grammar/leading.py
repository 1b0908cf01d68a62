"""Gives a period that leads a sentence to all that it tells: `Since 2025: a CT or an MRI, but no PET`."""

from app.cohorts.plain_words.grammar.choices import Alternative, Bilingual
from app.cohorts.plain_words.grammar.doubts import WINDOW
from app.cohorts.plain_words.grammar.facts import Fact, PersonFact
from app.cohorts.plain_words.grammar.settlement import named
from app.cohorts.plain_words.grammar.telling import TIMED, Telling
from app.cohorts.plain_words.scanning.signs import Sign

_LASTING = ("condition", "state", "word", "allergen", "family", "device")
_DONE = ("dx", "develop", "suffer")


def settle_leading(told: Telling) -> None:
    """Give each period that leads a sentence to what happened in it, else to what is known in it."""
    for sentence, sign in told.leading:
        entries = told.in_sentence(sentence)
        dead = [each.told for each in entries if isinstance(each.told, PersonFact) and _is_death(each.told)]
        facts = [each.told for each in entries if isinstance(each.told, Fact) and each.told.kind in TIMED]
        free = [each for each in facts if not each.windows]
        happened = [each for each in free if each.kind not in _LASTING or each.role in _DONE]
        given = happened or ([] if dead else free)
        if not given and not dead:
            told.used = [each for each in told.used if each is not sign]
            told.unused.append(sign)
            continue
        for each in dead:
            each.windows.append(sign.value)
            each.signs.append(sign)
        _give(told, given, sign)


def _give(told: Telling, given: list[Fact], sign: Sign) -> None:
    """Give facts a period; of several it may be meant for one alone."""
    if given[1:]:
        ways = [Alternative("all", Bilingual("all of them", "모두"))]
        ways += [Alternative(f"only-{at}", named([each])) for at, each in enumerate(given)]
        chosen = told.choices.pick("window", sign.start, WINDOW, ways)
        given = given if chosen == "all" else [given[int(chosen[5:])]]
    for each in given:
        each.windows.append(sign.value)
        each.signs.append(sign)


def _is_death(told: PersonFact) -> bool:
    return told.kind == "deceased" and told.value == "true"
