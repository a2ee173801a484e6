"""What was learned, kept and told.

::

    training   from what is asked to a folder that can be served: learned, judged, chosen, kept
    drawn      plots: how nets learned, what was said and what happened, measures with intervals
    page       an evaluation as one HTML page
    printing   panels, trainings and evaluations on a terminal
"""
