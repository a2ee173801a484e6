"""What rule sets say about a government body that controls several clients: whether it connects them."""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Final

from analytics.rules.reading import read_folder
from analytics.rules.rule import Among, Norm

APART, BESIDE, THROUGH = "apart", "beside", "through"
APPROACHES: Final = (APART, BESIDE, THROUGH)
"""From the one that makes the smallest groups on."""


@dataclass(frozen=True, kw_only=True)
class Government(Norm):
    """How one rule set treats government bodies among connected clients."""

    serves: tuple[str, ...]
    """Rule sets of limits, as a lender's profile names them."""
    approach: Annotated[str, Among(APPROACHES)]
    """`apart`: it connects nobody. `beside`: with each group that it controls, group by group. `through`: it connects
    like any other controller."""


@cache
def governments() -> dict[str, Government]:
    r"""Read what every rule set says about government bodies, by its id.

    .. math:: id \mapsto approach \in \{apart, beside, through\}

    Parameters
    ----------
    none : what the package's files say

    Raises
    ------
    InvalidRule
        If a file says what cannot be; files are tested, so that only a changed one can.

    Source
    ------
    Domain reference §1.7 (公司法 art. 265) and §2.3, scenarios CG; each file cites its own text.

    Example
    -------
    >>> {name: one.approach for name, one in governments().items()}
    {'CN': 'apart', 'EU': 'beside'}
    """
    return read_folder(Government, "analytics.structure", "governments")
