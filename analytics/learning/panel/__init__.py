"""What is learned from: firms on days, what was known of them then, and who defaulted within the year after.

::

    feature    one figure of a firm: name, unit, meaning, direction, source
    ties       links of one relation on one day, with what is at stake
    wave       all firms on one day
    panel      all waves, one set of features and relations
    gaps       what the data it was made of lacked
    horizon    how far a label looks ahead
    split      which rows teach, which settle, which judge
"""

from analytics.learning.panel.feature import Feature
from analytics.learning.panel.panel import Panel
from analytics.learning.panel.split import Part, Split
from analytics.learning.panel.ties import Ties
from analytics.learning.panel.wave import Wave

__all__ = ["Feature", "Panel", "Part", "Split", "Ties", "Wave"]
