"""Figures as bars and curves, drawn by matplotlib as SVG that stands in a page; its texts take the page's fonts."""

import io
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from markupsafe import Markup

from api.draw.labels import wrapped

WIDE: Final = 6.7
"""Width of a plot in inches: that of the text of a page."""
THICK: Final = 0.14
"""Height of a bar in inches."""
MOST: Final = 12
"""Rows of a plot; the table has the rest."""
LINE: Final = 30
"""Half-width signs in a line of a row's name."""
LABEL: Final = 0.2
"""Room for an amount beside the longest bar, of the length of all."""
BELOW: Final = 0.4
"""The same beside one that goes below nothing, where names of rows stand."""
HIGH: Final = 2.6
"""Height of a plot of curves in inches."""
LINES: Final = ("#1f5fa8", "#7d8b99", "#c98a1b", "#2f855a", "#9b4d9e", "#b5452c", "#3a3f47")
COLORS: Final = ("#1f5fa8", "#b9c4cf", "#c98a1b")
# Settings of matplotlib are those of the whole process.
_ONE_AT_A_TIME: Final = Lock()
_SETTINGS: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "contagraph",
    "font.size": 7.5,
    "axes.linewidth": 0.5,
}
_PLAIN: Final = {"Date": None, "Creator": None, "Format": None, "Type": None}


@dataclass(frozen=True)
class Plot:
    """A drawn plot and what it shows."""

    title: str
    svg: Markup


def bars(
    title: str,
    rows: Sequence[tuple[str, Sequence[float]]],
    series: Sequence[str],
    said: Callable[[float], str],
) -> Plot:
    """Bars side by side for each row, one of each series, each with its amount in words at its end."""
    shown = rows[:MOST]
    high = THICK * len(shown) * (len(series) + 0.9) + (0.42 if len(series) > 1 else 0.22)
    room = (0.27, 0.06 / high, 0.6, 1 - (0.32 if len(series) > 1 else 0.12) / high)
    return plotted(title, high, room, lambda axes: _draw(axes, shown, series, said))


def tails(
    title: str,
    curves: Sequence[tuple[str, Sequence[float], Sequence[float]]],
    marks: Sequence[tuple[str, float]],
    said: Callable[[float], str],
) -> Plot:
    """How likely amounts are passed, a line for each series of amounts and chances; marks stand across at amounts."""
    return plotted(title, HIGH, (0.07, 0.12, 0.9, 0.76), lambda axes: _draw_tails(axes, curves, marks, said))


def plotted(title: str, high: float, room: tuple[float, float, float, float], draw: Callable[[Any], None]) -> Plot:
    """What is drawn on axes in a figure, left, bottom, width and height of which are parts of it."""
    # A second, and tens of megabytes, that only a plot needs.
    from matplotlib import rc_context  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    out = io.StringIO()
    with _ONE_AT_A_TIME, rc_context(_SETTINGS), warnings.catch_warnings():
        # The page's fonts draw the texts, and have signs that matplotlib's own lack.
        warnings.simplefilter("ignore", UserWarning)
        figure = Figure(figsize=(WIDE, high))
        draw(figure.add_axes(room))
        figure.savefig(out, format="svg", transparent=True, metadata=_PLAIN)
    return Plot(title, _inline(out.getvalue(), title))


