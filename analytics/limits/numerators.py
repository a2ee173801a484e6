"""What a rule counts: which facilities, how much of what is undrawn, which collateral is taken off."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Final

import numpy as np
from numpy.typing import NDArray

from analytics.limits.exposure import Book, Links, Numbers
from analytics.rules.reading import read_rows
from analytics.rules.rule import Among, Flaw, Norm
from graph.model import COLLATERAL, FACILITIES

GRANTED: Final = [FACILITIES.index(kind) for kind in ("commitment", "letter of credit", "acceptance", "guarantee")]
"""Kinds that are granted and not paid out: their undrawn amount is what there is of them."""


@dataclass(frozen=True, kw_only=True)
class Numerator(Norm):
    """One way to count what is at stake."""

    facilities: tuple[Annotated[str, Among(FACILITIES)], ...] = FACILITIES
    """Kinds counted; one whose kind is unknown counts with them."""
    undrawn: Annotated[str, Among(("none", "converted", "whole"))]
    """`none`, `converted` by its factor, or `whole`."""
    netted: tuple[Annotated[str, Among(COLLATERAL)], ...]
    """Kinds of collateral taken off."""
    moved: bool
    """Whether eligible protection moves the protected part to its provider."""
    promised: bool
    """Whether what a client guarantees for others counts beside what it owes."""
    clients: Annotated[str, Among(("all", "nonbank"))]
    """`all`, or `nonbank`: institutions left out."""

    def flaws(self) -> Iterator[Flaw]:
        """What its fields may not be together."""
        yield from super().flaws()
        if self.moved and self.promised:
            yield Flaw("promised", "counts what is moved twice", "set moved or promised to false")

    def weight(self, kind: str, ccf: float | None) -> float:
        """What one unit of a facility adds; without a conversion factor it is drawn."""
        if kind not in self.facilities:
            return 0.0
        return 1.0 if ccf is None else {"none": 0.0, "converted": ccf, "whole": 1.0}[self.undrawn]

    def gross(self, book: Book, facilities: Links) -> Numbers:
        """What these facilities count, before protection; amounts unknown count 0."""
        kind, undrawn = book.kind[facilities], np.nan_to_num(book.undrawn[facilities])
        factor = np.nan_to_num(book.ccf[facilities], nan=1.0) if self.undrawn == "converted" else 1.0
        loose = undrawn * factor if self.undrawn != "none" else 0.0
        return (np.nan_to_num(book.drawn[facilities]) + loose) * self._counts(kind)

    def unknown(self, book: Book, facilities: Links) -> NDArray[np.bool_]:
        """Facilities that count, of which what is drawn is not known, or what is granted of one that is but granted."""
        kind = book.kind[facilities]
        granted = np.isnan(book.undrawn[facilities]) & np.isin(kind, GRANTED) & (self.undrawn != "none")
        return (np.isnan(book.drawn[facilities]) | granted) & self._counts(kind)

    def unconverted(self, book: Book, facilities: Links) -> NDArray[np.bool_]:
        """Facilities whose undrawn part counts whole because no factor is known."""
        loose = (book.undrawn[facilities] > 0) & np.isnan(book.ccf[facilities])
        return loose & self._counts(book.kind[facilities]) & (self.undrawn == "converted")

    def takes_off(self, collateral: NDArray[np.int8]) -> NDArray[np.bool_]:
        """Which pieces of collateral, by the position of their kind, are taken off."""
        return np.isin(collateral, [COLLATERAL.index(kind) for kind in self.netted])

    def _counts(self, kind: NDArray[np.int8]) -> NDArray[np.bool_]:
        return np.isin(kind, [-1, *(FACILITIES.index(name) for name in self.facilities)])


NUMERATORS: Mapping[str, Numerator] = read_rows(Numerator, "analytics.limits", "numerators.toml")
