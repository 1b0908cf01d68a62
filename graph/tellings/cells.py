"""Sets of patients as numbers, and what some of them would tell together of a few.

Bit n of a cell stands for the n-th patient whom its researcher was ever told of, so that a set of a hundred
thousand takes twelve kilobytes, and what several have in common is one operation.
"""

from array import array
from collections.abc import Collection, Sequence

DIGEST = 8  # bytes by which a patient is known here; they are keyed and evenly spread


class Patients:
    """The patients of one researcher's cells, in the order in which they came."""

    def __init__(self, packed: bytes = b"") -> None:
        self._places = {digest: place for place, digest in enumerate(array("Q", packed))}

    def cell(self, digests: Collection[bytes]) -> int:
        """The cell of these patients, by keyed digests of at least `DIGEST` bytes; new ones are added."""
        known = array("Q", b"".join(digest[:DIGEST] for digest in digests))
        places = [self._places.setdefault(each, len(self._places)) for each in known]
        bits = bytearray(len(self._places) // 8 + 1)
        for place in places:
            bits[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(bits, "little")

    def packed(self) -> bytes:
        """All of them, to be kept."""
        return array("Q", self._places).tobytes()


def packed(cell: int) -> bytes:
    """A cell, to be kept."""
    return cell.to_bytes(cell.bit_length() // 8 + 1, "little")


def unpacked(kept: bytes) -> int:
    """The cell that was kept so."""
    return int.from_bytes(kept, "little")


def tells_of_few(cell: int, told: Sequence[int], least: int) -> bool:
    """Whether a cell tells of fewer than `least` patients beside some of those that were told.

    It does where one of two cells has so few that the other lacks; where one of three has so few that both
    others lack; where two of three share enough to be told, but so few of them that the third lacks; and
    where one has so few beside all that lie within it, or beside some of these that are apart from one
    another, as the cells of a table are. A cell that was told tells nothing new.
    """
    if cell in told:
        return False
    few = range(1, least)
    size = cell.bit_count()
    others = [(each, each.bit_count(), (cell & each).bit_count()) for each in told]
    if any(size - shared in few or count - shared in few for _, count, shared in others):
        return True
    if _leaves_few(cell, size, others, few):
        return True
    others.sort(key=lambda each: not each[2])
    return any(
        _third_tells(cell, size, other, others[place + 1 :], few)
        for place, other in enumerate(others)
        if other[2]  # two cells that both are apart from this one tell nothing with it
    )


def _leaves_few(cell: int, size: int, others: Sequence[tuple[int, int, int]], few: range) -> bool:
    """Whether the cell, or one that it lies within, has few beside what lies within that.

    `others` are cells in the order in which they were told, each with how many it has and how many of these
    the cell has, too.
    """
    inside = [each for each, count, shared in others if count == shared]
    if inside and _parts_leave_few(cell, inside, few):
        return True
    wholes = (each for each, count, shared in others if shared == size < count)
    return any(
        _parts_leave_few(
            whole, [cell, *(each for each, *_ in others if each != whole and each & whole == each)], few
        )
        for whole in wholes
    )


def _parts_leave_few(whole: int, parts: Sequence[int], few: range) -> bool:
    """Whether a whole has few beside all its parts, or beside the first and those apart from it."""
    everything, apart = 0, 0
    for part in parts:
        everything |= part
        if not apart & part:
            apart |= part
    return any((whole & ~covered).bit_count() in few for covered in (everything, apart))


def _third_tells(
    cell: int, size: int, other: tuple[int, int, int], thirds: Sequence[tuple[int, int, int]], few: range
) -> bool:
    one, of_one, with_one = other
    both = cell & one
    for two, of_two, with_two in thirds:
        shared, by_all = (one & two).bit_count(), (both & two).bit_count()
        alone = (
            size - with_one - with_two + by_all,
            of_one - with_one - shared + by_all,
            of_two - with_two - shared + by_all,
        )
        if any(each in few for each in alone):
            return True
        if any(pair not in few and pair - by_all in few for pair in (shared, with_one, with_two)):
            return True
    return False
