"""Which links and figures carry a probability that a net gave.

::

    scene      one party with all it hears of
    gradient   slopes of its log odds by the weight of every link, by hand
    without    the same without a link, computing only what it changes
    removal    what each link adds: the probability with it, less without
    figures    what each own figure adds
    reasons    both, the strongest first; and the live view
    trails     over which links a reason reaches the party
    alone      what the probability would be without neighbours' risk
    stability  how alike the seeds rank
    example    two firms and a net that can be worked out by hand, for the examples
"""
