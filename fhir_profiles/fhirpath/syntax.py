"""The text of an expression as a tree of plain lists (FHIRPath N1 grammar), which JSON can keep.

A node of the tree is a list of what it is and its parts:

    ["this"] ["index"] ["total"]              $this, $index, $total
    ["member", base, name]                    base is a tree, or null for the input
    ["call", base, name, [arguments]]
    ["at", base, tree]                        base[tree]
    ["literal", kind, text]                   string boolean number time quantity empty
    ["constant", name]                        %name
    ["negate", tree]
    ["binary", operator, left, right]
    ["type", "is" | "as", tree, name]

The grammar is read by fhirpathpy, which takes longer to import than HL7's expressions are worth: those are
kept as trees (`definitions/invariants.json`), and it is loaded when somebody brings another one.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NoReturn, TypeAlias

from fhir_profiles.fhirpath.errors import NotAnExpression

Tree: TypeAlias = list[Any]

LONGEST = 4_000
"""Characters of an expression."""
_MOST_TOKENS = 1_000
_DEEPEST = 40

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_LITERALS = {
    "StringLiteral": "string",
    "BooleanLiteral": "boolean",
    "NumberLiteral": "number",
    "DateTimeLiteral": "time",
    "TimeLiteral": "time",
}
_THIS = {"ThisInvocation": "this", "IndexInvocation": "index", "TotalInvocation": "total"}


def read_tree(text: str) -> Tree:
    """Parse an expression.

    Raises `NotAnExpression` for what is none, is longer than `LONGEST`, or nested too deeply.
    """
    if len(text) > LONGEST:
        raise NotAnExpression(f"a FHIRPath expression has up to {LONGEST} characters")
    return _tree(_parsed(text))


def _parsed(text: str) -> Any:
    """The parse tree of the whole text, by fhirpathpy's grammar."""
    antlr, grammar = _antlr(), _grammar()
    lexer = grammar.lexer(antlr.InputStream(text))
    lexer.removeErrorListeners()
    lexer.addErrorListener(_listener())
    tokens = antlr.CommonTokenStream(lexer)
    tokens.fill()
    if len(tokens.tokens) > _MOST_TOKENS or _depth(tokens.tokens) > _DEEPEST:
        raise NotAnExpression("the FHIRPath expression has too many parts")
    parser = grammar.parser(tokens)
    parser.removeErrorListeners()
    parser.addErrorListener(_listener())
    return parser.entireExpression().expression()


def _depth(tokens: list[Any]) -> int:
    """How deep brackets are nested, signs in a row and `implies` counted with them."""
    depth, deepest = 0, 0
    for token in tokens:
        if token.text in ("(", "["):
            depth += 1
        elif token.text in (")", "]"):
            depth -= 1
        deepest = max(deepest, depth)
    signs = sum(token.text in ("+", "-") for token in tokens)
    return max(deepest, signs // 4)


@cache
def _antlr() -> Any:
    import antlr4  # noqa: PLC0415 - see the head of the module

    return antlr4


class _Grammar:
    """The generated classes of fhirpathpy."""

    def __init__(self) -> None:
        from fhirpathpy.parser.generated.FHIRPathLexer import FHIRPathLexer  # noqa: PLC0415
        from fhirpathpy.parser.generated.FHIRPathParser import FHIRPathParser  # noqa: PLC0415

        self.lexer: Any = FHIRPathLexer
        self.parser: Any = FHIRPathParser


@cache
def _grammar() -> _Grammar:
    return _Grammar()


@cache
def _listener() -> Any:
    from antlr4.error.ErrorListener import ErrorListener  # noqa: PLC0415

    class Refusing(ErrorListener):  # type: ignore[misc]
        """Ends at the first error; ANTLR would guess what was meant."""

        def syntaxError(self, *found: Any) -> NoReturn:  # noqa: N802 - ANTLR's name
            _, _, line, column, _, _ = found
            raise NotAnExpression(f"not a FHIRPath expression: line {line}, column {column + 1}")

    return Refusing()


def _tree(context: Any) -> Tree:
    name = _name(context)
    parts = list(context.getChildren())
    if name in _WRAPPED:
        return _tree(parts[_WRAPPED[name]])
    if name in _INVOCATIONS:
        return _invoked(None, context)
    if name.endswith("Literal"):
        return _literal(name, parts)
    return _TREES.get(name, _operation)(parts)


def _name(context: Any) -> str:
    return type(context).__name__.removesuffix("Context")


def _operation(parts: list[Any]) -> Tree:
    return ["binary", parts[1].getText(), _tree(parts[0]), _tree(parts[2])]


def _signed(parts: list[Any]) -> Tree:
    inner = _tree(parts[1])
    return ["negate", inner] if parts[0].getText() == "-" else inner


def _invoked(base: Tree | None, context: Any) -> Tree:
    name = _name(context)
    if name in _THIS:
        return [_THIS[name]]
    if name == "MemberInvocation":
        return ["member", base, _unquoted(context.getText())]
    called, _, *rest = context.getChild(0).getChildren()
    arguments = (
        [_tree(each) for each in rest[0].getChildren() if each.getChildCount()] if len(rest) > 1 else []
    )
    return ["call", base, _unquoted(called.getText()), arguments]


def _literal(name: str, parts: list[Any]) -> Tree:
    if name == "NullLiteral":
        return ["literal", "empty", ""]
    text = parts[0].getText()
    if name == "QuantityLiteral":
        number, *unit = (each.getText() for each in parts[0].getChildren())
        return ["literal", "quantity", number, _unquoted(unit[0])] if unit else ["literal", "number", number]
    return ["literal", _LITERALS[name], _unquoted(text)]


def _qualified(context: Any) -> str:
    return ".".join(_unquoted(part) for part in context.getText().split("."))


def _unquoted(text: str) -> str:
    if text[:1] not in ("'", "`"):
        return text
    return _ESCAPE.sub(lambda match: _character(match[1]), text[1:-1])


def _character(escaped: str) -> str:
    return chr(int(escaped[1:], 16)) if len(escaped) > 1 else _ESCAPED.get(escaped, escaped)


_WRAPPED = {
    "TermExpression": 0,
    "InvocationTerm": 0,
    "LiteralTerm": 0,
    "ExternalConstantTerm": 0,
    "ParenthesizedTerm": 1,
}
_INVOCATIONS = frozenset({"MemberInvocation", "FunctionInvocation", *_THIS})
_TREES: Mapping[str, Callable[[list[Any]], Tree]] = {
    "InvocationExpression": lambda parts: _invoked(_tree(parts[0]), parts[2]),
    "IndexerExpression": lambda parts: ["at", _tree(parts[0]), _tree(parts[2])],
    "PolarityExpression": _signed,
    "TypeExpression": lambda parts: ["type", parts[1].getText(), _tree(parts[0]), _qualified(parts[2])],
    "ExternalConstant": lambda parts: ["constant", _unquoted(parts[1].getText())],
}
