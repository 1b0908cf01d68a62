"""The languages of the pages: which one a request wants, and the words of its gettext catalogue.

English is what the source says; every other language is a catalogue beside the pages, read once a process.
What somebody chose counts before what their browser asks for.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import BytesIO
from types import MappingProxyType
from typing import NamedTuple

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import g, has_request_context, request

from app.http.kit.preferences import chosen
from app.http.kit.words import as_sentence, marked
from graph.wording import Phrase

__all__ = [
    "LANGUAGES",
    "Said",
    "catalogue",
    "gettext",
    "language",
    "locale",
    "marked",
    "ngettext",
    "npgettext",
    "pgettext",
    "said",
]

ENGLISH = "en"
LANGUAGES: Mapping[str, str] = MappingProxyType({ENGLISH: "English", "ko": "한국어"})
"""The languages by their codes (BCP 47), each by the name that its speakers give it."""
_LOCALES: Mapping[str, Locale] = MappingProxyType({ENGLISH: Locale("en", "GB"), "ko": Locale("ko", "KR")})
_CATALOGUES = "catalogues"


def language() -> str:
    """The language of the request in hand: chosen, else asked for by the browser; English elsewhere."""
    if not has_request_context():
        return ENGLISH
    found: str | None = g.get("hilum_language")
    if found is None:
        wanted = chosen(request).language
        asked = request.accept_languages.best_match(LANGUAGES, ENGLISH)
        found = wanted if wanted in LANGUAGES else asked or ENGLISH
        g.hilum_language = found
    return found


def locale() -> Locale:
    """How that language writes dates and numbers."""
    return _LOCALES[language()]


@cache
def catalogue(code: str) -> NullTranslations:
    """The words of a language; of English none, since the source says them."""
    if code == ENGLISH:
        return NullTranslations()
    source = files("app.http.pages").joinpath(_CATALOGUES, f"{code}.po")
    compiled = BytesIO()
    with source.open("rb") as text:
        write_mo(compiled, read_po(text, locale=code))
    compiled.seek(0)
    return Translations(compiled)


def gettext(text: str) -> str:
    """A text in the language of the request."""
    return catalogue(language()).gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """A text about a number of things in the language of the request."""
    return catalogue(language()).ngettext(one, many, number)


def pgettext(context: str, text: str) -> str:
    """A text in the language of the request, where a context tells it from others of the same words."""
    return str(catalogue(language()).pgettext(context, text))


def npgettext(context: str, one: str, many: str, number: int) -> str:
    """The same about a number of things."""
    return str(catalogue(language()).npgettext(context, one, many, number))


class Said(NamedTuple):
    """A sentence, and the language that it is in."""

    text: str
    language: str


def said(wording: Phrase) -> Said:
    """What was wrong as a sentence of the page; in English where its language has no words for that."""
    template, spoken = gettext(wording.template), language()
    known = spoken == ENGLISH or template != wording.template
    return Said(as_sentence(template, wording.said_as(template)), spoken if known else ENGLISH)
