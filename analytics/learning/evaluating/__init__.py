"""All models side by side on one panel, and what could refute them.

::

    communities   who hangs together, and folds of parties that no community crosses    ┐
    placebo       links permuted inside each relation: degrees stay, wiring goes        │ on what
    ablation      a relation left out                                                   ┘
    cell          one model, learned once: what it says of the rows that judge
    plan          which cells a table needs
    running       the cells that are missing, one by one
    table         measures with intervals, paired differences, shares, reliability
    strata        the same by industry and size
    rule          what is served
    cautions      what must not be concluded (`cautions.toml`)
    card          the model card: which model and why, from what data, how good

Cells are independent and named by a digest of all they hang on, so that whoever keeps them can stop and go on. Nothing
here knows a model but by its name and the protocol.
"""
