"""What was found, as JSON says it."""

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import numpy as np


def told(found: Any) -> Any:
    """Dataclasses as objects, arrays as lists, numbers that are none as null.

    >>> from analytics.learning.judging.bootstrap import Estimate
    >>> told({"auc": Estimate(0.5, 0.4, 0.6)})
    {'auc': {'value': 0.5, 'low': 0.4, 'high': 0.6, 'spread': None}}
    """
    if is_dataclass(found) and not isinstance(found, type):
        return {each.name: told(getattr(found, each.name)) for each in fields(found)}
    if isinstance(found, Mapping):
        return {str(name): told(value) for name, value in found.items()}
    if isinstance(found, np.ndarray | np.generic):
        return told(found.tolist())
    if isinstance(found, tuple | list):
        return [told(each) for each in found]
    if isinstance(found, float):
        return found if math.isfinite(found) else None
    return found.isoformat() if isinstance(found, date) else found
