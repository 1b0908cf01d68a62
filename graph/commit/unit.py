"""A unit of work: one request's atomic change, as data that another process can decide."""

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from graph.commit.draft import Draft
from graph.commit.shelf import Keys
from graph.commit.view import View
from graph.scope import AccessScope

Answer = TypeVar("Answer")


class Unit(ABC, Generic[Answer]):
    """What a request wants changed; subclasses are frozen dataclasses that can be pickled.

    `scope` says whose unit it is, and carries the audit entry that is written with the change.
    """

    scope: AccessScope

    @property
    def weight(self) -> int:
        """How many rows it is about, roughly: a commit takes so many and no more."""
        return 1

    @property
    def repeatable(self) -> bool:
        """Whether deciding it again after it was committed gives the same answer and changes nothing."""
        return False

    def looks_at(self) -> Keys:
        """The keys whose rows are read before it decides."""
        return {}

    def presumes_absent(self) -> Keys:
        """The keys that it expects to be new.

        They are not read before; the statement that writes checks them, and where one is there after all the
        unit decides again.
        """
        return {}

    @abstractmethod
    def decide(self, view: View, draft: Draft) -> Answer:
        """Give the answer of the request, and draft what it changes.

        It may run more than once, so it has no effect outside the draft. What it raises as `HilumError` or
        `ProfileError` is the answer of this unit alone.
        """
