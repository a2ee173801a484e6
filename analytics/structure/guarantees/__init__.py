"""Who stands in for whom.

::

    promises   the guarantees that count on a day, and who guarantees anything for whom
    period     until when one can be called, and how its guarantor is liable (period.toml)
    topology   the form of each circle (担保圈): mutual, pool, chain, hub, ring; its cyclic cores
    census     every closed circle (循环) up to a length: counted, and the first of them listed
    unwinding  the cheapest guarantees to release or replace so that no long circle, or no large one, remains
    forbidden, covering    the long circles, and the cheapest guarantees of which each holds one
    ordering               the same for large networks: a good choice, and what any costs at least
    separating, pieces     the cheapest guarantees to release so that the parts left are small: the dearest pieces,
    web, elimination       of a network of ties, priced by way of an order in which parties are taken out of it
    contingent what a guarantor is expected to be called for
    ratios     guarantees against net assets, and the law's thresholds (ratios.toml)

What a lender has at stake through guarantees, none counted beyond the debt behind it and none within a
group twice, is `analytics.limits.exposure`. Modules take plain arrays or `Promises`.
"""
