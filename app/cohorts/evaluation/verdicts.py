"""The three-valued reading of a population for one patient, from what is known of its leaves.

It says which leaves decide: those whose own value carries the verdict. It folds the same tree that the two
query trees are made from, so it must come to the same verdict; a test holds that.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from app.cohorts.language.question import Every, Negated, QuestionNode, Some


class Truth(IntEnum):
    """A value of Kleene's logic, in order."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2


@dataclass(frozen=True, slots=True)
class Judgement:
    """The value of a tree and the paths of the leaves that decide it."""

    truth: Truth
    deciding: tuple[str, ...]


def judge(node: QuestionNode, leaves: Mapping[str, Truth]) -> Judgement:
    """Fold a tree over the truth of its leaves, given by their paths."""
    match node:
        case Every(_, of):
            return _folded(tuple(judge(each, leaves) for each in of), min)
        case Some(_, least, of):
            found = tuple(judge(each, leaves) for each in of)
            return _folded(found, lambda truths: sorted(truths)[-least])
        case Negated(_, of):
            inner = judge(of, leaves)
            return Judgement(Truth(Truth.TRUE - inner.truth), inner.deciding)
    return Judgement(leaves[node.path], (node.path,))


def _folded(of: tuple[Judgement, ...], fold: Callable[[list[Truth]], Truth]) -> Judgement:
    """The members that have the value of the whole are those that decide it."""
    truth = fold([each.truth for each in of])
    deciding = (path for each in of if each.truth is truth for path in each.deciding)
    return Judgement(truth, tuple(dict.fromkeys(deciding)))
