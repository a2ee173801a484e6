"""The smallest changes that would let a facility pass, in words: what each client pays down is one phrase, which names
the facilities."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from analytics.limits.application import Application
from analytics.limits.remedy import Remedy as Found
from analytics.limits.remedy import Step
from api.answers.evidence import Evidence
from api.answers.frame import Fact, Party
from api.answers.wording import listed, needed
from graph.model import GUARANTEES, LENDS

WORDS: Final = {
    "amount": ("lend {money} less", "减少授信{money}"),
    "collateral": ("take a further deposit of {money}", "增加保证金存款{money}"),
    "guarantor_added": ("have {party} guarantee {money}", "由{party}提供{money}担保"),
    "guarantor_raised": (
        "have {party} guarantee a further {money}, {whole} in all",
        "由{party}追加{money}担保，合计{whole}",
    ),
    "guarantor_released": ("do without the guarantee of {party} over {money}", "解除{party}的{money}担保"),
    "member_reduced": ("have {facility} of {party} paid down by {money}", "压降{party}现有授信{facility}{money}"),
    "members_reduced": (
        "have {many} facilities of {party} paid down by {money} in all ({parts})",
        "压降{party}现有{many}笔授信合计{money}（{parts}）",
    ),
}
NONE_FOUND: Final = (
    "No change was found that would pass: neither less, a deposit, a guarantor nor a release, nor what a few clients "
    "could pay down · 未找到可使其通过的调整：减少金额、增加保证金、增加或解除保证及压降少数客户授信均不足。"
)
"""What is told where a limit breaks and nothing that was tried mends it."""
PAID_DOWN: Final = "member_reduced"
NAMED: Final = 5
"""Facilities of one client that are named of those paid down."""


@dataclass(frozen=True)
class RemedyStep:
    """One change of a remedy."""

    kind: str
    """`amount`, `collateral`, `guarantor_added`, `guarantor_released` or `member_reduced`."""
    text: str
    text_zh: str
    change: float
    """Money that has to move."""
    party: Party | None
    fact: Fact | None
    """The facility that is paid down, or the guarantee that is released."""


@dataclass(frozen=True)
class Remedy:
    """A change after which no limit breaks, as the same check says of the request so changed; several only where no
    single one passes."""

    kind: str
    """Of a single change its kind, also where one client pays several facilities down; else `combined`."""
    text: str
    text_zh: str
    change: float
    """Money that has to move in all."""
    steps: tuple[RemedyStep, ...]
    verdict: str
    """What the check says afterwards; `refer` where something else is not known."""
    headroom: float | None


def remedy_said(
    evidence: Evidence, found: Found, asked: Application, currency: str | None, *, headroom: float | None
) -> Remedy:
    """A remedy in words, with the facts it changes."""
    links = [step.link for step in found.steps if step.kind == PAID_DOWN and step.link is not None]
    facilities = dict(zip(links, evidence.facts(LENDS, links), strict=True)) if links else {}
    steps = tuple(_step(evidence, step, facilities, asked, currency) for step in found.steps)
    kind = steps[0].kind if len({(step.kind, step.party) for step in steps}) == 1 else "combined"
    en, zh = zip(*phrases(steps, currency, lambda party: _called(evidence, party)), strict=True)
    return Remedy(kind, " and ".join(en), "，并".join(zh), found.change, steps, found.check.verdict, headroom)


def phrases(
    steps: Iterable[RemedyStep], currency: str | None, called: Callable[[Party], str] = lambda party: party.name
) -> Iterator[tuple[str, str]]:
    """Changes in both languages; facilities that one client pays down are one."""
    together: dict[tuple[str, Party | None], list[RemedyStep]] = {}
    for step in steps:
        together.setdefault((step.kind, step.party), []).append(step)
    for (kind, _), some in together.items():
        if kind == PAID_DOWN and len(some) > 1:
            yield _several(some, currency, called)
        else:
            yield from ((step.text, step.text_zh) for step in some)


def _several(steps: list[RemedyStep], currency: str | None, called: Callable[[Party], str]) -> tuple[str, str]:
    """Several facilities of one client paid down."""
    party, parts = steps[0].party, [(_number(step), needed(step.change, currency)) for step in steps]
    told = {
        "many": f"{len(steps):,}",
        "party": called(party) if party else "",
        "money": needed(sum(step.change for step in steps), currency),
    }
    en = listed([f"{number or 'one'} by {part}" for number, part in parts], most=NAMED)
    zh = listed([f"{number or '其中一笔'}压降{part}" for number, part in parts], most=NAMED, chinese=True, unit="笔")
    words, words_zh = WORDS["members_reduced"]
    return words.format(**told, parts=en), words_zh.format(**told, parts=zh)


def _called(evidence: Evidence, party: Party) -> str:
    """How a party is called in a sentence."""
    return evidence.snapshot.called(evidence.snapshot.node(party.id))


def _number(step: RemedyStep) -> str:
    """The lender's number of a facility that is paid down; empty where nobody states it."""
    return str(step.fact.values.get("facility_id") or "") if step.fact else ""


def _step(
    evidence: Evidence, step: Step, facilities: dict[int, Fact], asked: Application, currency: str | None
) -> RemedyStep:
    """One change in words, with the fact it changes."""
    fact = None
    if step.link is not None:
        fact = facilities[step.link] if step.kind == PAID_DOWN else evidence.facts(GUARANTEES, [step.link])[0]
    party = None if step.party is None else evidence.party(step.party)
    told = {"money": needed(step.change, currency), "party": _called(evidence, party) if party else ""}
    known = sum(giver.amount for giver in asked.facility.guarantors if giver.party == step.party)
    more = step.kind == "guarantor_added" and known > 0
    told["whole"] = needed(known + step.change, currency)
    made = RemedyStep(step.kind, "", "", step.change, party, fact)
    number = _number(made) if step.kind == PAID_DOWN else ""
    words, words_zh = WORDS["guarantor_raised" if more else step.kind]
    en = words.format(**told, facility=f"facility {number}" if number else "a facility")
    zh = words_zh.format(**told, facility=f"（{number}）" if number else "")
    return RemedyStep(step.kind, en, zh, step.change, party, fact)
