"""Whose word an assessment of a model is.

A model writes two PDs of a firm: what own figures and events alone say, and what it says with the network. What spreads
over the network (cascades, calls of guarantees) may start from the first alone, for the second has contagion in it.
"""

from typing import Final

OURS: Final = "contagraph/"
FIRST_STAGE: Final = f"{OURS}first-stage@"


def first_stage(name: str, number: int) -> str:
    """Author of the PDs that a run says without the network.

    >>> first_stage("firms", 2)
    'contagraph/first-stage@firms/2'
    """
    return f"{FIRST_STAGE}{name}/{number}"


def served(name: str, number: int) -> str:
    """Author of the PDs that a run says with all it sees.

    >>> served("firms", 2)
    'contagraph/firms@2'
    """
    return f"{OURS}{name}@{number}"


def without_network(author: str) -> bool:
    """Whether what spreads over the network may start from an author's PDs.

    >>> [without_network(word) for word in ("agency", "contagraph/first-stage@firms/2", "contagraph/firms@2")]
    [True, True, False]
    """
    return author.startswith(FIRST_STAGE) or not author.casefold().startswith(OURS)
