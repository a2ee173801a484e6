"""By which tests of a regime a person is an owner of a company, each with its proof."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.structure.concert import Together
from analytics.structure.owners.portions import Portion, passes
from analytics.structure.owners.regimes import Regime, Test
from analytics.structure.owners.register import Measures
from analytics.structure.proof import Step, prove


@dataclass(frozen=True)
class Ground:
    """One test that a person passes."""

    test: str
    """Id of the test in its regime."""
    low: float
    """Least measure, a fraction; 1 for control that is certain."""
    high: float
    certain: bool
    """Whether it passes whatever the bands hide."""
    layer: str
    holdings: tuple[int, ...]
    """Positions of the holdings that carry it in its layer, the greatest first."""
    steps: tuple[Step, ...]
    """Companies that fall to the person on the way."""
    partners: tuple[int, ...] = ()
    """Who acts in concert with the person and is counted with it."""
    rough: bool = False
    """Whether it is possible only as far as one bound for all at once can tell."""


def grounds_of(at: Measures, regime: Regime) -> dict[int, tuple[Ground, ...]]:
    r"""Put everybody to the tests of a regime; persons who pass one, with all that they pass.

    .. math:: p \mapsto \{t : m_t(p) \ge \theta_t\}

    Parameters
    ----------
    at : Measures
        What parties have of one company.
    regime : Regime

    Raises
    ------
    InvalidShare, NotConverged
        As `integrated_column`, `integrated_bounds` and `attributed_portions`.

    Source
    ------
    Domain reference §1.6.

    Example
    -------
    >>> import numpy as np
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.owners.regimes import regimes
    >>> from analytics.structure.owners.register import PERSON, Register
    >>> from analytics.structure.votes import Holdings
    >>> held = Holdings.exact(2, [0], [1], [0.6])
    >>> register = Register(held, solve_control(held), np.array([PERSON, 0], np.uint8))
    >>> [ground.test for ground in grounds_of(Measures(register, 1), regimes()["CN_2024"])[0]]
    ['capital', 'votes', 'control']
    """
    found: dict[int, list[Ground]] = {}
    for test in regime.tests:
        together = _in_concert(at, test) if regime.joint else ()
        for person, ground in (*_passing(at, test), *together):
            found.setdefault(person, []).append(ground)
    return {person: tuple(passed) for person, passed in found.items()}


def _passing(at: Measures, test: Test) -> Iterator[tuple[int, Ground]]:
    """Persons who pass a test alone, with its proof."""
    if test.measure == "control":
        yield from _controlling(at, test)
    elif test.measure == "over-controller":
        yield from _over_controllers(at, test)
    else:
        for portion in sorted(_persons(at, test), key=lambda one: one.owner):
            sure, maybe = passes(portion, test.threshold or 0.0, test.comparison)
            if maybe:
                yield portion.owner, _ground(at, test, portion, certain=sure)


def _persons(at: Measures, test: Test) -> list[Portion]:
    """What persons have by a test's measure; along chains only those who might pass."""
    if test.measure == "multiplied":
        return at.reaching(test.layer, test.threshold or 0.0)
    portions = at.portions(test.measure, test.layer)
    return [portions[person] for person in at.persons(portions)]


def _in_concert(at: Measures, test: Test) -> Iterator[tuple[int, Ground]]:
    """Persons whose concert passes a test that they do not pass alone."""
    together = at.register.together
    if together is None:
        return
    alone = {person: ground.certain for person, ground in _passing(at, test)}
    for number, ground, entity in _of_concerts(at, test, together):
        members = _counted(at, test, together, number, entity)
        for person in sorted(at.persons(members)) if len(members) > 1 else ():
            certain = ground.certain and members[person]
            if person not in alone or (certain and not alone[person]):
                yield person, replace(ground, certain=certain, partners=tuple(x for x in members if x != person))


