"""The frame of every picture: a canvas with its library in it, beside it tables, and how lines are drawn on it."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import jinja2

from api.answers.frame import Answer
from api.draw import style
from api.draw.written import MARK, NAME

LEAST_BEND = 0.01
OPTIONS: Final[dict[str, Any]] = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "interaction": {
        "hover": True, "tooltipDelay": 150, "hideEdgesOnDrag": True, "hideEdgesOnZoom": True, "keyboard": False,
        "multiselect": True, "selectConnectedEdges": True,
    },
    "nodes": {
        "borderWidth": 2, "borderWidthSelected": 4, "size": MARK,
        "font": {"face": style.FONT, "size": NAME, "color": style.INK, "strokeWidth": 4, "strokeColor": "#ffffff"},
        "scaling": {"label": {"drawThreshold": 6}},
    },
    "edges": {
        "width": 1.8, "selectionWidth": 2, "hoverWidth": 0.5, "arrows": {"to": {"enabled": True, "scaleFactor": 0.7}},
        "font": {"face": style.FONT, "size": 12, "color": "#33414f", "strokeWidth": 4, "strokeColor": "#ffffff",
                 "align": "horizontal"},
        "scaling": {"label": {"drawThreshold": 7}},
    },
}  # fmt: skip


def framed(
    template: str,
    answer: Answer[Any],
    nodes: Sequence[Mapping[str, Any]],
    edges: Sequence[Mapping[str, Any]],
    **more: Any,
) -> str:
    """One HTML page with everything in it: no other file, no other host."""
    folder = files("pyvis") / "lib" / "vis-9.1.2"
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True)
    page: str = environment.get_template(template).render(
        answer=answer,
        nodes=nodes,
        edges=edges,
        options=OPTIONS,
        font=style.FONT,
        library=(folder / "vis-network.min.js").read_text(encoding="utf-8"),
        library_style=(folder / "vis-network.css").read_text(encoding="utf-8"),
        **more,
    )
    return page


def curved(earlier: int, *, turned: bool, bend: float) -> dict[str, Any]:
    """Parallel links bend apart, and links across columns go round what stands there; others are straight."""
    if not earlier and abs(bend) < LEAST_BEND:
        return {"enabled": False}
    aside = (earlier + 1) // 2 * 0.14 * (1 if (earlier % 2 == 0) == turned else -1) + bend / 0.39
    return {
        "enabled": True, "type": "curvedCCW" if aside > 0 else "curvedCW", "roundness": round(min(abs(aside), 0.6), 3)
    }  # fmt: skip
