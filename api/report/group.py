"""The group report: members and how they came in, stakes, what would leave, circles of guarantees, on paper."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from analytics.structure.dependence.rules import criterion_names
from api.answers.frame import Answer, Fact, Party
from api.answers.namesakes import distinguished
from api.answers.wording import names_of
from api.questions.group_report import GroupReport, MemberStake, Sheet
from api.questions.groups.dependences import Dependence, measured_by
from api.questions.groups.members import Member, widened
from api.questions.groups.verdicts import Verdict
from api.questions.ownership.aside import disputed
from api.report.boxes import place
from api.report.limited import apart_in, limited, limits_said, overfull_said
from api.report.page import Figure, filled
from api.report.picture import Picture, gap_for, picture
from api.report.proof import Shown, brings, proof_of
from api.report.tallied import arising_said, tallied, ways_said
from api.report.words import Words
from graph.model import CONTROLS

SHORT = 10
"""Sentences in short at most."""
DOUBTS = 2
"""Companies of which more than all votes are stated that are named in short."""
DISPUTED = 5
"""Statements that do not count and contradict what does, in short."""
MANY = 30
"""Members above which each has one line, under whoever brings it in."""


@dataclass(frozen=True)
class Block:
    """Members that the same parties bring in, each with its number."""

    by: tuple[Party, ...]
    members: tuple[tuple[int, Member], ...]


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
    circles_said: str
    blocks: tuple[Block, ...]
    """Of a large group; empty where each member is told in full."""
    elsewhere: dict[str, tuple[str, ...]]
    """Names of the other groups of the report that a member belongs to, by its id."""
    members: tuple[Member, ...]
    """Those that are told here: of a wider reading only who is in no group by what is certain."""
    before: str
    """How many members are told with other groups of the report; empty where none is."""

    @property
    def picture_title(self) -> str:
        """What the picture of the members shows."""
        return self.words("proof_picture_both" if "dependence" in self.sheet.group.basis else "proof_picture")

    def bases(self, block: Block) -> str:
        """By what the members of a block came in, each with how many did."""
        counts: Counter[str] = Counter()
        for _, member in block.members:
            counts.update({self._basis(fact) for fact in brings(member)})
        return self.words.either(", ", "、").join(f"{kind} {count}" for kind, count in counts.most_common())

    def _basis(self, fact: Fact) -> str:
        control = fact.kind == CONTROLS.name
        return self.words.said(fact.values["basis"]) if control else self.words.kind(fact.kind)

    def also(self, party: Party) -> tuple[str, ...]:
        """Other groups a member belongs to."""
        return self.elsewhere.get(party.id, ())

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sheet, name)

    def confirmation(self, fact: Fact, member: Member) -> str:
        """By which criterion a confirmed dependence was judged, with its figure today where there is one."""
        known, one = criterion_names().get(fact.values["criterion"]), measured_by(fact, member.measured)
        if known is None:
            return ""
        criterion = self.words.either(known.name.en, known.name.zh)
        if one is None or one.value is None:
            return self.words("why_confirmed", criterion=criterion)
        figure = f"{'≥ ' if one.at_least else ''}{self.words.percent(one.value)}"
        return self.words(
            "why_measured", criterion=criterion, figure=figure, comparison=one.comparison,
            threshold=self.words.percent(one.threshold),
        )  # fmt: skip

    def suspicion(self, one: Dependence) -> str:
        """A suspected dependence in words, with its figure."""
        figure = "" if one.value is None else f"{'≥ ' if one.at_least else ''}{self.words.percent(one.value)}"
        return self.words(
            "why_suspected", other=one.other.name, criterion=self.words.either(one.name, one.name_zh), figure=figure,
            comparison=one.comparison, threshold=self.words.percent(one.threshold),
        )  # fmt: skip


def group_page(answer: Answer[GroupReport], *, language: str = "en") -> str:
    """The report as one HTML page."""
    answer = distinguished(answer)
    words, value = Words(language), answer.answer
    lender = value.lender.name if value.lender else words("all_lenders")
    sheets = [_laid(words, value, sheet) for sheet in value.sheets]
    limits = limited(words, value, partial(_name, words))
    return filled(
        "group.html",
        answer,
        words,
        title=words("group_title"),
        about=value.party.name,
        subjects=[value.party],
        asked=words("stakes", lender=lender),
        short=folded(words, list(_short(words, value))),
        sheets=sheets,
        alone=value.alone,
        annex=[Figure(one.picture, one.caption, _titled(value, one)) for one in sheets if one.picture],
        fences=_fences(value),
        overfull=value.overfull,
        untestable=value.untestable,
        limits=limits,
        tallies=tallied(words, value, limits),
        lender=lender,
        currency=value.currency or "",
        length=value.length,
        method=list(_method(words, value)),
    )


def _fences(value: GroupReport) -> list[Verdict]:
    """Ring fences of the party, and those that keep others out of its groups, each once."""
    out = [one.fence for sheet in value.sheets for one in sheet.group.kept_out]
    return list({one.fact.fact_id: one for one in (*value.fences, *out)}.values())


def _method(words: Words, value: GroupReport) -> Iterator[str]:
    names = ("group", f"state_{value.government}", "refuted", "circles", "stakes")
    yield from (words(f"method_{name}", length=value.length) for name in names)
    yield from ways_said(words, value)
    members = (member for sheet in value.sheets for member in sheet.group.members)
    notes = {one.criterion: one for member in members for one in member.suspected if one.note}
    yield from (f"{name}{words.either(': ', '：')}{words.either(one.note, one.note_zh)}" for name, one in notes.items())
    yield from (words(f"method_{name}") for name in ("sources", "asof"))


def _titled(value: GroupReport, one: Laid) -> str:
    """What a picture shows, and of which group where there are several."""
    return f"{one.picture_title} · {one.title}" if len(value.sheets) > 1 else one.picture_title


def _laid(words: Words, value: GroupReport, sheet: Sheet) -> Laid:
    basis = words("basis_both" if "dependence" in sheet.group.basis else "basis_control")
    told = _told_before(value, sheet)
    members = tuple(member for member in sheet.group.members if member.party.id not in told)
    shown = proof_of(words, sheet, value.party)
    held = shown.facts if members else []
    ends = list(dict.fromkeys([sheet.group.top, value.party]))
    placed = place(held, ends, gap=gap_for(held, words, shown.notes)) if held else None
    way = {fact.fact_id for fact in _way(sheet, value.party)}
    return Laid(
        sheet,
        words,
        _name(words, sheet),
        words("members_count", count=words.counted(sheet.group.page.total, "member"), basis=basis),
        picture(placed, held, words, strong=way, notes=shown.notes) if placed else None,
        tuple(_caption(words, placed.how, shown)) if placed else (),
        _rings(words, sheet, ends),
        _circles(words, sheet, value.length),
        tuple(_blocks(members)) if len(members) > MANY else (),
        _elsewhere(words, value, sheet),
        members,
        words("members_before", count=words.counted(len(sheet.group.members) - len(members), "member")) if told else "",
    )


def _sure(value: GroupReport, sheet: Sheet) -> list[Sheet]:
    """For a group of the wider reading the groups by what is certain, which are told before it."""
    return [other for other in value.sheets if sheet.with_suspected and not other.with_suspected]


def _told_before(value: GroupReport, sheet: Sheet) -> set[str]:
    """Members of a group of the wider reading that are told, as they came in here, with a group by what is certain."""
    before = {_came(member) for other in _sure(value, sheet) for member in other.group.members}
    return {member.party.id for member in sheet.group.members if _came(member) in before}


def _came(member: Member) -> tuple[str, str, frozenset[Any]]:
    by = frozenset((fact.fact_id, fact.tail.id, fact.head.id) for fact in brings(member))
    return member.party.id, member.why, by


def _rings(words: Words, sheet: Sheet, ends: Sequence[Party]) -> Picture | None:
    """The circles of guarantees; one alone as the ring it is."""
    rings = list({fact.fact_id: fact for circle in sheet.circles for fact in circle.guarantees}.values())
    if not rings:
        return None
    around = [party for party in ends if any(party in (fact.tail, fact.head) for fact in rings)]
    ring = sheet.circles[0].parties if len(sheet.circles) == 1 else ()
    return picture(place(rings, around, ring=ring, gap=gap_for(rings, words)), rings, words)


def _circles(words: Words, sheet: Sheet, length: int) -> str:
    page = sheet.circles_page
    name = "circles_none" if not page.total else "circles_count" if page.left else "circles_all"
    return words(name, total=words.counted(page.total, "circle"), shown=page.shown, length=length)


def _elsewhere(words: Words, value: GroupReport, sheet: Sheet) -> dict[str, tuple[str, ...]]:
    """Of one reading, the other groups that members belong to."""
    found: dict[str, list[str]] = {}
    for other in value.sheets:
        if other is not sheet and other.with_suspected == sheet.with_suspected:
            for member in other.group.members:
                found.setdefault(member.party.id, []).append(_name(words, other))
    return {party: tuple(names) for party, names in found.items()}


def _blocks(members: Sequence[Member]) -> Iterator[Block]:
    """The top, then members by whoever brings several in, in the order in which those first do, then the others."""
    found: dict[tuple[Party, ...], list[Member]] = {}
    for member in members:
        found.setdefault(tuple(dict.fromkeys(_bringers(member))), []).append(member)
    first = found.pop((), [])
    others = [member for mine in found.values() if len(mine) == 1 for member in mine]
    number = 1
    for by, mine in [((), first), *((by, mine) for by, mine in found.items() if len(mine) > 1), ((), others)]:
        if mine:
            yield Block(by, tuple(enumerate(mine, start=number)))
        number += len(mine)


def _bringers(member: Member) -> Iterator[Party]:
    for fall in member.proof[-1:]:
        yield from (fact.tail for fact in fall.by)
    yield from (fact.head for fact in member.dependences)
    yield from (one.other for one in member.suspected)


def _way(sheet: Sheet, party: Party) -> Iterator[Fact]:
    """The facts by which the group reaches a member, from the top."""
    members = {member.party.id: member for member in sheet.group.members}
    at: Party | None = party
    while at is not None and at.id in members:
        member = members.pop(at.id)
        for fall in member.proof:
            yield from fall.by
        yield from member.dependences
        at = member.through


def _caption(words: Words, how: str, shown: Shown) -> Iterator[str]:
    yield words("picture_what", how=words(how))
    if shown.doubtful:
        yield words("proof_doubtful")
    if shown.folded:
        yield words("proof_folded")


def _short(words: Words, value: GroupReport) -> Iterator[str]:
    if not value.sheets:
        yield words("alone_fenced" if value.fences else "alone", party=value.party.name)
    for fence in value.fences:
        yield words("fenced", controller=fence.fact.head.name, controlled=fence.fact.tail.name)
    yield from _kept_out(words, value)
    for ring in dict.fromkeys(sheet.group.ring for sheet in value.sheets if sheet.group.ring):
        yield words("ring_short", ring=words.listed(names_of(ring)))
    for over in value.overfull[:DOUBTS]:
        yield overfull_said(words, over)
    yield from limits_said(words, value, partial(_name, words))
    yield from arising_said(words, value)
    for said, said_zh in islice(disputed(value.aside), DISPUTED):
        yield words.either(f"{said}.", f"{said_zh}。")
    several = len(value.sheets) > 1
    idle = several and not any(sheet.stakes for sheet in value.sheets)
    circles = list(dict.fromkeys(_circles(words, sheet, value.length) for sheet in value.sheets))
    for sheet in value.sheets:
        yield words.either(" ", "").join(_of_group(words, value, sheet, idle=idle))
        if len(circles) > 1 or not several:
            yield _circles(words, sheet, value.length)
    if idle:
        yield words("nothing_at_stake_any")
    if several and len(circles) == 1:
        yield words("each_group", said=circles[0])
    if not value.sheets:
        yield _own(words, value)


def _kept_out(words: Words, value: GroupReport) -> Iterator[str]:
    """Whom ring fences keep out of each group, but those of the party itself, which are told by themselves."""
    for sheet in value.sheets:
        for out in (one for one in sheet.group.kept_out if one.fence not in value.fences):
            ends = {"controller": out.fence.fact.head.name, "controlled": out.fence.fact.tail.name}
            yield words("kept_out", party=out.party.name, group=_name(words, sheet), **ends)


def _of_group(words: Words, value: GroupReport, sheet: Sheet, *, idle: bool) -> Iterator[str]:
    """One group: its members, how the party comes in, and what is at stake."""
    colon, stop = words.either(": ", "："), words.either(".", "。")
    basis = words("basis_both" if "dependence" in sheet.group.basis else "basis_control")
    count = words("members_count", count=words.counted(sheet.group.page.total, "member"), basis=basis)
    yield f"{_name(words, sheet)}{colon}{count}"
    steps = _companies(sheet, value.party)
    if len(steps) > 1:
        name = "comes_in" if _certainly(sheet, value.party) else "may_come_in"
        yield words(name, party=value.party.name, way=" → ".join(party.name for party in steps))
    if sheet.stakes:
        total, who = sheet.stakes[-1], value.lender.name if value.lender else words("all_lenders")
        yield f"{words('stakes', lender=who)}{colon}{_amounts(words, total, value.currency)}{stop}"
    elif not idle:
        yield words("nothing_at_stake")


def folded(words: Words, said: list[str]) -> list[str]:
    """The first sentences of many, limits before groups, and how many more the pages below tell."""
    if len(said) <= SHORT:
        return said
    return [*said[: SHORT - 1], words("short_more", count=len(said) - SHORT + 1)]


def _own(words: Words, value: GroupReport) -> str:
    """What is at stake with a party that is in no group."""
    if not value.alone:
        return words("nothing_at_stake_own", party=value.party.name)
    who, total = value.lender.name if value.lender else words("all_lenders"), value.alone[-1]
    amounts = _amounts(words, total, value.currency)
    return f"{words('stakes', lender=who)}{words.either(': ', '：')}{amounts}{words.either('.', '。')}"


def _amounts(words: Words, total: MemberStake, currency: str | None) -> str:
    """What is known to be at stake, and how many amounts are not; where none is known, no 0 stands for them."""
    unknown = total.unknown_direct + total.unknown_contingent
    hidden = words.counted(unknown, "hidden") if unknown else ""
    if hidden and not (total.direct or total.contingent):
        return hidden
    direct, contingent = (
        words.money(amount, currency) if amount or not silent else words("undisclosed")
        for amount, silent in (
            (total.direct, total.unknown_direct),
            (total.contingent, total.unknown_contingent),
        )
    )
    told = words("at_stake", direct=direct, contingent=contingent)
    return f"{told}{words.either('; ', '；')}{hidden}" if hidden else told


def _companies(sheet: Sheet, party: Party) -> list[Party]:
    """Parties from the top to a member, in the order in which they come in."""
    members = {member.party.id: member for member in sheet.group.members}
    steps: list[Party] = []
    at: Party | None = party
    while at is not None and at.id in members:
        member = members.pop(at.id)
        fallen = [fall.company for fall in member.proof] or [member.party]
        steps = [*fallen, *steps]
        at = member.through
    return list(dict.fromkeys([sheet.group.top, *steps]))


def _certainly(sheet: Sheet, party: Party) -> bool:
    """Whether no step from the top to a member is only possible or suspected."""
    members = {member.party.id: member for member in sheet.group.members}
    at: Party | None = party
    while at is not None and at.id in members:
        member = members.pop(at.id)
        if member.why in ("possible", "suspected"):
            return False
        at = member.through
    return True


def _name(words: Words, sheet: Sheet) -> str:
    """A group by who is on top, and of the wider reading by what makes it wider."""
    possible, suspected = widened(sheet.group.members)
    wider = "group_possible" if not suspected else "group_wide" if possible else "group_suspected"
    top = words("group_ring", ring=words.listed(names_of(sheet.group.ring), 3)) if sheet.group.ring else ""
    name = words(wider if sheet.with_suspected else "group_of", top=top or sheet.group.top.name)
    return f"{name}{apart_in(words, sheet.group.apart)}"
