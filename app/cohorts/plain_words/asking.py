"""The use case: a question in plain words becomes a cohort question, or is refused.

Nothing is asked of records but which codes they carry, and nothing is guessed in silence: whatever is assumed
is told with its alternatives, each of them a question of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from app.cohorts.answers.disclosure import is_pseudonymous
from app.cohorts.plain_words.answer import (
    YEARS_ONLY,
    PlainWordsReader,
    QuestionRead,
    Reason,
    as_reason,
    is_well_formed,
)
from app.cohorts.plain_words.asked import LANGUAGES, AskedWords, read_asked
from app.cohorts.plain_words.grammar.choices import Ambiguity, Bilingual
from app.cohorts.plain_words.grammar.understanding import ScannedQuestion, is_korean
from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.lexicon.rows import LexiconCoding, LexiconRow
from app.cohorts.plain_words.linking.coding import (
    MOST_CODES,
    CodeLinker,
    HeldCode,
    HeldCodes,
    Inclusions,
    JsonObject,
)
from app.cohorts.plain_words.linking.further import FurtherNames, NameTables
from app.cohorts.plain_words.linking.holding import ELEMENTS, StoreHolding
from app.cohorts.plain_words.linking.sources import RecordNames, TerminologyNames
from app.cohorts.plain_words.placing import Placed
from app.cohorts.plain_words.proposing.proposing import Proposer
from app.cohorts.plain_words.proposing.relinking import KnownNames
from app.cohorts.plain_words.proposing.service import OutsideWords
from app.cohorts.plain_words.restating.naming import LexiconNames
from app.cohorts.plain_words.restating.reading import question_in
from app.cohorts.plain_words.restating.writing import question_words
from app.cohorts.plain_words.scanning.vocabulary import shipped_words
from app.security.policy import COUNTED
from app.site import Sites
from graph import clock
from graph.scope import AccessScope
from graph.terminology.concepts import ConceptStore
from graph.vocabulary.carried import CarriedCodeStore

ASK = "cohort.query"


@dataclass(frozen=True, slots=True)
class RecordVocabularies:
    """The codes of records: all of a caller's, and for who sees pseudonyms only what many patients share."""

    every: CarriedCodeStore
    common: CarriedCodeStore

    def of(self, scope: AccessScope) -> CarriedCodeStore:
        """What a caller may be told of."""
        return self.common if is_pseudonymous(scope) else self.every


class PlainWords:
    """Reads questions in English and Korean; `outside` None: nobody proposes any."""

    def __init__(
        self,
        sites: Sites,
        vocabularies: RecordVocabularies,
        concepts: ConceptStore,
        outside: OutsideWords | None = None,
    ) -> None:
        self._sites = sites
        self._vocabularies = vocabularies
        self._concepts = concepts
        self._outside = outside

    def prepare(self) -> None:
        """Read the tables of words now, which the first question would wait for."""
        shipped_words()
        _ = self._inclusions, self._names, self._tables

    def ask(self, scope: AccessScope, raw: Any, now: int | None = None) -> JsonObject:
        """What a question in plain words asks, as JSON; `now` in µs since the epoch, None is this moment.

        Raises `Invalid` with the JSONPath of what is wrong with the request, `Forbidden`, and `Unavailable`
        while the words of the records are not gathered.
        """
        scope.require(ASK, COUNTED[ASK])
        asked = read_asked(raw)
        caller = self._caller(scope, asked.day or self._sites.day(scope, clock.now() if now is None else now))
        answer = self._read(caller, asked)
        if asked.propose:
            proposer = Proposer(
                self._outside, self._known, caller.reader.linker, caller.sources, caller.reader.by_year
            )
            answer["proposal"] = proposer.proposal(asked.text, caller.reader.day, answer["question"])
        return answer

    def _read(self, caller: "_Caller", asked: AskedWords) -> JsonObject:
        if not asked.text.strip():
            return _empty(asked)
        restated = self._restated(asked.text, caller.reader)
        if restated is not None:
            return _again(asked, restated, caller)
        korean = None if asked.language is None else asked.language == "ko"
        return self._answer(caller, caller.reader.scanned(asked.text, korean=korean), asked)

    def _answer(self, caller: "_Caller", scanned: ScannedQuestion, asked: AskedWords) -> JsonObject:
        reader = caller.reader
        read = reader.read(scanned, asked.choices)
        placed = Placed(asked.text, scanned, read)
        language = asked.language or ("ko" if scanned.korean else "en")
        reasons = [as_reason(each, scanned.text.places) for each in read.reasons]
        if read.question is None:
            refused = _refused(language, reasons, placed.left(self._tables.suggested), placed.spans())
            if any(each.code == YEARS_ONLY for each in read.reasons):
                refused["assumptions"] = _assumptions(reader, scanned, read, placed)
            return refused
        cut = caller.cut(read.question)
        return {
            "question": read.question,
            "restatement": _restatement(read.question),
            "language": language,
            "notUnderstood": placed.left(),
            "spans": placed.spans(),
            "assumptions": _assumptions(reader, scanned, read, placed),
            "verdict": "partial" if cut else read.verdict,
            "reasons": [*reasons, *cut],
        }

    def _restated(self, text: str, reader: PlainWordsReader) -> JsonObject | None:
        """The question of which a text is the restatement; None where it is none."""
        found = question_in(text, self._names, reader.linker)
        return found if found is not None and is_well_formed(found, reader.day) else None

    @cached_property
    def _inclusions(self) -> Inclusions:
        return Inclusions(Lexicon.shipped())

    @cached_property
    def _names(self) -> LexiconNames:
        return LexiconNames(Lexicon.shipped())

    @cached_property
    def _tables(self) -> NameTables:
        return NameTables.of(Lexicon.shipped())

    @cached_property
    def _known(self) -> KnownNames:
        return KnownNames(Lexicon.shipped())

    def _caller(self, scope: AccessScope, day: date) -> "_Caller":
        """What a question of a caller is read with."""
        store = self._vocabularies.of(scope)
        holding = _Noting(
            StoreHolding(store, scope, self._inclusions.lexicon), lambda kind: _is_cut(store, scope, kind)
        )
        sources = (RecordNames(store, scope), TerminologyNames(self._concepts, store, scope))
        finds = FurtherNames(self._tables, sources).words
        linker = CodeLinker(self._inclusions, holding)
        reader = PlainWordsReader(shipped_words(), linker, day, finds, is_pseudonymous(scope))
        return _Caller(reader, sources, holding)