def _counted(at: Measures, test: Test, together: Together, number: int, entity: int) -> dict[int, bool]:
    """Members of a concert, the company not among them, who take part in an entity, or have some of it by what the
    test measures, and whether for certain: who has nothing of it is no owner for acting with others elsewhere."""
    members = at.others(together.concerts[number].members)
    sure, maybe = (set(together.taking_part(number, entity, possible=possible)) for possible in (False, True))
    for member in members if test.measure != "control" else ():
        portion = _own(at, test, member, entity)
        sure |= {member} if portion.low > 0 else set()
        maybe |= {member} if portion.high > 0 else set()
    return {x: x in sure for x in members if x in maybe | sure and x != entity}


def _own(at: Measures, test: Test, member: int, entity: int) -> Portion:
    """What one member has of an entity by itself, as a test measures it."""
    if test.measure in ("multiplied", "over-controller"):
        return at.multiplied(test.layer, entity).roughly(member)
    return at.portions(test.measure, test.layer).get(member, Portion(member, 0.0, 0.0, False))


def _of_concerts(at: Measures, test: Test, together: Together) -> Iterator[tuple[int, Ground, int]]:
    """Numbers of the concerts that pass a test, each with its proof and whose parts count: the company's, or of one
    that controls it."""
    if test.measure == "over-controller":
        yield from _concerts_over_controllers(at, test, together)
        return
    for number in _concerts(at, test, together):
        ground = _of_concert(at, test, together, number)
        if ground is not None:
            yield number, ground, at.company


def _concerts(at: Measures, test: Test, together: Together) -> list[int]:
    """Numbers of the concerts of which a member has a part of the company, or that control it together."""
    if test.measure == "control":
        over = (together.concerts_over(at.company, possible=possible) for possible in (False, True))
        return sorted({number for some in over for number in some})
    if test.measure == "multiplied":
        return _concerts_among(at, together, at.multiplied(test.layer).holders.astype(np.int64))
    return _concerts_among(at, together, np.array(list(at.portions(test.measure, test.layer)), np.int64))


def _concerts_among(at: Measures, together: Together, owners: NDArray[np.int64]) -> list[int]:
    """Numbers of the concerts of which a member, or which themselves, are among these."""
    inside = owners[owners >= together.parties] - together.parties
    found = np.unique(np.append(at.register.concert_of[owners], inside))
    return [int(number) for number in found if number >= 0]


def _of_concert(at: Measures, test: Test, together: Together, number: int) -> Ground | None:
    """The proof by which a concert passes a test; none where it does not."""
    members, node = at.others(together.concerts[number].members), together.parties + number
    if test.measure == "control":
        sure, maybe = (number in together.concerts_over(at.company, possible=possible) for possible in (False, True))
        steps = together.prove(number, at.company, possible=not sure) if sure or maybe else ()
        return Ground(test.id, float(sure), 1.0, sure, "votes", (), steps) if steps else None
    whole = _whole_of(at, test, node, members)
    sure, maybe = passes(whole, test.threshold or 0.0, test.comparison)
    if not maybe:
        return None
    if test.measure == "attributed":
        return _ground(at, test, whole, certain=sure)
    parts = [replace(whole, owner=x) for x in members]
    links = dict.fromkeys(link for part in parts for link in _ground(at, test, part, certain=sure).holdings)
    return Ground(test.id, whole.low, whole.high, sure, test.layer, tuple(links), ())


def _whole_of(at: Measures, test: Test, node: int, members: tuple[int, ...]) -> Portion:
    """What a concert has as one owner."""
    if test.measure == "multiplied":
        return replace(at.multiplied(test.layer).together(members, test.threshold or 0.0), owner=node)
    if test.measure == "direct":
        return replace(at.jointly(test.layer, members), owner=node)
    return at.portions(test.measure, test.layer).get(node, Portion(node, 0.0, 0.0, False))


