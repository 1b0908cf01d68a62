"""What goes with the tables of a whole answer: the question, its day and counts, what each column means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from app.cohorts.answers.tabular import AnswerTable
from app.cohorts.answers.tallies import MOST_OFF
from app.cohorts.language.question import AnswerFormat

MANIFEST = "manifest.json"
_README: Mapping[AnswerFormat, str] = {
    AnswerFormat.CSV: "CSV as of RFC 4180 in UTF-8, with a header. An empty cell is a value not said. "
    "Several values of a cell are a list of JSON. A cell that a spreadsheet might take for a formula, or "
    "that begins with an apostrophe, has an apostrophe before it, which is not part of the value.",
    AnswerFormat.NDJSON: "A JSON object a line, in UTF-8. null is a value that is not said.",
    AnswerFormat.PARQUET: "Parquet, compressed by zstd. A column of dates holds those that are exact to the "
    "day; beside it, under its name with AsWritten, stand all as they were written. A year and a number are "
    "integers, several values a list. Each column says what it means in its metadata; the metadata of the "
    "file (hilum) says of which question it is.",
}
_GUARDED = (
    "Patients and resources go by pseudonyms. What would tell of fewer patients than the least cell is left "
    f"out: values are null, tables empty. The numbers of counts are off by at most {MOST_OFF}, and the same "
    "whenever they are asked for."
)


@dataclass(frozen=True, slots=True)
class About:
    """What an answer is of: the question as it was asked, and what was told of all patients."""

    question: Mapping[str, Any]
    told: Mapping[str, Any]
    guarded: bool

    def of_table(self, table: AnswerTable) -> bytes:
        """What a file of one table says of itself, as JSON."""
        return orjson.dumps({"table": table.name, "line": table.line, **self._whole()})

    def manifest(self, form: AnswerFormat, tables: Sequence[AnswerTable], sizes: Mapping[str, int]) -> bytes:
        """The manifest of all tables as JSON; `sizes` are their lines by name."""
        listed = [
            {
                "name": each.name,
                "file": file_name(each.name, form),
                "line": each.line,
                "lines": sizes[each.name],
                "columns": [
                    {"name": column.name, "type": column.type, "meaning": column.meaning}
                    for column in each.columns
                ],
            }
            for each in tables
        ]
        readme = _README[form] + (f" {_GUARDED}" if self.guarded else "")
        found = {**self._whole(), "tables": listed, "readme": readme}
        return orjson.dumps(found, option=orjson.OPT_INDENT_2)

    def _whole(self) -> dict[str, Any]:
        asked = {name: value for name, value in self.question.items() if name != "page"}
        return {"question": asked, **self.told}


def file_name(table: str, form: AnswerFormat) -> str:
    """The name of the file of a table."""
    return f"{table}.{form.value}"
