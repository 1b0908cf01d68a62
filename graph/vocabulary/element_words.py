"""The words and codes of one search parameter, each once, and found by what the words are cases of.

They are many, and each process holds its own: an index is two columns of numbers, and words are looked for in
one text of all of them.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from fhir_profiles.terminology.naming import name_form
from graph.vocabulary.naming import heads, holds

MOST_WORDS = 100_000  # and as many codes, of one parameter: more are no vocabulary
_PARTING = "\n"


class ElementWords:
    """The folded words and the codes of one element; both are only ever added. Safe between threads.

    `is_cut` says that there are more of them than are kept.
    """

    def __init__(self, texts: Iterable[str] = (), codes: Iterable[str] = (), most: int = MOST_WORDS) -> None:
        self._most = most
        self._texts: dict[str, None] = {}
        self._codes: set[str] = set()
        self._lock = Lock()
        self._index = _TextIndex((), _NO_NUMBERS, _NO_NUMBERS, "", _NO_NUMBERS)
        self._sorted: tuple[str, ...] = ()
        self.is_cut = False
        self.add(texts, codes)

    @property
    def texts(self) -> frozenset[str]:
        """The words."""
        return frozenset(self._index.texts)

    @property
    def codes(self) -> frozenset[str]:
        """The codes."""
        return frozenset(self._sorted)

    def add(self, texts: Iterable[str], codes: Iterable[str]) -> None:
        """Add words and codes, of which some may be known; what is beyond the most is left out."""
        with self._lock:
            for each in texts:
                if each not in self._texts and self._has_room(len(self._texts)):
                    self._texts[each] = None
            for each in codes:
                if each not in self._codes and self._has_room(len(self._codes)):
                    self._codes.add(each)
            if len(self._texts) > len(self._index.texts):
                self._index = self._index.grown(tuple(self._texts)[len(self._index.texts) :])
            if len(self._codes) > len(self._sorted):
                self._sorted = tuple(sorted(self._codes))

    def _has_room(self, many: int) -> bool:
        self.is_cut = self.is_cut or many >= self._most
        return many < self._most

    def called(self, names: Iterable[str]) -> frozenset[str]:
        """The words that are called so, or are a case of what is (`heads`)."""
        wanted = frozenset(names)
        index = self._index
        likely = index.of_forms(map(name_form, wanted))
        return frozenset(text for text in likely if not wanted.isdisjoint(heads(text)))

    def formed(self, forms: Iterable[str]) -> frozenset[str]:
        """The same by the forms of names (`name_form`)."""
        wanted = frozenset(forms)
        likely = self._index.of_forms(wanted)
        return frozenset(text for text in likely if not wanted.isdisjoint(map(name_form, heads(text))))

    def holding(self, words: Iterable[str]) -> frozenset[str]:
        """The words in which one of some others stands."""
        index = self._index
        return frozenset(text for each in words for text in index.within(each) if holds(text, each))

    def beginning(self, first: str) -> Iterator[str]:
        """The codes that begin so, in order."""
        codes = self._sorted
        at = bisect_left(codes, first)
        while at < len(codes) and codes[at].startswith(first):
            yield codes[at]
            at += 1

    def has_code(self, code: str) -> bool:
        """Whether a code is among them."""
        return code in self._codes


_NO_NUMBERS: NDArray[np.int64] = np.zeros(0, dtype=np.int64)


class _TextIndex:
    """Texts by the forms of their heads, as sorted hashes beside places, and in one text by their starts."""

    __slots__ = ("_forms", "_places", "_starts", "_whole", "texts")

    def __init__(
        self,
        texts: tuple[str, ...],
        forms: NDArray[np.int64],
        places: NDArray[np.int64],
        whole: str,
        starts: NDArray[np.int64],
    ) -> None:
        self.texts, self._forms, self._places = texts, forms, places
        self._whole, self._starts = whole, starts

    def grown(self, new: tuple[str, ...]) -> "_TextIndex":
        """The index of further texts, too."""
        forms: list[int] = []
        places: list[int] = []
        for place, text in enumerate(new, len(self.texts)):
            for form in {name_form(each) for each in frozenset(heads(text))}:
                forms.append(hash(form))
                places.append(place)
        all_forms = np.concatenate([self._forms, np.array(forms, dtype=np.int64)])
        all_places = np.concatenate([self._places, np.array(places, dtype=np.int64)])
        order = np.argsort(all_forms, kind="stable")
        sizes = np.fromiter((len(each) + len(_PARTING) for each in new), dtype=np.int64, count=len(new))
        starts = np.concatenate([self._starts, len(self._whole) + np.cumsum(sizes) - sizes])
        whole = self._whole + "".join(each + _PARTING for each in new)
        return _TextIndex((*self.texts, *new), all_forms[order], all_places[order], whole, starts)

    def of_forms(self, forms: Iterable[str]) -> Iterator[str]:
        """The texts that probably have a head of one of some forms."""
        for each in map(hash, forms):
            first, last = np.searchsorted(self._forms, (each, each + 1))
            yield from (self.texts[place] for place in self._places[first:last])

    def within(self, word: str) -> Iterator[str]:
        """The texts in which a word may stand."""
        at = self._whole.find(word) if word else -1
        while at >= 0:
            place = int(np.searchsorted(self._starts, at, side="right")) - 1
            yield self.texts[place]
            following = place + 1
            if following == len(self.texts):
                return
            at = self._whole.find(word, int(self._starts[following]))
