"""Control that each member of a concert may be said to have, since all of them control a company together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.structure.concert import Together
from analytics.structure.control import PAIRS_A_PARTY, Control
from analytics.structure.membership import Refuted, control_among
from analytics.structure.reach import Nodes, solve_reach
from analytics.structure.votes import Arrows
from graph.bands import LOW_OPEN
from graph.errors import InvalidQuestion
from graph.grouping import spans

NOTHING: Final = Refuted()
LOWER: Final = (1 << 32) - 1
"""Of a key of two numbers, the second."""
KEPT: Final = 10_000
"""How often it is kept what some parties control as one among a few companies."""


@dataclass(frozen=True)
class Concerted:
    """Arrows member → company that its concert controls; they stand behind those of other control."""

    member: Nodes
    """Shape (k,), of each concert together."""
    company: Nodes
    concert: NDArray[np.int32]
    """Number of the concert."""
    first: int
    """Position of the first arrow; lower ones are of control that was given."""
    barred: Mapping[int, frozenset[int]]
    """Companies that a ring fence keeps out of the risk of a member."""

    def __len__(self) -> int:
        return len(self.member)

    def at(self, position: int) -> tuple[int, int, int]:
        """Member, company and number of the concert of the arrow at a position."""
        row = position - self.first
        return int(self.member[row]), int(self.company[row]), int(self.concert[row])


def concerted_control(together: Together, control: Control, fences: Iterable[tuple[int, int]] = ()) -> Concerted:
    r"""Find what each member of a concert controls in concert and not by itself.

    A member counts where it has a part in the company, itself or through what the concert controls: an agreement
    binds the shareholders of a company, and none has to do with what another member owns alone. Over one of the members
    what its own votes bring the others counts too, which is only possible and may be too much. A ring fence of y
    against x takes y from each member that is x, controls it, or is controlled by it, alone or in concert; and with y
    what the concert does not control without it. The other members keep it.

    .. math:: m \to y \iff m \in G,\ y \in C(G) \setminus C(m),\ m \rightsquigarrow y \text{ by holdings within } C(G)

    Parameters
    ----------
    together : Together
        Control by parties and concerts, possible control included.
    control : Control
        Control that counts without concerts, ring fences heeded.
    fences : pairs of node numbers
        As `analytics.structure.fences.fenced`: the controlled y and the controller x.

    Raises
    ------
    InvalidQuestion
        If the two are not of the same parties.

    Source
    ------
    Directive 2013/34/EU art. 22(1)(d)(bb): who controls a majority of the votes pursuant to an agreement with other
    shareholders in that undertaking; domain reference §1.7 and §2.1.

    Example
    -------
    >>> from analytics.structure.concert import Concert, solve_together
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.votes import Holdings
    >>> held = Holdings.exact(4, [0, 1, 1], [2, 2, 3], [0.31, 0.25, 0.6])
    >>> found = concerted_control(solve_together(held, [Concert((0, 1), ())]), solve_control(held))
    >>> found.member.tolist(), found.company.tolist()
    ([0, 1], [2, 2])
    """
    if control.size != together.parties:
        raise InvalidQuestion(f"control of {control.size} parties", where=f"concerts of {together.parties}")
    given, rows = list(fences), list[tuple[int, int, int]]()
    barred: dict[int, frozenset[int]] = {}
    plain = dict[int, Nodes]()
    for number, concert in enumerate(together.concerts):
        inside = together.controlled_by(number, possible=True)
        near = _near(given, [*inside.tolist(), *concert.members] if given and len(inside) else ())
        if len(inside) and not near:
            plain[number] = inside
        for member in concert.members if near else ():
            mine, barred[member] = _unfenced(together, member, number, near)
            mine = mine.difference(control.controlled_by(member, possible=True).tolist())
            rows += ((member, company, number) for company in mine)
    found = np.array(rows, np.int64).reshape(-1, 3)
    if plain:
        found = np.concatenate([found, _joined(together, np.array(list(plain), np.int64), list(plain.values()))])
    found = found[np.lexsort((found[:, 1], found[:, 0], found[:, 2]))]
    ends = found[:, :2].astype(np.uint32)
    return Concerted(ends[:, 0], ends[:, 1], found[:, 2].astype(np.int32), together.own_edges, barred)


def surely_part(together: Together, number: int, member: int) -> frozenset[int]:
    r"""Find what a concert certainly controls and one of its members certainly has a part in, alone or through others.

    .. math:: \{y \in C(G) : m \rightsquigarrow y \text{ by holdings above 0 within } C(G) \cup C(m)\}

    Parameters
    ----------
    together : Together
        Control by parties and concerts.
    number : int
        Number of the concert G.
    member : int
        Node number m of one of its members.

    Raises
    ------
    IndexError
        If there is no such concert.

    Source
    ------
    As `concerted_control`.

    Example
    -------
    >>> from analytics.structure.concert import Concert, solve_together
    >>> from analytics.structure.votes import Holdings
    >>> held = Holdings.between(4, [0, 1, 2], [3, 3, 3], [0.31, 0.25, 0.0], [0.31, 0.25, 0.1])
    >>> found = solve_together(held, [Concert((0, 1, 2), ())])
    >>> [sorted(surely_part(found, 0, member)) for member in (0, 1, 2)]
    [[3], [3], []]
    """
    inside = {*together.controlled_by(number).tolist()}
    own = {*together.control.controlled_by(member).tolist()}
    return frozenset(_parts(together.control, member, inside | own, sure=True) & inside)


def with_concerted(control: Control, found: Concerted) -> Control:
    r"""Add control in concert to what is possible; what is certain stays.

    .. math:: C'(x) = \mu S : \{y : \sum_{k \in S \cup \{x\}} W_{ky} > \theta\}
        \cup \{y : k \to y,\ k \in S \cup \{x\}\}

    Parameters
    ----------
    control : Control
        Who controls whom.
    found : Concerted
        Arrows to add, each only possible.

    Raises
    ------
    Nothing; without arrows the same control is given back.

    Source
    ------
    As `concerted_control`; the fixpoint is that of `analytics.structure.control.solve_control`.

    Example
    -------
    >>> from analytics.structure.concert import Concert, solve_together
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.votes import Holdings
    >>> held = Holdings.exact(4, [0, 1, 2], [2, 2, 3], [0.31, 0.25, 0.6])
    >>> alone = solve_control(held)
    >>> wide = with_concerted(alone, concerted_control(solve_together(held, [Concert((0, 1), ())]), alone))
    >>> wide.controlled_by(0).tolist(), wide.controlled_by(0, possible=True).tolist()
    ([], [2, 3])
    """
    if not len(found):
        return control
    edges, size, more = control.edges, control.size, len(found)
    made = Arrows.of(size, np.append(edges.tail, found.member), np.append(edges.head, found.company))
    called = np.append(edges.link, np.arange(found.first, found.first + more)).astype(np.uint32)
    unsure = np.zeros(len(edges.head), np.bool_) if edges.doubtful is None else edges.doubtful
    doubtful = np.append(unsure, np.ones(more, np.bool_))
    arrows = Arrows(made.start, made.head, called[made.link], doubtful[made.link])
    possible = solve_reach(
        control.holdings, arrows, control.state, threshold=control.threshold, possible=True,
        budget=PAIRS_A_PARTY * size + 1_000_000,
    )  # fmt: skip
    return replace(control, possible=possible, edges=arrows)


def lost(
    found: Concerted,
    together: Together,
    positions: Sequence[int],
    *,
    refuted: Refuted = NOTHING,
    parts: Sequence[Sequence[int]] | None = None,
) -> frozenset[int]:
    r"""Find which arrows of one concert would not be there without some edges, or if the concert fell apart.

    Whoever still has one had it before: refuting only takes away.

    .. math:: \{m \to y : y \notin C'(G_m)\ \text{or}\ m \not\rightsquigarrow' y\}, \qquad m \in G_m \subseteq G

    Parameters
    ----------
    found : Concerted
        As `concerted_control` made it.
    together : Together
        What it was made of.
    positions : sequence of int
        Arrows of one concert, by their positions.
    refuted : Refuted
        Holdings and edges to do without.
    parts : sequences of members, optional
        Who would still act together; whoever is in none acts alone. All of them by default.

    Raises
    ------
    Nothing; without positions nothing is lost.

    Source
    ------
    As `concerted_control`; control is monotone in votes (domain reference §1.4).

    Example
    -------
    >>> from analytics.structure.concert import Concert, solve_together
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.votes import Holdings
    >>> held = Holdings.exact(4, [0, 1, 2], [3, 3, 3], [0.31, 0.25, 0.2])
    >>> both = solve_together(held, [Concert((0, 1, 2), ())])
    >>> found = concerted_control(both, solve_control(held))
    >>> sorted(lost(found, both, [0, 1, 2], parts=[(0, 1)]))
    [2]
    >>> sorted(lost(found, both, [0, 1, 2], refuted=Refuted(holdings=frozenset([0]))))
    [0, 1, 2]
    """
    rows = [(found.at(position), position) for position in positions]
    if not rows:
        return frozenset()
    number, asked = rows[0][0][2], {row[0] for row, _ in rows}
    members = together.concerts[number].members
    among = _above(together, number, {row[1] for row, _ in rows})
    stays = set[tuple[int, int]]()
    for part in (members,) if parts is None else parts:
        stays.update(_staying(found, together, part, asked.intersection(part), among, refuted))
    return frozenset(position for row, position in rows if row[:2] not in stays)


def _staying(
    found: Concerted, together: Together, part: Sequence[int], asked: Set[int], among: set[int], refuted: Refuted
) -> Iterator[tuple[int, int]]:
    """What those who still act together control of some companies, with each member asked about that has a part."""
    inside = dict[frozenset[int], set[int]]()
    for member in asked:
        out = found.barred.get(member, frozenset[int]())
        if out not in inside:
            inside[out] = _joint(together, part, among - out, refuted)
        own = _joint(together, (member,), among - {member} - out, refuted)
        reached = _parts(together.control, member, inside[out] | own, refuted)
        yield from ((member, company) for company in reached & inside[out])


def _near(fences: Iterable[tuple[int, int]], parties: Iterable[int]) -> list[tuple[int, int]]:
    """Ring fences around some parties."""
    inside = set(parties)
    return [pair for pair in fences if pair[0] in inside]


def _unfenced(
    together: Together, member: int, number: int, fences: Iterable[tuple[int, int]]
) -> tuple[set[int], frozenset[int]]:
    """What a concert controls, and a member has a part in, without what is fenced from this member; and that."""
    inside = set(together.controlled_by(number, possible=True).tolist())
    own = set(together.control.controlled_by(member, possible=True).tolist())
    mine = _parts(together.control, member, inside | own) & inside
    out = _fenced_from(together, member, mine, fences)
    if out:
        inside = _joint(together, together.concerts[number].members, inside - out, NOTHING)
        mine = _parts(together.control, member, (inside | own) - out) & inside
    return mine, out


def _joined(together: Together, numbers: NDArray[np.int64], inside: Sequence[Nodes]) -> NDArray[np.int64]:
    """What of some concerts' companies each member does not control itself, and has a part in, as member, company and
    number of the concert: a step of all at once along holdings and other control."""
    concerts, control = together.concerts, together.control
    sizes = np.array([len(concerts[k].members) for k in numbers.tolist()], np.int64)
    member = np.fromiter(chain.from_iterable(concerts[k].members for k in numbers.tolist()), np.int64, int(sizes.sum()))
    of = np.repeat(np.arange(len(numbers)), sizes)
    parted, company = _steps_inside(together, inside)
    place, own = control.possible.sets(member)
    # Whoever is reached: each member by its place, and a party.
    own = np.unique(np.append(place << 32 | own, np.arange(len(member)) << 32 | member))
    found, wave = own, own
    while len(wave):
        at, x = wave >> 32, wave & LOWER
        rows, row_of = spans(*np.searchsorted(parted, [of[at] << 32 | x, (of[at] << 32 | x) + 1]))
        near = np.unique(at[row_of] << 32 | company[rows])
        wave = near[~np.isin(near, found, assume_unique=True)]
        found = np.union1d(found, wave)
    found = np.setdiff1d(found, own, assume_unique=True)
    at = found >> 32
    return np.column_stack([member[at], found & LOWER, numbers[of[at]]])


def _steps_inside(together: Together, inside: Sequence[Nodes]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Who has a part in each of some companies, set by set: the number of the set and the holder as one key,
    ascending, and the company."""
    control = together.control
    node = np.concatenate(inside).astype(np.int64)
    of = np.repeat(np.arange(len(inside)), [len(some) for some in inside])
    keys, companies = [], []
    for arrows, high in ((control.holdings.holders, control.holdings.high), (control.controlled_otherwise, None)):
        at, of_node = arrows.spans_of(node)
        holder = arrows.head[at].astype(np.int64)
        known = holder < together.parties  # a concert holds nothing
        if high is not None:
            known &= high[arrows.link[at]] > 0
        keys.append((of[of_node] << 32 | holder)[known])
        companies.append(node[of_node][known])
    key = np.concatenate(keys)
    order = np.argsort(key, kind="stable")
    return key[order], np.concatenate(companies)[order]


