"""Joins the facts of a question into one tree: lists, denials, alternatives, and what is excluded."""

from collections.abc import Sequence
from itertools import groupby, pairwise

from app.cohorts.plain_words.grammar.choices import Alternative, Bilingual, Choices
from app.cohorts.plain_words.grammar.doubts import ALONE, GROUPED, GROUPED_WAYS, JUXTAPOSED, ORDER, ORDERS
from app.cohorts.plain_words.grammar.facts import (
    Clause,
    ClauseEntry,
    Fact,
    Junction,
    PersonFact,
    ToldFact,
    ToldNode,
)
from app.cohorts.plain_words.grammar.lists import (
    ToldPart,
    attach_results,
    first_of,
    linked_lists,
    listed_results,
    start_of,
    treated,
)
from app.cohorts.plain_words.grammar.telling import Telling

_LISTING = ("and", "or", "comma", "slash", "but")
_OF_WOMEN = ("pregnant", "breastfeeding")
_REACH = Bilingual("how far the denial reaches", "부정이 어디까지 미치는지")
_BOTH = Bilingual("several are denied together", "여럿을 한꺼번에 부정함")


def joined_tree(told: Telling) -> ToldNode | None:
    """The tree of all that is told; None where nothing is."""
    joiner = _Joiner(told.choices)
    parts = joiner.sequence([each for each in told.entries if not each.excluded])
    excluded = _without_needless_sex(told)
    for _, group in groupby(excluded, key=lambda each: each.clause.sentence):
        node = joiner.alternatives(list(group))
        if node is not None:
            parts.append(negated(node))
    return all_of(parts)


def all_of(parts: Sequence[ToldNode]) -> ToldNode | None:
    """The node of all parts; None of none."""
    flat = [
        one
        for each in parts
        for one in (each.of if isinstance(each, Junction) and each.op == "all" else (each,))
    ]
    if not flat:
        return None
    return flat[0] if len(flat) == 1 else Junction("all", tuple(flat))


def any_of(parts: Sequence[ToldNode]) -> ToldNode:
    """The node of any part."""
    flat = [
        one
        for each in parts
        for one in (each.of if isinstance(each, Junction) and each.op == "any" else (each,))
    ]
    return flat[0] if len(flat) == 1 else Junction("any", tuple(flat))


def negated(node: ToldNode) -> ToldNode:
    """The node that holds where this one does not."""
    return node.of[0] if isinstance(node, Junction) and node.op == "not" else Junction("not", (node,))


