"""Sets of parties: those that lie within no other."""

from collections import Counter
from collections.abc import Iterable


def greatest(sets: Iterable[frozenset[int]]) -> list[frozenset[int]]:
    r"""Keep the sets that lie within no other.

    A set with a member that no other has lies within none. Each other one is compared only with those
    that share its rarest member.

    .. math:: \{S : S \ne \emptyset,\ \nexists\, T : S \subsetneq T\}

    Parameters
    ----------
    sets : iterable of sets of node numbers

    Raises
    ------
    nothing : every input has its greatest sets

    Source
    ------
    Domain reference §2.2 step 5: drop non-maximal sets.

    Example
    -------
    >>> sorted(map(sorted, greatest([frozenset({1, 2}), frozenset({2}), frozenset({2, 3})])))
    [[1, 2], [2, 3]]
    """
    given = {group for group in sets if group}
    if len(given) < 2:
        return list(given)
    count = Counter(x for group in given for x in group)
    kept: list[frozenset[int]] = []
    shared: list[frozenset[int]] = []
    for group in given:
        (kept if any(count[x] == 1 for x in group) else shared).append(group)
    wanted = {min(group, key=count.__getitem__) for group in shared}
    holding: dict[int, list[frozenset[int]]] = {}
    for group in given if wanted else ():
        for x in group & wanted:
            holding.setdefault(x, []).append(group)
    for group in shared:
        if not any(group < other for other in holding[min(group, key=count.__getitem__)]):
            kept.append(group)
    return kept