def _draw_tails(
    axes: Any,
    curves: Sequence[tuple[str, Sequence[float], Sequence[float]]],
    marks: Sequence[tuple[str, float]],
    said: Callable[[float], str],
) -> None:
    for at, (name, amounts, chances) in enumerate(curves):
        # What is never passed is no place on a scale of powers of ten.
        some = [(amount, chance) for amount, chance in zip(amounts, chances, strict=True) if chance > 0]
        axes.step(
            [x for x, _ in some], [y for _, y in some], where="post", color=LINES[at], linewidth=1.3, label=name,
            clip_on=False,
        )  # fmt: skip
    least = min([chance for _, _, chances in curves for chance in chances if chance > 0], default=1.0)
    decades = [10.0**-power for power in range(8) if 10.0**-power > least / 10]
    axes.set_yscale("log")
    axes.set_yticks(decades, [f"{100 * one:.6f}".rstrip("0").rstrip(".") + "%" for one in decades])
    axes.set_yticks([], minor=True)
    axes.set_ylim(least / 2, 1.3)
    for at, (name, amount) in enumerate(marks):
        axes.axvline(amount, color=COLORS[2], linewidth=0.8, linestyle=(0, (4, 2)), clip_on=False)
        # The first stands on the left of its line, so that labels of amounts near each other stay apart.
        side, ha = (-3, "right") if at == 0 and len(marks) > 1 else (3, "left")
        axes.annotate(
            f"{name} {said(amount)}", (amount, 0.97 - 0.08 * at), (side, 0), xycoords=axes.get_xaxis_transform(),
            textcoords="offset points", ha=ha, va="top", fontsize=7, parse_math=False,
        )  # fmt: skip
    top = max([amount for _, amounts, _ in curves for amount in amounts], default=1.0) or 1.0
    axes.set_xlim(0, 1.18 * top)
    places = [top * part / 4 for part in range(5)]
    axes.set_xticks(places, [said(place) for place in places])
    axes.grid(visible=True, color="#e3e8ed", linewidth=0.5, clip_on=False)
    axes.tick_params(length=0)
    for edge in ("top", "right"):
        axes.spines[edge].set_visible(False)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=len(curves), frameon=False, borderaxespad=0.1)


def _draw(
    axes: Any, rows: Sequence[tuple[str, Sequence[float]]], series: Sequence[str], said: Callable[[float], str]
) -> None:
    for at, name in enumerate(series):
        places = [row + (at - (len(series) - 1) / 2) / (len(series) + 0.9) for row in range(len(rows))]
        amounts = [amounts[at] for _, amounts in rows]
        made = axes.barh(places, amounts, 0.92 / (len(series) + 0.9), color=COLORS[at], label=name, clip_on=False)
        for text in axes.bar_label(made, [said(amount) for amount in amounts], padding=2, fontsize=7):
            text.set_parse_math(False)
    for row, (name, _) in enumerate(rows):
        lines = wrapped(name, LINE).split("\n")[:2]
        for at, line in enumerate(lines):
            # Line by line: matplotlib would align lines by the widths of its own font.
            down = ((len(lines) - 1) / 2 - at) * 9
            axes.annotate(
                line, (0, row), (-4, down), xycoords=axes.get_yaxis_transform(), textcoords="offset points",
                ha="right", va="center", parse_math=False, annotation_clip=False,
            )  # fmt: skip
    axes.yaxis.set_visible(False)
    axes.invert_yaxis()
    every = [0.0, *(amount for _, amounts in rows for amount in amounts)]
    least, span = min(every), max(every) - min(every) or 1.0
    # Labels stand at the ends of bars, on whichever side.
    axes.set_xlim(least - BELOW * span * (least < 0), max(every) + LABEL * span)
    axes.margins(y=0.01)
    axes.axvline(0, color="#52616b", linewidth=0.6, clip_on=False)
    axes.tick_params(length=0)
    axes.xaxis.set_visible(False)
    for side in ("top", "right", "bottom", "left"):
        axes.spines[side].set_visible(False)
    if len(series) > 1:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=len(series), frameon=False, borderaxespad=0.1)


def _inline(drawn: str, title: str) -> Markup:
    """The drawing alone, without styles of its own, so that nothing of it reaches the rest of the page."""
    svg = drawn[drawn.index("<svg") :]
    svg = re.sub(r"<defs>.*?</defs>|<metadata.*?</metadata>|<!--.*?-->|<use [^>]*/>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"; font-family: [^;\"]*", "", re.sub(r'<g id="[^"]*"', "<g", svg))
    name = Markup('<svg role="img" aria-label="{}" stroke-linejoin="round" ').format(title)
    return Markup(svg.replace("<svg ", name, 1))  # noqa: S704  (matplotlib escapes what it writes)
