"""The page: a canvas, a legend, and beside them everything as tables for the keyboard and for screen readers."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.answers.frame import Answer, Fact, Party, Source
from api.answers.namesakes import bare_name, distinguished
from api.answers.wording import denied, denied_said, percent, period, plural, remark
from api.draw import style
from api.draw.detours import detours
from api.draw.frame import curved, framed
from api.draw.labels import text_width, wrapped
from api.draw.layered import layered
from api.draw.marks import NONE, Marks
from api.draw.overlay import STRESSED, overlay
from api.draw.scene import Fold, Scene, scene
from api.draw.stress import by_stress
from api.draw.written import FOLD, MARK, START, Font, Written, fonts, names, roads
from api.questions.parties.network import Network
from graph.model import KINDS


@dataclass(frozen=True)
class Line:
    """One row of the table of links."""

    fact: str
    edge: str
    """Id of the drawn line."""
    tail: Party
    head: Party
    kind: str
    what: str
    color: str
    text: str
    when: str
    source: str


def draw(answer: Answer[Network], marks: Marks = NONE) -> str:
    """One HTML page with everything in it, marks included: no other file, no other host."""
    answer = distinguished(answer)
    drawn = scene(answer.answer, marks)
    sources = {source.fact_id: source for source in (*answer.sources, *marks.sources)}
    canvas = _canvas(drawn, answer.answer, sources, marks)
    at = {node["id"]: (node["x"], node["y"]) for node in canvas.nodes}
    over = overlay(marks, drawn, at, roads=roads(canvas.nodes, canvas.edges), names=names(canvas.nodes))
    return framed(
        "page.html",
        answer,
        canvas.nodes,
        canvas.edges,
        drawn=drawn,
        reasons=[*answer.reasons, *marks.reasons],
        over=over,
        marks_script=(Path(__file__).parent / "marks.js").read_text(encoding="utf-8") if over.kinds else "",
        stressed=STRESSED,
        groups={party.id: marks.groups_of(party.id) for party in marks.parties},
        lines=[_line(fact, drawn, sources) for fact in _all_facts(drawn)],
        folded_into={party.id: fold.name for fold in drawn.folds for party in fold.parties},
        parties=[*drawn.parties, *(party for fold in drawn.folds for party in fold.parties)],
        legend=_legend(answer.answer, drawn),
        fills=style.FILLS,
        borders=style.BORDERS,
        present={party.kind for party in drawn.parties},
    )


def _canvas(drawn: Scene, network: Network, sources: dict[str, Source], marks: Marks) -> Any:
    """Nodes and edges as pyvis keeps them, each at its place."""
    from pyvis.network import Network as Canvas  # noqa: PLC0415  (two seconds that only a picture needs)

    canvas = Canvas(directed=True, cdn_resources="in_line")
    nodes = [*(party.id for party in drawn.parties), *(fold.name for fold in drawn.folds)]
    labels = [*(wrapped(party.name) for party in drawn.parties), *(fold.label for fold in drawn.folds)]
    places, bends = _places(drawn, network, nodes, labels)
    larger = fonts(drawn, marks, dict(zip(nodes, labels, strict=True)), dict(zip(nodes, places, strict=True)))
    for party, text, (x, y) in zip(drawn.parties, labels, places, strict=False):
        look = _look(party, drawn.start) | _font(larger, party.id)
        canvas.add_node(party.id, text, title=_title(party, drawn, marks), x=x, y=y, **look)
    for fold, (x, y) in zip(drawn.folds, places[len(drawn.parties) :], strict=True):
        canvas.add_node(fold.name, fold.label, title=_fold_title(fold), x=x, y=y, shape=style.FOLDED, size=FOLD,
                        color={"background": "#eef1f4", "border": style.STROKES[fold.kind].color},
                        shapeProperties={"borderDashes": [4, 3]}, **_font(larger, fold.name))  # fmt: skip
    between: Counter[tuple[str, str]] = Counter()
    written = Written(drawn, marks, {node["id"]: node for node in canvas.nodes})
    for facts, bend in zip(drawn.lines.values(), bends, strict=False):
        tail, head = facts[0].tail.id, facts[0].head.id
        pair = min(tail, head), max(tail, head)
        curve = curved(between[pair], turned=tail != pair[0], bend=bend)
        between[pair] += 1
        title = "\n\n".join(_fact_title(fact, sources) for fact in facts)
        canvas.add_edge(
            tail, head, id=facts[0].fact_id, title=title, smooth=curve, kind=facts[0].kind, **written.on(facts, curve),
            **_stroke(facts[0].kind, faint=all(_faint(fact) for fact in facts)),
        )  # fmt: skip
    for fold in drawn.folds:
        ends = (fold.hub, fold.name) if fold.outward else (fold.name, fold.hub)
        canvas.add_edge(*ends, id=f"{fold.name} edge", title=fold.label, kind=fold.kind, width=4, **_stroke(fold.kind))
    return canvas


def _places(
    drawn: Scene, network: Network, marks: list[str], labels: list[str]
) -> tuple[list[tuple[float, float]], list[float]]:
    """Where each mark stands, and how each link bends, as a part of its length."""
    number = {mark: at for at, mark in enumerate(marks)}
    pairs = [(number[facts[0].tail.id], number[facts[0].head.id]) for facts in drawn.lines.values()]
    pairs += [
        (number[fold.hub], number[fold.name]) if fold.outward else (number[fold.name], number[fold.hub])
        for fold in drawn.folds
    ]
    bends = [0.0] * len(pairs)
    if {fact.kind for fact in drawn.facts} | {fold.kind for fold in drawn.folds} <= style.EQUITY:
        points, aside, _ = layered(len(marks), pairs)
        lengths = [math.dist(points[tail], points[head]) or 1.0 for tail, head in pairs]
        bends = [float(bend) / length for bend, length in zip(aside, lengths, strict=True)]
    else:
        hop = {around.party.id: around.hops for around in network.parties} | {drawn.start.id: 0}
        hop |= {fold.name: hop[fold.hub] + 1 for fold in drawn.folds}
        widths = [7.6 * max(text_width(line) for line in text.split("\n")) for text in labels]
        points = by_stress(len(marks), pairs, widths, [hop[mark] for mark in marks])
        bends = detours(points, pairs)
    return [(round(float(x), 1), round(float(y), 1)) for x, y in points], bends


# ── looks ──


def _font(larger: Mapping[str, Font], one: str) -> dict[str, Any]:
    return {"font": larger[one]} if one in larger else {}


def _look(party: Party, start: Party) -> dict[str, Any]:
    is_start = party.id == start.id
    return {
        "shape": style.SHAPES[party.kind],
        "size": START if is_start else MARK,
        "color": {
            "background": style.BORDERS[party.kind] if is_start else style.FILLS[party.kind],
            "border": style.BORDERS[party.kind],
            "highlight": {"background": "#ffffff", "border": "#000000"},
        },
    }


def _faint(fact: Fact) -> bool:
    """Whether it is only said to hold through others, or was judged not to be."""
    return fact.values.get("directness") == "indirect" or denied(fact.values)


def _called(fact: Fact) -> tuple[str, str]:
    """What a fact says of its two parties, in both languages."""
    kind = KINDS[fact.kind]
    return denied_said(fact.values)[:2] if denied(fact.values) else (kind.en, kind.zh)


def _stroke(kind: str, *, faint: bool = False) -> dict[str, Any]:
    """Colour and dashes of a relation; faint where it does not count."""
    stroke = style.STROKES[kind]
    color: dict[str, Any] = {"color": stroke.color, "highlight": "#000000", "hover": stroke.color, "inherit": False}
    if faint:
        color["opacity"] = 0.3
    return {"color": color, "dashes": list(stroke.dashes) or False}


# ── words ──


def _title(party: Party, drawn: Scene, marks: Marks) -> str:
    links = drawn.links.get(party.id)
    shown = sum(party.id in (fact.tail.id, fact.head.id) for fact in drawn.facts)
    shown += sum(len(fold.facts) + fold.more for fold in drawn.folds if fold.hub == party.id)
    more = f"\n{plural(links - shown, 'more link')} not drawn" if links and links > shown else ""
    marked = [f"{mark.sign} · {mark.name}: {mark.why[party.id]}" for mark in marks.marks if party.id in mark.why]
    return "\n".join([f"{bare_name(party)}\n{party.kind} · {party.id}{more}", *marked])


def _fold_title(fold: Fold) -> str:
    names = [party.name for party in fold.parties[:8]]
    rest = [f"and {fold.count - len(names):,} more"] if fold.count > len(names) else []
    groups = [f"all of them in group {' and '.join(fold.groups)}"] if fold.groups else []
    return "\n".join([fold.label, *groups, *names, *rest])


def _fact_title(fact: Fact, sources: dict[str, Source]) -> str:
    source = sources[fact.fact_id]
    believed = "" if source.confidence in (None, 1.0) else f", confidence {percent(source.confidence or 0)}"
    note = [remark(source.note)] if source.note else []
    return "\n".join(
        [
            f"{fact.tail.name} → {fact.head.name}",
            f"{_called(fact)[0]}: {fact.text}" if fact.text else _called(fact)[0],
            period(source.valid_from, source.valid_to),
            f"source {source.source}, {source.source_ref}{believed}",
            f"recorded {source.recorded_at:%Y-%m-%d}",
            *note,
        ]
    )


def _line(fact: Fact, drawn: Scene, sources: dict[str, Source]) -> Line:
    source = sources[fact.fact_id]
    when = period(source.valid_from, source.valid_to)
    stroke = style.STROKES[fact.kind]
    together = drawn.lines.get((fact.tail.id, fact.head.id, fact.kind), (fact,))
    said = " ".join(_called(fact))
    return Line(
        fact.fact_id, together[0].fact_id, fact.tail, fact.head, fact.kind, said, stroke.color, fact.text, when,
        f"{source.source} · {source.source_ref}",
    )  # fmt: skip


def _all_facts(drawn: Scene) -> list[Fact]:
    return [*drawn.facts, *(fact for fold in drawn.folds for fact in fold.facts)]


def _legend(network: Network, drawn: Scene) -> list[dict[str, Any]]:
    counted = Counter(fact.kind for fact in _all_facts(drawn))
    for fold in drawn.folds:
        counted[fold.kind] += fold.more
    return [
        {
            "kind": name,
            "en": KINDS[name].en,
            "zh": KINDS[name].zh,
            "count": counted[name],
            "color": stroke.color,
            "dashes": " ".join(str(part) for part in stroke.dashes),
        }
        for name, stroke in style.STROKES.items()
        if counted[name]
    ]