def _ground(at: Measures, test: Test, portion: Portion, *, certain: bool) -> Ground:
    """The proof of a measured part."""
    if test.measure == "multiplied":
        links = () if portion.rough else at.multiplied(test.layer).carriers(portion.owner)
        return Ground(test.id, portion.low, portion.high, certain, test.layer, links, (), rough=portion.rough)
    held = at.register.layer(test.layer).held
    possible = not certain
    mine = at.circle(portion.owner, possible=possible)
    counted = [
        k
        for k in held.holders.links_at(at.company).tolist()
        if held.tail[k] == portion.owner or test.measure == "attributed"
    ]
    counted = [k for k in counted if int(held.tail[k]) in mine and held.tail[k] != at.company]
    counted.sort(key=lambda k: (-held.low[k], -held.high[k], k))
    steps: dict[int, Step] = {}
    for holder in dict.fromkeys(int(held.tail[k]) for k in counted):
        if holder != portion.owner and not at.in_concert(portion.owner, holder):
            steps |= {step.company: step for step in at.prove(portion.owner, holder, possible=possible)}
    return Ground(test.id, portion.low, portion.high, certain, test.layer, tuple(counted), tuple(steps.values()))


def _controlling(at: Measures, test: Test) -> Iterator[tuple[int, Ground]]:
    """Persons who control the company."""
    sure = at.persons(at.controllers(possible=False))
    for person in sorted(sure | at.persons(at.controllers(possible=True))):
        certain = person in sure
        steps = prove(at.register.control, person, at.company, possible=not certain)
        yield person, Ground(test.id, float(certain), 1.0, certain, "votes", (), steps)


def _over_controllers(at: Measures, test: Test) -> Iterator[tuple[int, Ground]]:
    """Persons with a part of an entity that controls the company; of several the one with the best proof."""
    best: dict[int, Ground] = {}
    for entity, sure in _controllers(at).items():
        for portion in at.reaching(test.layer, test.threshold or 0.0, entity):
            _better(best, portion.owner, _over_controller(at, test, portion, (portion.owner,), entity, sure=sure))
    yield from best.items()


def _concerts_over_controllers(at: Measures, test: Test, together: Together) -> Iterator[tuple[int, Ground, int]]:
    """Concerts that have a part of an entity that controls the company, likewise, and that entity."""
    best: dict[int, Ground] = {}
    over = dict[int, int]()
    for entity, sure in _controllers(at).items():
        multiplied = at.multiplied(test.layer, entity)
        for number in _concerts_among(at, together, multiplied.holders.astype(np.int64)):
            members = tuple(x for x in at.others(together.concerts[number].members) if x != entity)
            whole = multiplied.together(members, test.threshold or 0.0)
            if _better(best, number, _over_controller(at, test, whole, members, entity, sure=sure)):
                over[number] = entity
    yield from ((number, ground, over[number]) for number, ground in best.items())


def _controllers(at: Measures) -> dict[int, bool]:
    """Who controls the company, ascending, and whether for certain."""
    sure = set(at.controllers(possible=False))
    return {entity: entity in sure for entity in sorted(sure | set(at.controllers(possible=True)))}


def _over_controller(
    at: Measures, test: Test, part: Portion, holders: tuple[int, ...], entity: int, *, sure: bool
) -> Ground | None:
    """The proof by a part that some have of a controlling entity; none where it does not suffice."""
    certain, maybe = passes(part, test.threshold or 0.0, test.comparison)
    if not maybe:
        return None
    multiplied = at.multiplied(test.layer, entity)
    links = tuple(dict.fromkeys(link for x in holders for link in multiplied.carriers(x))) if not part.rough else ()
    steps = at.prove(entity, at.company, possible=not sure)
    return Ground(test.id, part.low, part.high, certain and sure, test.layer, links, steps, rough=part.rough)


def _better(best: dict[int, Ground], key: int, ground: Ground | None) -> bool:
    """Keep a proof that is certain before one that is not, then that of the greater part; whether it was kept."""
    known = best.get(key)
    better = ground is not None and (known is None or (known.certain, known.low) < (ground.certain, ground.low))
    if ground is not None and better:
        best[key] = ground
    return better
