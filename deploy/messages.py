"""Brings the catalogues of the pages up to date with what templates and code say: `make messages`.

Each text that is marked for translation gets its entry in every catalogue, and a text that is gone takes its
entry along. With `--check` nothing is written: what lacks a translation is told, and ends it with 1.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
CATALOGUES = ROOT / "app/http/pages/catalogues"
_SOURCES = ("app/http", "app/security/authorization")
_METHODS = [("**/templates/*.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
_OPTIONS = {"**/templates/*.html": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}
_KEYWORDS = {
    **{name: None for name in ("_", "gettext", "marked", "_marked")},
    **{"ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)},
}
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
    for source in _SOURCES:
        everything = extract_from_dir(
            ROOT / source, _METHODS, _OPTIONS, keywords=_KEYWORDS, comment_tags=("For translators:",)
        )
        for name, _, message, comments, context in everything:
            found.add(message, None, [(f"{source}/{name}", 0)], auto_comments=comments, context=context)
    return found


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
