"""Models that learn probabilities of default, all by one protocol.

::

    model       the protocol: a task, a model, what it has learned, the reasons it gives
    keeping     a model as files, each with its digest
    columns     which figures a model reads, by name
    tree        trees that LightGBM grows
    first       the first stage: own figures alone, cross-fitted
"""

from analytics.learning.models.model import Files, Fitted, Model, Reason, Task

__all__ = ["Files", "Fitted", "Model", "Reason", "Task"]