def _joint(together: Together, members: Iterable[int], among: Set[int], refuted: Refuted) -> set[int]:
    """What some members control, or may, as one among some companies; of themselves whom the others control."""
    acting = {*members}
    found = _as_one(together, acting, among - acting, refuted)
    led = (y for y in among & acting if y in _as_one(together, acting - {y}, found | {y}, refuted))
    return {*found, *led}


def _as_one(together: Together, acting: Set[int], among: Set[int], refuted: Refuted) -> frozenset[int]:
    """What some parties control, or may, as one among some companies; worked out once for all that does not touch
    them."""
    if not acting:
        return frozenset()
    near = refuted.between(together.control, acting | among)
    name = frozenset(acting), frozenset(among), near
    known = together.as_one.get(name)
    if known is None:
        names = sorted(among)
        place = {**dict.fromkeys(acting, 0), **{y: k for k, y in enumerate(names, 1)}}
        found = control_among(together.control.as_possible(), np.array(names, np.uint32), place, near)
        known = frozenset(names[at - 1] for at in found.controlled_by(0).tolist())
        if len(together.as_one) >= KEPT:
            together.as_one.clear()
        together.as_one[name] = known
    return known


def _parts(
    control: Control, member: int, through: Set[int], refuted: Refuted = NOTHING, *, sure: bool = False
) -> set[int]:
    """Companies in which a member has a part, or with `sure` has one for certain, itself or through some others, that
    are among these."""
    held, found, wave = control.holdings, {member}, [member]
    edges = control.edges.sure if sure else control.edges
    while wave:
        x = wave.pop()
        first, last = held.start[x], held.start[x + 1]
        gone = [k - first for k in refuted.holdings if first <= k < last]
        some = (held.low if sure else held.high)[first:last] > 0
        if sure and len(held.ends):
            some |= (held.ends[first:last] & LOW_OPEN) > 0
        near = np.delete(np.where(some, held.head[first:last], member), gone).tolist()
        other = zip(edges.at(x).tolist(), edges.links_at(x).tolist(), strict=True)
        near += (y for y, link in other if link not in refuted.edges)
        new = through & set(near) - found
        found |= new
        wave += new
    return found - {member}


def _fenced_from(together: Together, member: int, mine: Set[int], fences: Iterable[tuple[int, int]]) -> frozenset[int]:
    """Companies fenced against a member, what it controls alone or in concert, or who controls it."""
    control = together.control
    line = {member, *mine, *control.controlled_by(member).tolist(), *control.controllers_of(member).tolist()}
    return frozenset(y for y, x in fences if x in line and x != y)


def _above(together: Together, number: int, companies: Set[int]) -> set[int]:
    """Some companies, and what else their concert controls that has a part in them."""
    inside = set(together.controlled_by(number, possible=True).tolist())
    near = together.control.holdings.holders, together.control.controlled_otherwise
    found, wave = set(companies), list(companies)
    while wave:
        y = wave.pop()
        new = {x for arrows in near for x in arrows.at(y).tolist()} & inside - found
        found |= new
        wave += new
    return found