class _Joiner:
    def __init__(self, choices: Choices) -> None:
        self._choices = choices

    def sequence(self, entries: Sequence[ClauseEntry]) -> list[ToldNode]:
        """The parts, all of which hold, of entries in their order."""
        split = self._persons_apart(entries)
        if split is not None:
            return split
        parts: list[ToldPart] = []
        attach_results(entries)
        for clause, group in _clauses(entries):
            parts += self._clause(clause, group)
        place = entries[0].told.signs[0].start if entries else 0
        return self._fold(self._tightened(listed_results(treated(parts, self._choices)), entries), place)

    def _persons_apart(self, entries: Sequence[ClauseEntry]) -> list[ToldNode] | None:
        """`men over 50 or women over 60`: two kinds of persons; None where there is one."""
        groups = self._groups_apart(entries)
        if groups is not None:
            return groups
        sexes = self._sexes_apart(entries)
        if sexes is not None:
            return sexes
        at = next(
            (place for place, each in enumerate(entries) if place and each.person and each.link == "or"), None
        )
        if at is None or not entries[at - 1].person:
            return None
        first, last = at, at
        while (
            first > 0
            and entries[first - 1].person
            and entries[first - 1].clause.sentence == entries[at].clause.sentence
        ):
            first -= 1
        while last < len(entries) and entries[last].person and (last == at or entries[last].link != "or"):
            last += 1
        left = all_of(self.sequence(entries[first:at]))
        right = all_of(self.sequence([_unlinked(entries[at]), *entries[at + 1 : last]]))
        if left is None or right is None:
            return None
        rest = [
            *entries[:first],
            *([_unlinked(entries[last])] if last < len(entries) else []),
            *entries[last + 1 :],
        ]
        return [any_of([left, right]), *self.sequence(rest)]

    def _groups_apart(self, entries: Sequence[ClauseEntry]) -> list[ToldNode] | None:
        """`children with asthma or adults with COPD`: each with what is said of them; None of one group."""
        at = next((place for place, each in enumerate(entries) if place and each.group), 0)
        first = at
        while first and entries[first - 1].clause.sentence == entries[at].clause.sentence:
            first -= 1
        last = at + 1
        while last < len(entries) and not _begins_rest(entries[last], entries[at]):
            last += 1
        left, right = entries[first:at], entries[at:last]
        if not at or entries[at].link != "or" or len(left) + len(right) <= len(("A", "B")):
            return None
        place = right[0].told.signs[0].start
        if self._choices.pick("groups", place, GROUPED, GROUPED_WAYS) == "shared":
            return None
        wholes = [all_of(self.sequence(each)) for each in (left, [_unlinked(right[0]), *right[1:]])]
        rest = [*entries[:first], *entries[last:]]
        return [any_of([each for each in wholes if each is not None]), *self.sequence(rest)]

    def _sexes_apart(self, entries: Sequence[ClauseEntry]) -> list[ToldNode] | None:
        """`males and non-pregnant females`: what stands between two sexes is said of the second."""
        at = [place for place, each in enumerate(entries) if _sex(each)]
        if len({_sex(entries[each]) for each in at}) != len(at) or not at[1:]:
            return None
        first, last = at
        between = entries[first + 1 : last]
        if not between or between[0].link not in ("and", "or") or any(each.person for each in between):
            return None
        right = all_of(self.sequence([_unlinked(between[0]), *between[1:], _unlinked(entries[last])]))
        if right is None:
            return None
        behind = entries[last + 1 :]
        rest = [*entries[:first], *([_unlinked(behind[0])] if behind else []), *behind[1:]]
        return [any_of([entries[first].told, right]), *self.sequence(rest)]

    def _tightened(self, parts: Sequence[ToldPart], entries: Sequence[ClauseEntry]) -> list[ToldPart]:
        """Parts with those together that `and` joins behind `, or`: `A, or B and C`."""
        apart = {id(each.told) for each in entries if each.link == "or" and each.comma}
        found: list[ToldPart] = []
        for node, link in parts:
            last = found[-1] if found else None
            if last is None or link != "and" or last[1] != "or" or id(first_of(last[0])) not in apart:
                found.append((node, link))
            elif self._loosely(start_of(node), tight=True):
                found[-1] = (Junction("all", (last[0], node)), "or")
            else:
                found.append((node, ""))
        return found

    def _fold(self, parts: Sequence[ToldPart], place: int) -> list[ToldNode]:
        """Parts with the links before them; `or` holds its neighbours together."""
        groups: list[list[ToldNode]] = []
        for node, link in parts:
            if link == "or" and groups:
                groups[-1].append(node)
            else:
                groups.append([node])
        links = [link for _, link in parts[1:]]
        if "or" in links and "and" in links and self._loosely(place, tight=False):
            return [self._and_first(parts)]
        return [any_of(each) for each in groups]

    def _loosely(self, place: int, *, tight: bool) -> bool:
        ways = ORDERS[::-1] if tight else ORDERS
        return self._choices.pick("order", place, ORDER, ways) == "and"

    def _and_first(self, parts: Sequence[ToldPart]) -> ToldNode:
        groups: list[list[ToldNode]] = []
        for node, link in parts:
            if link == "or" or not groups:
                groups.append([node])
            else:
                groups[-1].append(node)
        return any_of([each for each in (all_of(group) for group in groups) if each is not None])

    def _clause(self, clause: Clause, entries: Sequence[ClauseEntry]) -> list[ToldPart]:
        link = entries[0].link
        if not clause.denied:
            return self._listed(clause, entries, link)
        reached = self._reached(entries)
        rest = entries[len(reached) :]
        denied = self._denied(reached)
        if not rest:
            return [(denied, link)]
        return [(denied, link), *self._listed(Clause(), rest, rest[0].link)]

    def _listed(self, clause: Clause, entries: Sequence[ClauseEntry], link: str) -> list[ToldPart]:
        nodes: list[ToldNode] = [each.told for each in entries]
        if clause.least > 1:
            return [(Junction("atLeast", tuple(nodes), clause.least), link)]
        if clause.either:
            size = _either_of(entries)
            rest = entries[size:]
            return [
                (any_of(_together(entries[:size])), link),
                *(self._listed(Clause(), rest, rest[0].link) if rest else []),
            ]
        for one, other in pairwise(entries):
            if not other.link and isinstance(one.told, Fact) and _stand_alike(one.told, other.told):
                self._choices.pick("beside", other.told.signs[0].start, JUXTAPOSED, ALONE)
        links = linked_lists(entries)
        if "or" in links and not {"and"} & set(links):
            return (
                [(any_of(nodes), link)]
                if set(links[1:]) <= {"or", "comma", "slash"}
                else self._runs(nodes, links, link)
            )
        pairs = self._tightened(list(zip(nodes, links, strict=True)), entries)
        parts = self._fold(pairs, entries[0].told.signs[0].start)
        return [(each, link if at == 0 else "and") for at, each in enumerate(parts)]

    def _runs(self, nodes: Sequence[ToldNode], links: Sequence[str], link: str) -> list[ToldPart]:
        """Lists beside one another: those that `or` holds together, and others."""
        parts = self._fold(list(zip(nodes, links, strict=True)), 0)
        return [(each, link if at == 0 else "and") for at, each in enumerate(parts)]

    def _reached(self, entries: Sequence[ClauseEntry]) -> Sequence[ClauseEntry]:
        """The entries of a clause that its denial reaches."""
        closing = {each.link for each in entries[1:]} & {"or", "and"}
        size = 1
        for entry in entries[1:]:
            alike = _alike(entries[0], entry)
            ended = entry.link == "comma" and not entry.clause.whole and _is_ended(entries[size - 1], entry)
            if entry.headed or ended or entry.link == "but":
                break
            if entry.link == "or":
                if not alike and not self._reaches(entry):
                    break
            elif (
                not alike
                or not entry.link
                or (entry.link == "comma" and not closing and not self._reaches(entry))
            ):
                break
            size += 1
        return entries[:size]

    def _reaches(self, entry: ClauseEntry) -> bool:
        """Whether a denial reaches an entry where it need not."""
        ways = (
            Alternative("all", Bilingual("all of the list is denied", "나열한 것 모두를 부정함")),
            Alternative("first", Bilingual("only what stands first is denied", "앞의 것만 부정함")),
        )
        return self._choices.pick("reach", entry.told.signs[0].start, _REACH, ways) == "all"

    def _denied(self, entries: Sequence[ClauseEntry]) -> ToldNode:
        nodes: list[ToldNode] = [each.told for each in entries]
        links = {each.link for each in entries[1:]}
        if "and" in links and "or" not in links:
            ways = (
                Alternative("any", Bilingual("none of them", "어느 것도 없음")),
                Alternative("all", Bilingual("not all of them together", "모두가 함께 있지는 않음")),
            )
            if self._choices.pick("denied", entries[0].told.signs[0].start, _BOTH, ways) == "all":
                whole = all_of(nodes)
                if whole is not None:
                    return negated(whole)
        return negated(any_of(nodes))

    def alternatives(self, entries: Sequence[ClauseEntry]) -> ToldNode | None:
        """What is excluded together: what is said of persons holds at once, lists are alternatives."""
        groups: list[list[ToldNode]] = []
        for clause, group in _clauses(entries):
            nodes: list[ToldNode] = [each.told for each in group]
            node: ToldNode = negated(any_of(nodes)) if clause.denied else any_of(nodes)
            if clause.least > 1:
                node = Junction("atLeast", tuple(nodes), clause.least)
            if groups and group[0].link in _LISTING:
                groups.append([node])
            elif groups:
                groups[-1].append(node)
            else:
                groups.append([node])
        wholes = [each for each in (all_of(group) for group in groups) if each is not None]
        return any_of(wholes) if wholes else None


