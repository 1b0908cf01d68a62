"""Brings the catalogues of the pages up to date with what templates and code say: `make messages`.

Each text that is marked for translation gets its entry in every catalogue, and a text that is gone takes its
entry along. With `--check` nothing is written: what lacks a translation is told, and ends it with 1.
"""

import sys
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
CATALOGUES = ROOT / "app/http/pages/catalogues"
_SOURCES = ("app", "graph")
_METHODS = {".html": "jinja2.ext:babel_extract", ".py": "python"}
_OPTIONS = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}
_KEYWORDS = {
    **{name: None for name in ("_", "gettext", "marked", "_told_here")},
    **{"ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)},
}
REFUSING = (
    *(
        "app/cohorts",
        "app/http/cohort_page",
        "app/http/glance",
        "app/http/pages",
        "app/http/reporting",
        "app/http/sessions",
        "app/http/viewer",
    ),
    *(
        "app/http/kit/bodies.py",
        "app/http/kit/browsers.py",
        "app/http/kit/rates.py",
        "app/http/kit/request_context.py",
    ),
    *("app/paging.py", "app/security", "app/work/operations", "app/audit/alerts.py"),
    *("app/records/audited", "app/records/glance", "app/records/people", "app/records/reporting"),
    *("app/records/studies", "app/records/reading_room", "graph/workitems/giving_back.py"),
    *("graph/accounts", "graph/audit/alerts.py", "graph/authorization", "graph/budget.py", "graph/jobs"),
    *("graph/cohorts", "graph/resources/row_values.py", "graph/resources/sieve.py"),
    *("graph/resources/sieve_bounds.py", "graph/scope.py"),
    *("graph/session.py", "graph/tellings", "graph/vocabulary"),
)
"""Where what is refused may be told on a page: what errors say there is translated, too."""
REFUSALS = (
    *("Invalid", "Unauthenticated", "Forbidden", "NotFound", "Conflict", "TooLarge", "Throttled"),
    *("Unavailable", "OverTime", "ScopeInvalid", "FormFromElsewhere"),
)
_OF_REFUSALS = {**_KEYWORDS, **dict.fromkeys(REFUSALS)}
_WIDTH = 110
_HEADER = """msgid ""
msgstr ""
"Language: {}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""


def said() -> Catalog:
    """What templates and code say."""
    found = Catalog()
    for path in texts():
        name = path.relative_to(ROOT).as_posix()
        everything = extract_from_file(
            _METHODS[path.suffix],
            path,
            keywords=_OF_REFUSALS if is_refusing(name) else _KEYWORDS,
            comment_tags=("For translators:",),
            options=_OPTIONS,
        )
        for _, message, comments, context in everything:
            found.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return found


def texts() -> Iterator[Path]:
    """The files that say something, in order."""
    for source in _SOURCES:
        yield from (each for each in sorted((ROOT / source).rglob("*")) if each.suffix in _METHODS)


def is_refusing(name: str) -> bool:
    """Whether what is refused in a file may be told on a page."""
    return name.startswith(tuple(f"{room}/" for room in REFUSING)) or name in REFUSING


def catalogue_of(path: Path) -> Catalog:
    """A catalogue as it is."""
    with path.open("rb") as text:
        return read_po(text, locale=path.stem)


def lacking(catalogue: Catalog, template: Catalog) -> Iterator[str]:
    """What a catalogue does not say, or says in another way than it is asked for."""
    for message in template:
        if not message.id:
            continue
        own: Message | None = catalogue.get(message.id, message.context)
        texts = own.string if own else ""
        if own is None or own.fuzzy or not all([texts] if isinstance(texts, str) else texts):
            yield str(message.id)
        elif any(True for _ in own.check(catalogue)):
            yield f"{message.id} (its placeholders differ)"


def main() -> None:
    """Write the catalogues, or check them."""
    with redirect_stderr(StringIO()):  # which is told of every f-string, and where something is wrong is one
        template = said()
    missing = list[str]()
    for path in sorted(CATALOGUES.glob("*.po")):
        catalogue = catalogue_of(path)
        missing += [f"{path.stem}: {each}" for each in lacking(catalogue, template)]
        if "--check" not in sys.argv:
            catalogue.update(template, no_fuzzy_matching=True)
            catalogue.obsolete.clear()
            with path.open("wb") as text:
                text.write(_HEADER.format(path.stem).encode())
                write_po(
                    text, catalogue, width=_WIDTH, omit_header=True, sort_output=True, include_lineno=False
                )
    print("\n".join(missing), end="\n" if missing else "")
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
