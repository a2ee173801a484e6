"""The group report: members and how they came in, stakes, what would leave, circles of guarantees, on paper."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from api.answer import Answer, Fact, Party
from api.questions.dependences import Dependence
from api.questions.group_report import GroupReport, Sheet
from api.questions.members import Member
from api.report.page import filled
from api.report.picture import Picture, picture
from api.report.places import FOLDED, place
from api.report.words import Words
from graph.model import DEPENDS_ON

MOST_DRAWN, MOST_PARENTS, MOST_LEAVES = 36, 14, 7
"""Members a printed picture holds, those of them that bring in others, and of those they bring in beside each."""


@dataclass(frozen=True)
class Laid:
    """One group as its template shows it; what is not here it takes from the sheet."""

    sheet: Sheet
    words: Words
    title: str
    count: str
    picture: Picture | None
    caption: tuple[str, ...]
    ring_picture: Picture | None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sheet, name)

    def suspicion(self, one: Dependence) -> str:
        """A suspected dependence in words, with its figure."""
        figure = "" if one.value is None else f"{'≥ ' if one.at_least else ''}{self.words.percent(one.value)}"
        return self.words(
            "why_suspected", other=one.other.name, criterion=self.words.either(one.name, one.name_zh), figure=figure,
            comparison=one.comparison, threshold=self.words.percent(one.threshold),
        )  # fmt: skip


def group_page(answer: Answer[GroupReport], *, language: str = "en") -> str:
    """The report as one HTML page."""
    words, value = Words(language), answer.answer
    lender = value.lender.name if value.lender else words("all_lenders")
    return filled(
        "group.html",
        answer,
        words,
        title=words("group_title"),
        about=value.party.name,
        subjects=[value.party],
        asked=words("stakes", lender=lender),
        short=list(_short(words, value)),
        sheets=[_laid(words, value, sheet) for sheet in value.sheets],
        lender=lender,
        currency=value.currency or "",
        length=value.length,
        method=[
            words(f"method_{name}", length=value.length)
            for name in ("group", "refuted", "circles", "stakes", "sources", "asof")
        ],
    )


def _laid(words: Words, value: GroupReport, sheet: Sheet) -> Laid:
    name = "group_suspected" if sheet.with_suspected else "group_of"
    basis = words("basis_both" if "dependence" in sheet.group.basis else "basis_control")
    held = _proofs(words, sheet, value.party)
    folded = any(FOLDED in (fact.tail.kind, fact.head.kind) for fact in held)
    ends = list(dict.fromkeys([sheet.group.top, value.party]))
    placed = place(held, ends) if held else None
    rings = list({fact.fact_id: fact for circle in sheet.circles for fact in circle.guarantees}.values())
    around = [party for party in ends if any(party in (fact.tail, fact.head) for fact in rings)]
    return Laid(
        sheet,
        words,
        words(name, top=sheet.group.top.name),
        words("members_count", count=words.counted(sheet.group.page.total, "member"), basis=basis),
        picture(placed, held, words) if placed else None,
        tuple(_caption(words, placed.how, folded=folded)) if placed else (),
        picture(place(rings, around), rings, words) if rings else None,
    )


def _proofs(words: Words, sheet: Sheet, party: Party) -> list[Fact]:
    """The facts that bring members in: of those who bring in others the busiest, of the rest a few beside each."""
    every = list({_ends(fact): fact for member in sheet.group.members for fact in _brings(member)}.values())
    kept = _busiest(every, [sheet.group.top.id, party.id])
    leaves: dict[str, list[Fact]] = {}
    for fact in every:
        near, far = _ends(fact)[:2]
        if near in kept and far not in kept:
            leaves.setdefault(near, []).append(fact)
    room = max(min((MOST_DRAWN - len(kept)) // max(len(leaves), 1), MOST_LEAVES), 1)
    drawn = [fact for fact in every if set(_ends(fact)[:2]) <= kept]
    seen: set[str] = set()
    for mine in leaves.values():
        fresh = [fact for fact in mine if _ends(fact)[1] not in seen]
        seen |= {_ends(fact)[1] for fact in fresh}
        shown = fresh if len(fresh) <= room + 1 else fresh[:room]
        drawn += shown
        if len(fresh) > len(shown):
            drawn.append(_fold(words, fresh[len(shown) :]))
    return drawn


def _ends(fact: Fact) -> tuple[str, str, str]:
    """Who brings whom in, and by what: a holder what it holds, who is depended on who depends."""
    ends = (fact.tail.id, fact.head.id) if fact.kind != DEPENDS_ON.name else (fact.head.id, fact.tail.id)
    return *ends, fact.kind


def _busiest(every: Sequence[Fact], always: Sequence[str]) -> set[str]:
    """Parties that bring in the most, with all that brings them in themselves."""
    brought: dict[str, list[str]] = {}
    for near, far, _ in map(_ends, every):
        brought.setdefault(far, []).append(near)
    counts = Counter(_ends(fact)[0] for fact in every)
    kept: set[str] = set()
    for one in [*always, *(party for party, _ in counts.most_common())]:
        wave, new = [one], {one} - kept
        while wave:
            before = [near for near in brought.get(wave.pop(), ()) if near not in new | kept]
            new |= set(before)
            wave += before
        if len(kept | new) <= MOST_PARENTS or one in always:
            kept |= new
    return kept


def _caption(words: Words, how: str, *, folded: bool) -> Iterator[str]:
    yield words("picture_what", how=words(how))
    if folded:
        yield words("proof_folded")


def _brings(member: Member) -> Iterator[Fact]:
    for fall in member.proof[-1:]:
        yield from fall.by
    yield from member.dependences
    for one in member.suspected:
        yield Fact("", DEPENDS_ON.name, one.dependant, one.other, {}, "")


def _fold(words: Words, leaves: Sequence[Fact]) -> Fact:
    """One mark for members that are not drawn each."""
    first = leaves[0]
    near = first.head if first.kind == DEPENDS_ON.name else first.tail
    mark = Party(f"fold {near.id}", words("fold", count=len(leaves)), FOLDED)
    ends = (mark, near) if first.kind == DEPENDS_ON.name else (near, mark)
    return Fact("", first.kind, *ends, {}, "")


def _short(words: Words, value: GroupReport) -> Iterator[str]:
    if not value.sheets:
        yield words("alone", party=value.party.name)
    for sheet in value.sheets:
        laid = _laid_name(words, sheet)
        basis = words("basis_both" if "dependence" in sheet.group.basis else "basis_control")
        yield (
            laid
            + words.either(": ", "：")
            + words("members_count", count=words.counted(sheet.group.page.total, "member"), basis=basis)
        )
        if sheet.stakes:
            total, who = sheet.stakes[-1], value.lender.name if value.lender else words("all_lenders")
            direct, contingent = (words.money(amount, value.currency) for amount in (total.direct, total.contingent))
            said = f"{words('direct')} {direct}, {words('contingent')} {contingent}"
            yield words("stakes", lender=who) + words.either(": ", "：") + said
        else:
            yield words("nothing_at_stake")
        name = "circles_count" if sheet.circles else "circles_none"
        page = sheet.circles_page
        yield words(name, total=words.counted(page.total, "circle"), shown=page.shown, length=value.length)


def _laid_name(words: Words, sheet: Sheet) -> str:
    return words("group_suspected" if sheet.with_suspected else "group_of", top=sheet.group.top.name)
