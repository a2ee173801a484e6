"""Models that learn probabilities of default, all by one protocol.

::

    model        the protocol: a task, a model, what it has learned, the reasons it gives
    keeping      a model as files, each with its digest
    columns      which figures a model reads, by name
    tree         trees that LightGBM grows, and Shapley values of them
    first        the first stage: own figures alone, cross-fitted
    sights       what trees see: own figures, degrees alone, all that is heard of neighbours
    forests      LightGBM on each of these
    propagation  how defaults travel: a hazard a channel
    removal      figures of a party without each of its links
    reasons      what adds to log odds, in steps of probability
    odds         log odds of probabilities
    logistic     a line in log odds
    stack        two models as one
    binning      values in bins, by weights of evidence
    scorecard    the logistic scorecard, in points
    formula      a score that figures give by themselves, with the probability that goes with it
    published    Altman's, Ohlson's and Zmijewski's scores
    merton       distance to default, from the price of shares or from books
    calibration  probabilities brought to how often it came true
    band         between what bounds a probability lies
    conformal    what can be told of a firm, with a promise of how often that is right
    scale        grades by probability, as data
"""

from analytics.learning.models.model import Files, Fitted, Model, Reason, Task

__all__ = ["Files", "Fitted", "Model", "Reason", "Task"]
