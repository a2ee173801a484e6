"""A panel without one of its relations: what a model loses there is what the relation brings beside the others."""

from dataclasses import replace

from analytics.learning.panel import Panel
from graph.errors import InvalidPanel


def without(panel: Panel, relation: str) -> Panel:
    r"""Leave a relation out of every day.

    .. math:: \{R_1, \dots, R_k\} \mapsto \{R_1, \dots, R_k\} \setminus \{R\}

    Figures stay as they are, also those that the engine made of the relation.

    Parameters
    ----------
    panel : Panel
    relation : str
        Its name.

    Raises
    ------
    InvalidPanel
        If the panel has no such relation.

    Source
    ------
    `learning.md` of the design.

    Example
    -------
    >>> import numpy as np
    >>> without(Panel((), np.empty(0, bool), (), ("OWES", "SUPPLIES"), (), "test"), "OWES").relations
    ('SUPPLIES',)
    """
    if relation not in panel.relations:
        raise InvalidPanel(f"has no relation {relation}", where="panel",
                           remedy=f"it has {', '.join(panel.relations) or 'none'}")  # fmt: skip
    kept = tuple(name for name in panel.relations if name != relation)
    waves = tuple(replace(wave, ties={name: wave.ties[name] for name in kept}) for wave in panel.waves)
    return replace(panel, relations=kept, waves=waves)
