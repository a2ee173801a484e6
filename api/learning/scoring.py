"""What a run says of all firms at a moment: once a view, and kept."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.learning.features.engine import SYSTEMIC
from analytics.learning.features.profile import INDUSTRY, REGION, SIZE, Codes
from analytics.learning.models.first import FirstStage
from analytics.learning.models.forests import Forest
from analytics.learning.models.model import Fitted
from analytics.learning.models.sights import Surroundings
from analytics.learning.models.stack import Stacked
from analytics.learning.panel import Feature, Panel, Ties, Wave
from analytics.learning.panel.definitions import definition
from analytics.learning.panel.wave import UNKNOWN_YET
from analytics.learning.serving.served import ServedNet
from api.engine import Engine, View
from api.learning.figures import Coded
from api.learning.measures import Index, systemic_index
from api.learning.models import models
from api.learning.panel import Figuring, Stood
from api.learning.registry import Head, Ready
from api.learning.ties import Tied
from graph.moment import Moment

Numbers = NDArray[np.float64]
DATA_SET: Final = "the data set"
"""Source of figures that statements name without a meaning here."""


@dataclass(frozen=True, eq=False)
class Scores:
    """Probabilities of all nodes of a view, and what they were said of."""

    ready: Ready
    view: View
    stood: Stood
    panel: Panel
    """One wave; parties are the nodes of the view, in their order."""
    pd: Numbers
    """NaN for who is no row, shape (n,)."""

    @property
    def wave(self) -> Wave:
        """The one there is."""
        return self.panel.waves[0]

    @cached_property
    def peers(self) -> "Peers":
        """Who is alike."""
        return Peers.of(self)

    @cached_property
    def told(self) -> NDArray[np.bool_]:
        """Whether each figure is known of any row, shape (k,)."""
        return np.asarray(~np.isnan(self.wave.values[self.wave.rows]).all(axis=0))

    @cached_property
    def first(self) -> Numbers | None:
        """First-stage probabilities, NaN for who is no row; None where the model rests on none.

        A model of own figures alone is a first stage itself.
        """
        stage = first_of(self.ready.fitted)
        if stage is None and reads_graph(self.ready.fitted):
            return None
        said = self.pd if stage is None else stage.told(self.panel, 0)
        return np.where(np.isnan(self.pd), np.nan, said)


def scores(engine: Engine, ready: Ready, *, moment: Moment) -> Scores:
    """Of a moment by a run. Raises InvalidModel where the run reads what the moment has not."""
    view = engine.view(moment)
    currency = ready.config.panel.currency
    if currency and view.snapshot.moment.currency != currency:
        # Logarithms of money mean what they meant only in the currency they were learned in.
        view = engine.view(replace(moment, currency=currency))
    index = systemic_index(engine.place.folder)
    return view.kept(("scores", ready.digest), lambda: _scored(view, ready, index), most=4)


def _scored(view: View, ready: Ready, index: Index) -> Scores:
    stood, panel = standing(view, ready.head, events=ready.config.panel.labels == "events", index=index)
    pd = np.full(panel.size, np.nan)
    rows = panel.waves[0].rows
    pd[rows] = ready.fitted.predict(panel, 0)[rows]
    return Scores(ready, view, stood, panel, pd)


def standing(view: View, head: Head, *, events: bool, index: Index) -> tuple[Stood, Panel]:
    """A view as a panel of one wave without labels, with the features and relations that a run learned from.

    The systemic index is asked for where the run has learned from it.
    """
    dated = bool(head.days)
    others = [feature.name for feature in head.features if feature.source == DATA_SET]
    meant = definition(head.definition) if events else None
    systemic = any(feature.name == SYSTEMIC.name for feature in head.features)
    stood = Stood.of(view, Figuring(codes_of(head), others, index if systemic else None), dated=dated, meant=meant)
    size, snapshot = view.snapshot.size, view.snapshot
    rows = np.flatnonzero(stood.row).astype(np.int32)
    ties = {name: _ties(stood.ties.get(name), details) for name, details in head.relations.items()}
    wave = Wave(
        snapshot.moment.valid_at if dated else None, snapshot.moment.known_at if head.recorded and dated else None,
        stood.told.values, stood.told.capacity, ~np.isnan(stood.since), rows,
        np.full(len(rows), UNKNOWN_YET, np.int8), ties, stood.since,
    )  # fmt: skip
    ids = tuple(snapshot.ids(np.arange(size, dtype=np.uint32)))
    relations = tuple(head.relations)
    return stood, Panel(ids, stood.company, stood.told.features, relations, (wave,), head.definition, head.horizon)


def codes_of(head: Head) -> Coded | None:
    """Categories as they were learned with."""
    found = [head.categories(feature.name) for feature in (INDUSTRY, REGION, SIZE)]
    if any(each is None for each in found):
        return None
    industry, region, size = (Codes(each or (), np.empty(0, np.float32)) for each in found)
    return industry, region, size


def _ties(tied: Tied | None, details: tuple[str, ...]) -> Ties:
    if tied is None:
        return no_ties(details)
    tail, head = tied.tail.astype(np.int32), tied.head.astype(np.int32)
    return Ties(tail, head, tied.stake, tied.fact, tied.details)


def no_ties(details: Iterable[str]) -> Ties:
    """No links of a relation whose links have these details."""
    ends = np.empty(0, np.int32)
    return Ties(ends, ends, np.empty(0), np.empty(0, np.int64), dict.fromkeys(details, np.empty(0, np.float32)))


def first_of(fitted: Fitted) -> FirstStage | None:
    """The first stage that a model rests on."""
    if isinstance(fitted, Stacked):
        return next((found for leg in fitted.legs if (found := first_of(leg)) is not None), None)
    if isinstance(fitted, Forest):
        return fitted.sight.first if isinstance(fitted.sight, Surroundings) else None
    return fitted.first if isinstance(fitted, ServedNet) else None


def reads_graph(fitted: Fitted) -> bool:
    """Whether a model sees more than own figures."""
    return models()[fitted.name].graph


@dataclass(frozen=True, eq=False)
class Peers:
    """Firms of the same industry and size."""

    industry: tuple[tuple[str, ...], NDArray[np.float32]]
    size: tuple[tuple[str, ...], NDArray[np.float32]]
    pd: Numbers

    @classmethod
    def of(cls, scores: Scores) -> "Peers":
        """By the codes the model reads."""
        return cls(_coded(scores.panel, INDUSTRY), _coded(scores.panel, SIZE), scores.pd)

    def alike(self, node: int, *, least: int) -> tuple[NDArray[np.bool_], str, str]:
        """Scored firms like one, with industry and size they share; where too few, of its industry, or all."""
        scored = ~np.isnan(self.pd)
        words = [_word(codes, node) for codes in (self.industry, self.size)]
        same = [codes[1] == codes[1][node] if word else np.ones(len(scored), np.bool_)
                for codes, word in zip((self.industry, self.size), words, strict=True)]  # fmt: skip
        for mask, told in ((same[0] & same[1], words), (same[0], [words[0], ""])):
            found = scored & mask
            if found.sum() >= least and any(told):
                return found, told[0], told[1]
        return scored, "", ""


def _coded(panel: Panel, of: Feature) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    at = panel.names.index(of.name)
    return panel.features[at].categories, panel.waves[0].values[:, at]


def _word(codes: tuple[tuple[str, ...], NDArray[np.float32]], node: int) -> str:
    code = codes[1][node]
    return "" if np.isnan(code) else codes[0][int(code)]
