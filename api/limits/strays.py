"""Guarantees and collateral whose facility number does not tell what they protect, and so protect nothing.

A stray names a facility that nobody knows; shared collateral one that several borrowers have. Both are told.
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from analytics.limits.cover import SHARED, STRANGE
from api.answers.wording import listed
from api.engine import View
from api.limits.standing import cover_of, standing
from graph.model import GUARANTEES, LENDS, PLEDGES

SHOWN = 5
"""Of them so many are named."""


class Strays(NamedTuple):
    """What was promised or pledged to a lender for a facility that it does not have with that party."""

    giver: NDArray[np.uint32]
    """Shape (k,)."""
    whose: NDArray[np.uint32]
    """Whose debt it is about: the guaranteed party's; of collateral its provider's."""
    number: tuple[str, ...]
    """The facility as it is named."""

    def of(self, parties: NDArray[np.uint32]) -> "Strays":
        """Those about some parties, which are given ascending; they keep their order."""
        if not len(parties):
            return Strays(self.giver[:0], self.whose[:0], ())
        place = np.minimum(parties.searchsorted(self.whose), len(parties) - 1)
        at = np.flatnonzero(parties[place] == self.whose)
        return Strays(self.giver[at], self.whose[at], tuple(self.number[k] for k in at.tolist()))


def strays_of(view: View, lender: int) -> Strays:
    """Strays that would protect the lender under its rules, did they name a facility; guarantees before collateral."""
    return view.kept(("strays", lender), lambda: _strays(view, lender))


def _strays(view: View, lender: int) -> Strays:
    cover, book = cover_of(view, lender), view.book
    given = cover.eligible & (cover.guaranteed == STRANGE) & (book.creditor == lender) & (book.guarantor != book.debtor)
    guarantees = np.flatnonzero(given & ~book.expired if len(book.expired) else given)
    pledged = (cover.facility == STRANGE) & (cover.lender == lender)
    pledges = np.flatnonzero(pledged & _taken_off(view, lender))
    numbers = (
        view.snapshot.links(kind).text("facility_id").take(at).to_pylist()
        for kind, at in ((GUARANTEES, guarantees), (PLEDGES, pledges))
    )
    provider = cover.provider[pledges]
    return Strays(
        np.append(book.guarantor[guarantees], provider),
        np.append(book.debtor[guarantees], provider),
        tuple(number for some in numbers for number in some),
    )


def _taken_off(view: View, lender: int) -> NDArray[np.bool_]:
    """Collateral of a kind that some rule of the lender takes off, shape (p,)."""
    kind = cover_of(view, lender).kind
    taken = np.zeros(len(kind), np.bool_)
    for stakes in standing(view, lender).stakes.values():
        taken |= stakes.numerator.takes_off(kind)
    return taken


def strays_said(view: View, strays: Strays) -> tuple[str, str]:
    """Who gave them and for which facility, in English and Chinese."""
    many, names = len(strays.number), view.snapshot.all_called(strays.giver[:SHOWN])
    pairs = list(zip(names, strays.number, strict=False))
    en = listed([f"{name} ({number})" for name, number in pairs], many)
    zh = listed([f"{name}（{number}）" for name, number in pairs], many, chinese=True, unit="笔")
    named = (
        f"a guarantee or pledge names a facility nobody knows: {en}; it protects nothing until its number is that of a "
        "facility"
        if many == 1
        else f"{many:,} guarantees or pledges name facilities nobody knows: {en}; they protect nothing until their "
        "numbers are those of facilities"
    )
    return named, f"担保或押品所载授信编号查无此笔：{zh}；编号更正为实有授信之前不计其风险缓释作用"


def shared_collateral(view: View, lender: int) -> list[tuple[int, str, frozenset[int]]]:
    """Collateral that names a number which facilities of several borrowers have: provider, number, and those.

    It is taken off none of them.
    """
    return view.kept(("shared collateral", lender), lambda: _shared(view, lender))


def shared_said(provider: str, number: str) -> tuple[str, str]:
    """Such collateral in both languages."""
    return (
        f"collateral of {provider} names facility number {number}, which several borrowers have: it is taken off none",
        f"{provider}的押品所载授信编号{number}为多个借款人共用，未予扣除",
    )


def _shared(view: View, lender: int) -> list[tuple[int, str, frozenset[int]]]:
    pledges, lends, cover = view.snapshot.links(PLEDGES), view.snapshot.links(LENDS), cover_of(view, lender)
    found = []
    for k in np.flatnonzero((cover.facility == SHARED) & (cover.lender == lender)).tolist():
        number = pledges.text("facility_id")[k].as_py()
        named = pc.fill_null(pc.equal(lends.text("facility_id").cast(pa.string()), number), False)
        mine = named.to_numpy(zero_copy_only=False) & (lends.tail == lender)
        found.append((int(cover.provider[k]), number, frozenset(lends.head[mine].tolist())))
    return found
