"""Paths between parties, step by step, each with the facts that tie it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.structure.paths import Path, Web
from api.answers.evidence import Evidence
from api.answers.frame import Fact, Party
from graph.field import Kind


@dataclass(frozen=True)
class Tie:
    """One step of a path: two parties and every fact that ties them."""

    tail: Party
    head: Party
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Period:
    """From a day on, until before another; None where nothing begins or ends it."""

    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True)
class Chain:
    """One path between two of the parties."""

    parties: tuple[Party, ...]
    steps: tuple[Tie, ...]
    strength: float
    """Product over its steps of share or relative amount, confidence and recency; it orders and decides nothing."""
    held: tuple[Period, ...] = ()
    """When all of its steps held at once, as far as is known."""


def chain(evidence: Evidence, web: Web, kinds: Sequence[Kind], path: Path, held: tuple[Period, ...]) -> Chain:
    """A path with the facts behind each step."""
    steps = []
    for a, b in zip(path.nodes, path.nodes[1:], strict=False):
        facts: list[Fact] = []
        behind = web.evidence(a, b)
        for number in sorted({found.relation for found in behind}):
            at = [found.link for found in behind if found.relation == number]
            facts += evidence.facts(kinds[number], np.array(at))
        steps.append(Tie(evidence.party(a), evidence.party(b), tuple(facts)))
    return Chain(evidence.parties(path.nodes), tuple(steps), path.strength, held)


def in_one_line(chain: Chain) -> str:
    """A path in words, arrows as they point, each with its relation and value."""
    words = [chain.parties[0].name]
    for step in chain.steps:
        fact = step.facts[0]
        label = f"{fact.kind} {fact.text}".strip()
        words.append(f"—{label}→" if fact.tail == step.tail else f"←{label}—")
        words.append(step.head.name)
    return " ".join(words)
