"""An answer to a cohort question over HTTP, in the form that the question and Accept agree on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response

from app.cohorts.answers.answering import Cohorts
from app.cohorts.answers.files.whole import WholeAnswers, WholeFile, WholeQuestion
from app.cohorts.language.question import AnswerFormat
from app.http.kit.json_answers import plain_json
from app.http.kit.negotiation import MediaType, choose, media_type, parse_accept, weigh
from graph.errors import Invalid
from graph.scope import AccessScope

MEDIA: Mapping[AnswerFormat, MediaType] = {
    AnswerFormat.TABLE: media_type("application/json"),
    AnswerFormat.CSV: media_type("text/csv", charset="utf-8", header="present"),
    AnswerFormat.NDJSON: media_type("application/x-ndjson"),
    AnswerFormat.PARQUET: media_type("application/vnd.apache.parquet"),
    AnswerFormat.BUNDLE: media_type("application/fhir+json"),
}
ARCHIVE = media_type("application/zip")
TABULAR = (AnswerFormat.CSV, AnswerFormat.NDJSON, AnswerFormat.PARQUET)
_FORMS = {str(each): form for form, each in MEDIA.items()}


@dataclass(frozen=True, slots=True)
class WantedForm:
    """How an answer is wanted: the Accept header, and the one table of it; None where nobody said so."""

    accept: str | None
    table: str | None

    @property
    def accepts_archive(self) -> bool:
        """Whether a zip of all tables would do."""
        return weigh(parse_accept(self.accept), ARCHIVE) > 0


@dataclass(frozen=True, slots=True)
class CohortAnswers:
    """Answers questions in every form."""

    cohorts: Cohorts
    whole: WholeAnswers

    def answer(self, scope: AccessScope, raw: Any, now: int, wish: WantedForm) -> Response:
        """Answer the JSON of a question; `now` in µs.

        Raises what asking raises, `Invalid` for a table or a page that the form does not have, and
        `NotAcceptable`.
        """
        question = self.cohorts.question(scope, raw, now)
        allowed = question.shape.formats or tuple(AnswerFormat)
        tabular = [each for each in allowed if each in TABULAR]
        offers = [*(MEDIA[each] for each in allowed), *((ARCHIVE,) if tabular else ())]
        form = _FORMS.get(str(choose(wish.accept, offers)))
        if wish.table is not None and form not in TABULAR:
            raise Invalid("one table is asked for of csv, ndjson and parquet", location="table")
        if form is AnswerFormat.TABLE:
            answer = plain_json(self.cohorts.answer(scope, question, now))
        elif question.token is not None:
            raise Invalid("a whole answer has no pages", location="$.page.token")
        else:
            asked = WholeQuestion(question, raw, now)
            answer = self._whole(scope, asked, form, wish, zipped=tabular[0] if tabular else None)
        answer.vary.add("Accept")
        return answer

    def _whole(
        self,
        scope: AccessScope,
        asked: WholeQuestion,
        form: AnswerFormat | None,
        wish: WantedForm,
        *,
        zipped: AnswerFormat | None,
    ) -> Response:
        """A whole answer; without a form a zip of files in the form `zipped`."""
        if form is AnswerFormat.BUNDLE:
            return _sent(self.whole.bundle(scope, asked), MEDIA[form])
        if form is None or zipped is None:
            return _sent(self.whole.archive(scope, asked, zipped or AnswerFormat.CSV), ARCHIVE)
        names = [each.name for each in self.whole.tables(scope, asked.question)]
        if wish.table is None and len(names) > 1:
            if wish.accepts_archive:
                return _sent(self.whole.archive(scope, asked, form), ARCHIVE)
            raise Invalid(
                "the answer has several tables: name one of %(tables)s, or accept application/zip",
                location="table",
                tables=", ".join(names),
            )
        return _sent(self.whole.table(scope, asked, form, wish.table or names[0]), MEDIA[form])


def _sent(whole: WholeFile, kind: MediaType) -> Response:
    """A whole answer as it is sent: it is all there, so its length is known."""
    answer = Response(whole.file.chunks(), content_type=str(kind))
    answer.content_length = whole.file.size
    answer.headers["Content-Disposition"] = f'attachment; filename="{whole.name}"'
    answer.call_on_close(whole.file.close)
    return answer
