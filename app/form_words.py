"""What a schema is called, and what it says of a field that it refuses, as a template with values for pages.

marshmallow tells texts that are made already; here they are told apart again, by the templates that they are
made of (marshmallow.validate, marshmallow.fields). What a schema of ours says is its own template.
"""

import re

from marshmallow import Schema

from graph.errors import Invalid
from graph.wording import Phrase, marked

REFUSED_FIELDS = (
    marked("Missing data for required field."),
    marked("Field may not be null."),
    marked("Unknown field."),
    marked("Invalid input type."),
    marked("Invalid type."),
    marked("Invalid value."),
    marked("Not a valid string."),
    marked("Not a valid utf-8 string."),
    marked("Not a valid integer."),
    marked("Not a valid number."),
    marked("Number too large."),
    marked("Not a valid boolean."),
    marked("Not a valid list."),
    marked("Not a valid mapping type."),
    marked("Not a valid datetime."),
    marked("Not a valid aware datetime."),
    marked("String does not match expected pattern."),
    marked("Must be one of: %(choices)s."),
    marked("Shorter than minimum length %(least)s."),
    marked("Longer than maximum length %(most)s."),
    marked("Length must be between %(least)s and %(most)s."),
    marked("Length must be %(length)s."),
    marked("Must be greater than or equal to %(least)s and less than or equal to %(most)s."),
    marked("Must be greater than or equal to %(least)s."),
    marked("Must be less than or equal to %(most)s."),
    marked("A reference to %(kinds)s."),
    marked("A condition has exactly one of %(keys)s."),
)
"""What marshmallow says of a field, and our schemas with values in it; of two that fit, the first."""
_VALUE = re.compile(r"%\\\((\w+)\\\)s|%\((\w+)\)s")
_LONGEST = 200


def _pattern(template: str) -> re.Pattern[str]:
    named = _VALUE.sub(lambda found: f"(?P<{found[1] or found[2]}>.+)", re.escape(template))
    return re.compile(named, re.DOTALL)


_PATTERNS = tuple((template, _pattern(template)) for template in REFUSED_FIELDS if "%(" in template)


def form_name(schema: type[Schema] | Schema) -> str:
    """What the form of a schema is called where forms are described."""
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")


def phrase_of(message: str) -> Phrase:
    """A message of a schema as a template and its values, each of them as long as somebody reads."""
    for template, pattern in _PATTERNS:
        if found := pattern.fullmatch(message):
            return Phrase(template, {name: value[:_LONGEST] for name, value in found.groupdict().items()})
    return Phrase(message[:_LONGEST])


def refused_field(message: str, place: str) -> Invalid:
    """The refusal of a field, by a message of its schema."""
    phrase = phrase_of(message)
    return Invalid(phrase.template, location=place[:_LONGEST], **phrase.values)
