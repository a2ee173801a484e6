"""Models that learn probabilities of default, all by one protocol.

::

    model       the protocol: a task, a model, what it has learned, the reasons it gives
"""

from analytics.learning.models.model import Files, Fitted, Model, Reason, Task

__all__ = ["Files", "Fitted", "Model", "Reason", "Task"]