class _Noting:
    """What the store holds, and whether it may hold more of what was looked for than is known."""

    def __init__(self, held: HeldCodes, is_cut: Callable[[str], bool]) -> None:
        self._held = held
        self._is_cut = is_cut
        self.cut = False

    def of(
        self, rows: Sequence[LexiconRow], codings: Sequence[LexiconCoding], kind: str
    ) -> Sequence[HeldCode]:
        """The codes that are held."""
        self.cut = self.cut or self._is_cut(kind)
        return self._held.of(rows, codings, kind)


def _is_cut(store: CarriedCodeStore, scope: AccessScope, kind: str) -> bool:
    return any(store.is_cut(scope, element) for element in ELEMENTS.get(kind, ()))


@dataclass(frozen=True, slots=True)
class _Caller:
    """What the question of one caller is read with."""

    reader: PlainWordsReader
    sources: tuple[RecordNames, TerminologyNames]
    holding: _Noting

    def cut(self, question: JsonObject) -> list[JsonObject]:
        """What of codes may be missing in a question, as reasons."""
        sets: Mapping[str, JsonObject] = question.get("conceptSets", {})
        full = any(len(each["include"]) >= MOST_CODES for each in sets.values())
        codes = ["codes-cut"] * full + ["words-cut"] * self.holding.cut
        return [as_reason(Reason(each), ()) for each in codes]


def _empty(asked: AskedWords) -> JsonObject:
    language = asked.language or "en"
    return _refused(language, [as_reason(Reason("empty"), ())], [], [])


def _refused(
    language: str, reasons: Sequence[JsonObject], left: Sequence[JsonObject], spans: Sequence[JsonObject]
) -> JsonObject:
    return {
        "question": None,
        "restatement": None,
        "language": language,
        "notUnderstood": list(left),
        "spans": list(spans),
        "assumptions": [],
        "verdict": "refused",
        "reasons": list(reasons),
    }


def _again(asked: AskedWords, question: JsonObject, caller: "_Caller") -> JsonObject:
    """The answer to a restatement."""
    language = asked.language or ("ko" if is_korean(asked.text) else "en")
    of_years = caller.reader.of_years(question)
    told = [as_reason(of_years, ())] if of_years else []
    if of_years and of_years.code == YEARS_ONLY:
        return _refused(language, told, [], [])
    cut = caller.cut(question)
    return {
        "question": question,
        "restatement": _restatement(question),
        "language": language,
        "notUnderstood": [],
        "spans": [],
        "assumptions": [],
        "verdict": "partial" if cut else "assumed" if told else "exact",
        "reasons": [*told, *cut],
    }


def _restatement(question: JsonObject) -> JsonObject:
    return {language: question_words(question, language) for language in LANGUAGES}


def _assumptions(
    reader: PlainWordsReader, scanned: ScannedQuestion, read: QuestionRead, placed: Placed
) -> list[JsonObject]:
    return [
        {
            "id": doubt.id,
            "field": placed.field(doubt),
            "span": placed.words_of(doubt),
            "why": _told(doubt.why),
            "chosen": {"id": doubt.chosen, "label": _told(_label(doubt, doubt.chosen))},
            "alternatives": [
                {"id": each.id, "label": _told(each.label), "question": question} for each, question in others
            ],
        }
        for doubt, others in reader.alternatives(scanned, read)
    ]


def _label(doubt: Ambiguity, name: str) -> Bilingual:
    return next(each.label for each in doubt.ways if each.id == name)


def _told(text: Bilingual) -> JsonObject:
    return {"en": text.en, "ko": text.ko}