def _together(entries: Sequence[ClauseEntry]) -> list[ToldNode]:
    """The alternatives of a list; what nothing links belongs together: `a stay for asthma or a result`."""
    groups: list[list[ToldNode]] = []
    for entry in entries:
        if groups and not entry.link:
            groups[-1].append(entry.told)
        else:
            groups.append([entry.told])
    return [each for each in (all_of(group) for group in groups) if each is not None]


def _either_of(entries: Sequence[ClauseEntry]) -> int:
    """How many of a list `either` holds: `either A or B and C` ends before C."""
    links = ["", *(each.link for each in entries[1:])]
    if entries[0].clause.listed:
        return len(links)
    if "or" not in links:  # `at least one exacerbation despite inhaled steroids` lists nothing
        alike = [each.link != "and" or _alike(entries[0], each) for each in entries]
        return next((at for at in range(1, len(links)) if not alike[at]), len(links))
    behind = links.index("or")
    return next((at for at in range(behind, len(links)) if links[at] == "and"), len(links))


def _clauses(entries: Sequence[ClauseEntry]) -> list[tuple[Clause, list[ClauseEntry]]]:
    """Entries that stand in one clause, one after another."""
    found: list[tuple[Clause, list[ClauseEntry]]] = []
    for entry in entries:
        if found and found[-1][0] is entry.clause:
            found[-1][1].append(entry)
        else:
            found.append((entry.clause, [entry]))
    return found


