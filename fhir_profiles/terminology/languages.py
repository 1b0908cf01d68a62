"""The name of a code in the language that was asked for (FHIR R4 languages.html, RFC 4647 3.4)."""

from collections.abc import Iterator, Sequence

from fhir_profiles.terminology.codes import CodeEntry

_MOST_LANGUAGES = 16


def languages_of(text: str | None) -> tuple[str, ...]:
    """The languages of a displayLanguage or an Accept-Language, the most wanted first; `*` is none."""
    weighed: list[tuple[float, str]] = []
    for each in (text or "").split(",")[:_MOST_LANGUAGES]:
        language, _, parameter = each.strip().partition(";")
        weight = _weight(parameter)
        if language.strip() not in ("", "*") and weight > 0:
            weighed.append((-weight, language.strip().lower()))
    return tuple(language for _, language in sorted(weighed, key=lambda pair: pair[0]))


def name_of(entry: CodeEntry, languages: Sequence[str] = ()) -> str | None:
    """What a code is called in the first of the languages that it has a name in, else its own display."""
    for asked in languages:
        for language, name in _names(entry):
            if _is_of(language, asked):
                return name
    return entry.display


def _names(entry: CodeEntry) -> Iterator[tuple[str, str]]:
    if entry.display and entry.language:
        yield entry.language, entry.display
    yield from ((each.language, each.value) for each in entry.designations if each.language)


def _is_of(language: str, asked: str) -> bool:
    """Whether one language is the other, or a region of it: who asks for `ko-KR` is helped by `ko`."""
    own = language.lower()
    return own == asked or own.startswith(f"{asked}-") or asked.startswith(f"{own}-")


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
