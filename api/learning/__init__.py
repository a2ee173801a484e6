"""Panels out of facts, and what is kept of them and of models.

::

    plan       which days, which definition of default, what counts as known
    ties       links of a moment, with what is at stake on each
    figures    own figures and measures of the engine, of a moment
    outcomes   who defaulted, when, and since when it is known
    refused    rows of the files that could not be loaded
    panel      all of it, wave by wave
    tables     a panel as Parquet files with their hash
    planted    a planted world as a panel at once
    config     what a training or an evaluation is asked to do, as a file
    asked      the panel that a file asks for
    models     all models by their names
    evaluation the whole table, cell by cell, for a panel or for planted worlds
    keeping    files written whole, and read only as they were written
    runs       the folder of a training
    cards      the model card as a text
    facts · wording · edition   as JSON; words of both languages; which program learned
"""
