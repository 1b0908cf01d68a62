"""Promises of the structure that the import rules cannot express: each walks the source for breaches."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.source import ROOT, modules

FLASK_ROOMS = re.compile(r"app/http/|app/cli/")
SCOPE_BUILDERS = re.compile(r"app/security/scopes\.py")
STORE_BUILDERS = re.compile(r"app/wiring/")
TENANT_READERS = {"app/site.py"}
CYPHER = re.compile(r"\b(MATCH|MERGE|UNWIND)\b")
LONGEST_MODULE, LONGEST_FUNCTION = 400, 50


def imported(tree: ast.Module) -> Iterator[str]:
    """The packages that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def calls(tree: ast.Module, name: str) -> bool:
    """Whether a module calls something of this name."""
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        for node in ast.walk(tree)
    )


def stores_of_the_graph(tree: ast.Module) -> set[str]:
    """The names of the stores that a module imports from `graph`."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("graph.")
        for alias in node.names
        if alias.name.endswith("Store")
    }


def reads_the_tenant(tree: ast.Module) -> bool:
    """Whether a module reads the tenant of the settings: `config.tenant`, `self._config.tenant`."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == "tenant"
        and ast.unparse(node.value).rpartition(".")[2].strip("_") == "config"
        for node in ast.walk(tree)
    )


def texts(tree: ast.Module) -> Iterator[str]:
    """The strings of a module, without its docstrings."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Every function and method."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def length(function: ast.FunctionDef) -> int:
    """The lines of a function without its docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    docstring = function.body[0]
    return lines - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def test_flask_stays_in_http_and_the_commands() -> None:
    strays = [
        path
        for path, tree in modules()
        if not FLASK_ROOMS.match(path)
        and any(name.partition(".")[0] in ("flask", "werkzeug") for name in imported(tree))
    ]

    assert not strays


def test_only_security_builds_an_access_scope() -> None:
    builders = [
        path for path, tree in modules() if calls(tree, "AccessScope") and not SCOPE_BUILDERS.match(path)
    ]

    assert not builders


def test_only_the_wiring_makes_stores_of_the_graph() -> None:
    makers = [
        path
        for path, tree in modules()
        if not path.startswith("graph/")
        and not STORE_BUILDERS.match(path)
        and any(calls(tree, name) for name in stores_of_the_graph(tree))
    ]

    assert not makers


def test_the_tenant_of_the_settings_is_read_in_one_place() -> None:
    assert {path for path, tree in modules() if reads_the_tenant(tree)} == TENANT_READERS


def test_cypher_is_written_in_the_graph_only() -> None:
    writers = {
        path
        for path, tree in modules()
        if not path.startswith("graph/") and any(CYPHER.search(text) for text in texts(tree))
    }

    assert not writers


def test_functions_fit_a_screen_and_modules_a_sitting() -> None:
    long_functions = [
        f"{path}:{function.lineno} {function.name}"
        for path, tree in modules()
        for function in functions(tree)
        if length(function) > LONGEST_FUNCTION
    ]
    long_modules = [
        path
        for path, _ in modules()
        if len((ROOT / path).read_text(encoding="utf-8").splitlines()) > LONGEST_MODULE
    ]

    assert not (long_functions + long_modules)


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path, tree in modules() if tree.body and ast.get_docstring(tree) is None]

    assert not silent


def test_nothing_is_left_to_do() -> None:
    marked = [
        path
        for path, _ in modules()
        if re.search(r"\b(TODO|FIXME|XXX)\b", (ROOT / path).read_text(encoding="utf-8"))
    ]

    assert not marked
