"""Panels out of facts, and what is kept of them and of models.

::

    plan       which days, which definition of default, what counts as known
    ties       links of a moment, with what is at stake on each
    figures    own figures and measures of the engine, of a moment
    outcomes   who defaulted, when, and since when it is known
    panel      all of it, wave by wave
    tables     a panel as Parquet files with their hash
"""
