"""One word for one thing: a name that is read in one room means the same in every other."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from tests.architecture.source import modules


def public_classes(tree: ast.Module) -> Iterator[str]:
    """The classes that a module offers to others."""
    return (node.name for node in tree.body if isinstance(node, ast.ClassDef) and node.name[0] != "_")


def aliases(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The types that a module gives a name to, with what each stands for."""
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias" and node.value:
            yield ast.unparse(node.target), ast.unparse(node.value)


def wide_tuple(annotation: ast.expr) -> bool:
    """Whether an annotation holds a tuple of more than two fields, each of a type of its own."""
    return any(
        isinstance(node, ast.Subscript)
        and ast.unparse(node.value) == "tuple"
        and isinstance(node.slice, ast.Tuple)
        and len(node.slice.elts) > 2
        for node in ast.walk(annotation)
    )


def exchanged(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """The types of what a function takes and returns."""
    arguments = (*function.args.args, *function.args.kwonlyargs)
    yield from (each.annotation for each in arguments if each.annotation)
    if function.returns:
        yield function.returns


def test_what_leaves_a_module_has_names_where_it_has_more_than_two_fields() -> None:
    nameless = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if any(wide_tuple(each) for each in exchanged(node))
    ]

    assert nameless == []


def test_no_two_public_classes_share_a_name() -> None:
    places = defaultdict(list)
    for path, tree in modules():
        for name in public_classes(tree):
            places[name].append(path)

    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_no_alias_goes_by_the_name_of_a_class() -> None:
    classes = {name for _, tree in modules() for name in public_classes(tree)}

    assert [
        f"{path}: {name}" for path, tree in modules() for name, _ in aliases(tree) if name in classes
    ] == []


def unmarked(tree: ast.Module) -> Iterator[str]:
    """The types that a module gives a name to without saying that it is one."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Call):
            name = ast.unparse(node.targets[0])
            if name[0].isupper() and not name.isupper():
                yield name


def test_an_alias_says_that_it_is_one() -> None:
    assert [f"{path}: {name}" for path, tree in modules() for name in unmarked(tree)] == []


def test_an_alias_that_stands_twice_stands_for_the_same() -> None:
    meanings = defaultdict(set)
    for _, tree in modules():
        for name, meaning in aliases(tree):
            meanings[name].add(meaning)

    assert {name: found for name, found in meanings.items() if len(found) > 1} == {}
