"""Plots of learning: how nets learned, what was said against what happened, measures with intervals."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from analytics.learning.evaluating.table import Table
from analytics.learning.judging.calibration import Reliability
from analytics.learning.models import Fitted
from analytics.learning.models.stack import Stacked
from analytics.learning.serving.served import ServedNet
from api.report.plots import LINES, Plot, plotted

ROW: Final = 0.2
"""Height of a row in inches."""
SHOWN: Final = 3
"""Models in one plot of reliability."""


def curves(fitted: Fitted) -> str:
    """Loss epoch by epoch of every net in a model, on rows that teach and that settle; empty where it has none."""
    legs = fitted.legs if isinstance(fitted, Stacked) else (fitted,)
    nets = [leg for leg in legs if isinstance(leg, ServedNet)]
    if not nets:
        return ""
    told = [(net.name, course) for net in nets for course in net.record["curves"]]
    title = "Log loss by epoch: rows that teach (thin), rows that settle · 各轮的对数损失：训练（细线）、验证"
    return str(plotted(title, 2.8, (0.08, 0.14, 0.89, 0.74), lambda axes: _curves(axes, told)).svg)


def _curves(axes: Any, told: Sequence[tuple[str, Sequence[Mapping[str, float]]]]) -> None:
    for at, (name, course) in enumerate(told):
        color, epochs = LINES[at % len(LINES)], range(1, len(course) + 1)
        axes.plot(epochs, [one["teach"] for one in course], color=color, linewidth=0.6, clip_on=False)
        axes.plot(
            epochs, [one["settle"] for one in course], color=color, linewidth=1.4, clip_on=False,
            label=f"{name} {at + 1}",
        )  # fmt: skip
    _plain(axes)
    axes.set_xlabel("epoch · 轮次")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=min(len(told), 5), frameon=False, borderaxespad=0.1)


def reliabilities(table: Table, *models: str) -> str:
    """What was said and how often it came true, bin by bin, of a few models in the main split."""
    return str(reliability_plot("", table.reliability, models or tuple(table.reliability)[-SHOWN:]).svg)


def reliability_plot(title: str, found: Mapping[str, Reliability], models: Sequence[str]) -> Plot:
    """The same with a title: bars are 95 % intervals of how often it came true."""
    told = [(name, found[name]) for name in models if name in found]
    return plotted(title, 3.1, (0.09, 0.14, 0.88, 0.76), lambda axes: _reliability(axes, told))


def _reliability(axes: Any, told: Sequence[tuple[str, Reliability]]) -> None:
    every = [float(np.nanmax(one.high)) for _, one in told] + [float(np.nanmax(one.said)) for _, one in told]
    top = min(1.0, 1.05 * max(every, default=1.0))
    # Square roots give room to where most firms are.
    for scale in (axes.set_xscale, axes.set_yscale):
        scale("function", functions=(_root, np.square))
    axes.plot([0, top], [0, top], color="#b9c4cf", linewidth=0.8, clip_on=False)
    for at, (name, one) in enumerate(told):
        color, full = LINES[at % len(LINES)], one.rows > 0
        said, seen, low, high = (column[full] for column in (one.said, one.seen, one.low, one.high))
        axes.vlines(said, np.maximum(low, 0), np.minimum(high, top), color=color, linewidth=0.8, clip_on=False)
        axes.plot(said, seen, color=color, linewidth=1.3, label=name, clip_on=False)
    places = [part for part in (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0) if part <= top]
    places = [part for part in places if part >= top / 40] if len(places) > 6 else places
    for put in (axes.set_xticks, axes.set_yticks):
        put(places, [f"{part:.1%}" if part < 0.01 else f"{part:.0%}" for part in places])
        put([], minor=True)
    axes.set_xlim(0, top)
    axes.set_ylim(0, top)
    _plain(axes)
    axes.set_xlabel("said · 预测")
    axes.set_ylabel("came true · 实际")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=max(len(told), 1), frameon=False, borderaxespad=0.1)


def _root(values: Any) -> Any:
    return np.sqrt(np.maximum(values, 0))


def spans(title: str, rows: Sequence[tuple[str, float, float, float]], *, mark: float | None = None) -> Plot:
    """A measure with its interval, row by row: name, value, low, high; a line stands at `mark`."""
    high = ROW * len(rows) + 0.35
    return plotted(title, high, (0.24, 0.24 / high, 0.66, 1 - 0.3 / high), lambda axes: _spans(axes, rows, mark))


def _spans(axes: Any, rows: Sequence[tuple[str, float, float, float]], mark: float | None) -> None:
    if mark is not None:
        axes.axvline(mark, color="#b9c4cf", linewidth=0.8, clip_on=False)
    for at, (name, value, low, high) in enumerate(rows):
        axes.hlines(at, low, high, color=LINES[0], linewidth=1.0, clip_on=False)
        axes.vlines(value, at - 0.3, at + 0.3, color=LINES[0], linewidth=1.8, clip_on=False)
        axes.annotate(name, (0, at), (-6, 0), xycoords=axes.get_yaxis_transform(), textcoords="offset points",
                      ha="right", va="center", parse_math=False, annotation_clip=False)  # fmt: skip
        axes.annotate(f"{value:.3f}", (1, at), (6, 0), xycoords=axes.get_yaxis_transform(),
                      textcoords="offset points", ha="left", va="center", annotation_clip=False)  # fmt: skip
    ends = [end for _, _, low, high in rows for end in (low, high)] + ([] if mark is None else [mark])
    room = 0.03 * ((max(ends) - min(ends)) or 1.0)
    axes.set_xlim(min(ends) - room, max(ends) + room)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(visible=True, axis="x", color="#e3e8ed", linewidth=0.5, clip_on=False)
    axes.yaxis.set_visible(False)
    axes.tick_params(length=0)
    for edge in ("top", "right", "left", "bottom"):
        axes.spines[edge].set_visible(False)


def _plain(axes: Any) -> None:
    axes.grid(visible=True, color="#e3e8ed", linewidth=0.5, clip_on=False)
    axes.tick_params(length=0)
    for edge in ("top", "right"):
        axes.spines[edge].set_visible(False)
