"""Variants of close links, read from `variants/*.toml`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated

from analytics.rules.reading import read_folder
from analytics.rules.rule import Among, Comparison, Flaw, Fraction, Norm
from analytics.structure.owners.regimes import PACKAGE, Layer


@dataclass(frozen=True, kw_only=True)
class Variant(Norm):
    """One reading of close links."""

    measure: Annotated[str, Among(("multiplied", "attributed"))]
    """`multiplied`: shares multiply along chains. `attributed`: a controlled company's holding counts whole."""
    layers: tuple[Layer, ...]
    """Capital, votes or both: either suffices."""
    threshold: Fraction
    comparison: Comparison
    common: Annotated[str, Among(("share", "control"))]
    """What links two parties through a third: its `share` in both, or its `control` of both."""
    common_comparison: Comparison
    """How a third party's share compares with the threshold."""
    control: bool
    """Whether control alone links."""
    through_state: bool
    """Whether two parties are linked through a government body that holds both."""

    def flaws(self) -> Iterator[Flaw]:
        """What its fields may not be together."""
        yield from super().flaws()
        if not self.layers:
            yield Flaw("layers", "names none", "name capital, votes or both")


@cache
def variants() -> Mapping[str, Variant]:
    r"""All variants that files describe, by id.

    .. math:: \{V_1, \dots, V_k\}

    Parameters
    ----------
    none

    Raises
    ------
    InvalidRule
        If a file cannot be read as a variant, or two have one id.

    Source
    ------
    Domain reference §1.8.

    Example
    -------
    >>> list(variants())
    ['CRR', 'ECB']
    """
    return read_folder(Variant, PACKAGE, "variants")