def _without_needless_sex(told: Telling) -> list[ClauseEntry]:
    """What is excluded without the sex that it implies: women who are pregnant, of whatever sex on record."""
    excluded = [each for each in told.entries if each.excluded]
    implied = any(isinstance(each.told, Fact) and each.told.name in _OF_WOMEN for each in excluded)
    needless = [
        each
        for each in excluded
        if implied and isinstance(each.told, PersonFact) and each.told.value == "female"
    ]
    told.used += [sign for each in needless for sign in each.told.signs]
    return [each for each in excluded if each not in needless]


def _stand_alike(one: Fact, other: ToldFact) -> bool:
    """Whether two of a kind stand side by side and nobody says how they go together."""
    if not isinstance(other, Fact):
        return False
    kinds = {one.kind, other.kind}
    return kinds <= {"condition", "word"} or kinds in ({"drug"}, {"procedure"}, {"imaging"})


def _sex(entry: ClauseEntry) -> str:
    """The sex that an entry asks for; empty where it is of something else, or denied."""
    told = entry.told
    asks = isinstance(told, PersonFact) and told.kind == "sex" and not entry.clause.denied
    return told.value if asks and isinstance(told, PersonFact) else ""


def _begins_rest(entry: ClauseEntry, group: ClauseEntry) -> bool:
    """Whether an entry is said of all groups: of the next sentence, or denied or told apart by a comma."""
    apart = entry.comma and entry.link == "comma"
    return entry.clause.sentence != group.clause.sentence or apart or entry.link == "but"


def _unlinked(entry: ClauseEntry) -> ClauseEntry:
    return ClauseEntry(entry.told, entry.clause, "", person=entry.person, excluded=entry.excluded)


def _alike(one: ClauseEntry, other: ClauseEntry) -> bool:
    """Whether two entries are of kinds that one list may hold."""
    if isinstance(one.told, PersonFact) or isinstance(other.told, PersonFact):
        return False
    kinds = {one.told.kind, other.told.kind}
    return (
        len(kinds) == 1
        or kinds <= {"condition", "word"}
        or (kinds <= {"drug", "procedure"} and _treats(one.told) and _treats(other.told))
    )


def _is_ended(one: ClauseEntry, other: ClauseEntry) -> bool:
    """Whether what is said behind an entry is not said of the next one, so that a list ends between them."""
    if not isinstance(one.told, Fact) or not isinstance(other.told, Fact):
        return True
    return bool(one.told.windows or one.told.relatives) and one.told.windows != other.told.windows


def _treats(fact: Fact) -> bool:
    return fact.kind in ("drug", "procedure")
