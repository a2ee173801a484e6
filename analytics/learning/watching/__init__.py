"""Whether a model still sees what it learned from, and still says what happens (`drift.toml`).

::

    drift       figures and score spread as they were, probabilities still right; against thresholds as data
"""
