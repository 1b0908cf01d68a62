"""What the forms of a question are made of: strict objects, names, texts, numbers and sets of codes.

Every field says in English and in Korean what it is: OpenAPI shows the one and the other, and the page makes
its forms from both.
"""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from graph.wording import marked

NAME = validate.Regexp(
    r"[A-Za-z_][A-Za-z0-9_-]{0,63}\Z", error=marked("A name: a letter, then letters and digits.")
)
TEXT = validate.Length(min=1, max=1_000)
MANY = validate.Length(min=1, max=200)
KOREAN = "x-description-ko"


def told(english: str, korean: str, **more: Any) -> dict[str, Any]:
    """The metadata of a field: what it is, in both languages."""
    return {"description": english, KOREAN: korean, **more}


class Strict(Schema):
    """A JSON object without unknown keys, its names in camel case; `src` and `why` are notes."""

    class Meta:
        unknown = RAISE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Name a field as JSON does: `as_of` is `asOf`, `not_` is `not`."""
        first, *others = field_name.rstrip("_").split("_")
        field_obj.data_key = first + "".join(each.title() for each in others)

    src = fields.List(
        fields.Integer(), metadata=told("Spans of the question in words. A note.", "질문 속의 위치. 메모.")
    )
    why = fields.String(validate=TEXT, metadata=told("A note.", "메모."))


class ConceptSchema(Strict):
    """One coding."""

    system = fields.String(
        validate=TEXT, metadata=told("The code system; absent: any.", "코드 체계. 없으면 모두.")
    )
    code = fields.String(required=True, validate=TEXT, metadata=told("The code.", "코드."))
    display = fields.Raw(metadata=told("A note.", "메모."))
    descendants = fields.Boolean(
        truthy={True}, falsy={False}, metadata=told("Every concept below it counts too.", "하위 개념도 포함.")
    )
    maps = fields.Boolean(
        truthy={True},
        falsy={False},
        metadata=told("Codes that equal it in other systems count.", "다른 체계의 같은 코드도 포함."),
    )


class ConceptSetSchema(Strict):
    """Codings that mean one thing."""

    include = fields.List(
        fields.Nested(ConceptSchema),
        required=True,
        validate=MANY,
        metadata=told("What it holds.", "포함하는 코드."),
    )
    exclude = fields.List(  # type: ignore[assignment]
        fields.Nested(ConceptSchema),
        validate=validate.Length(max=200),
        metadata=told("What it leaves out of that.", "제외하는 코드."),
    )
    display = fields.Raw(metadata=told("What it is called, by language. A note.", "언어별 이름. 메모."))
    via = fields.String(metadata=told("Where the set comes from. A note.", "코드 묶음의 출처. 메모."))


class SetReferenceSchema(Strict):
    """A concept set by its name in `conceptSets`."""

    set_ = fields.String(
        required=True, validate=NAME, metadata=told("A name in `conceptSets`.", "`conceptSets`의 이름.")
    )


def one_of(*names: str, **more: Any) -> dict[str, Any]:
    """The metadata of a field that takes one of several forms."""
    return {"oneOf": [*({"$ref": f"#/components/schemas/{name}"} for name in names), *more.values()]}


def refuse(message: str) -> Any:
    """Raise `ValidationError` with a message."""
    raise ValidationError(message)


class Codes(fields.Field[Any]):
    """A named set, a set in place, or a list of codings."""

    def __init__(self, english: str = "The codes that count.", korean: str = "해당하는 코드.") -> None:
        codings = {"type": "array", "items": {"$ref": "#/components/schemas/Concept"}}
        forms = one_of("SetReference", "ConceptSet", codings=codings)
        super().__init__(metadata=told(english, korean) | forms)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, list):
            if not value:
                return refuse(marked("Give a code."))
            return ConceptSetSchema().load({"include": value})["include"]
        if not isinstance(value, dict):
            return refuse(marked('Give {"set": name} or a list of codings.'))
        return (SetReferenceSchema if "set" in value else ConceptSetSchema)().load(value)


def codes_list(english: str, korean: str) -> fields.List[Any]:
    """A field of plain codes, any of which counts."""
    return fields.List(fields.String(validate=TEXT), validate=MANY, metadata=told(english, korean))


def words(english: str, korean: str) -> fields.String:
    """A field of text that a value has to hold, whatever its case."""
    return fields.String(validate=TEXT, metadata=told(english, korean))


class NumberField(fields.Field[Any]):
    """A finite number, no text and no boolean."""

    _LARGEST = 1e15

    def __init__(self, english: str, korean: str, **kwargs: Any) -> None:
        super().__init__(metadata=told(english, korean, type="number"), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return refuse(marked("Not a valid number."))
        if not -self._LARGEST <= value <= self._LARGEST:
            return refuse(marked("A number is at most 10^15."))
        return value


class NumberOrTwo(fields.Field[Any]):
    """A number, or for `between` two of them, both included."""

    def __init__(self, english: str, korean: str, **kwargs: Any) -> None:
        both = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
        super().__init__(metadata=told(english, korean) | one_of(one={"type": "number"}, both=both), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        one = NumberField("", "")
        if (data or {}).get("op") != "between":
            return one.deserialize(value)
        return fields.List(one, validate=validate.Length(equal=2)).deserialize(value)


COMPARED = ("gt", "ge", "lt", "le", "eq", "ne", "between")


class CompareSchema(Strict):
    """A number that is compared with one, or lies between two."""

    op = fields.String(
        required=True,
        validate=validate.OneOf(COMPARED),
        metadata=told("How it compares.", "비교 방법."),
    )
    value = NumberOrTwo("The number, or two for `between`.", "숫자, `between`이면 두 개.", required=True)
