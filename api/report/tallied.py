"""What limits count of a group, in a report: member by member, with why each would come in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.answers.frame import Party
from api.questions.group_report import GroupReport
from api.questions.limits.arising import Coming
from api.questions.limits.counted import Counted, Tally
from api.questions.limits.rules import IF_UNTESTED
from api.report.limited import Limited
from api.report.words import Words

FOREMOST = 3
"""Members of whom it is told in short why they would come in; the table tells all."""


@dataclass(frozen=True)
class Tallied:
    """One sum as its table shows it."""

    tally: Tally
    title: str
    rows: tuple[Counted, ...]
    """Members with whom something is counted, or who would bring others in."""
    idle: tuple[Party, ...]
    """The other members listed."""
    words: Words

    @property
    def arises(self) -> bool:
        """Whether the group stands only if what cannot be tested holds."""
        return any(one.coming for one in self.tally.members)

    def came(self, coming: Coming) -> str:
        """Why a member would come in."""
        return came(self.words, coming)

    def lacking(self, coming: Coming) -> str:
        """What is missing, so that its step cannot be tested."""
        return lacking(self.words, coming)


def tallied(words: Words, value: GroupReport, limits: Sequence[Limited]) -> list[Tallied]:
    """Every sum over several parties that a limit is held against, in the order of the limits."""
    return [
        Tallied(
            tally,
            _title(words, [limits[k] for k in tally.lines]),
            tuple(one for one in tally.members if _told(one)),
            tuple(one.party for one in tally.members if not _told(one)),
            words,
        )
        for tally in value.against.tallies
    ]


def _told(one: Counted) -> bool:
    return bool(one.before or one.counted or (one.coming and one.coming.open))


def _title(words: Words, lines: Sequence[Limited]) -> str:
    rules = words.either(", ", "、").join(dict.fromkeys(line.rule for line in lines))
    return f"{rules}{words.either(': ', '：')}{lines[0].whom}"


def came(words: Words, coming: Coming) -> str:
    """Why a member would come in."""
    whom = coming.through.name if coming.through else ""
    return words.either(f"{coming.how} {whom}".strip(), f"{coming.how_zh}{whom}")


def lacking(words: Words, coming: Coming) -> str:
    """What is missing, so that a step cannot be tested; empty where it is told by the step itself."""
    told = coming.untestable.criteria if coming.untestable else ()
    return words.either("; ", "；").join(words.either(one.missing, one.missing_zh) for one in told)


def arising_said(words: Words, value: GroupReport) -> Iterator[str]:
    """Of a group that breaks a limit only if what cannot be tested holds, by what others would come in."""
    broken = {k for k, held in enumerate(value.against.lines) if held.state == IF_UNTESTED}
    members = [one for tally in value.against.tallies if broken.intersection(tally.lines) for one in tally.members]
    steps = {one.party.id: (one.party, one.coming) for one in members if one.coming and one.coming.open}
    for party, coming in list(steps.values())[:FOREMOST]:
        missing = lacking(words, coming)
        why = words.either(f" ({missing})", f"（{missing}）") if missing else ""
        yield words("arises", party=party.name, how=came(words, coming), why=why)
    if len(steps) > FOREMOST:
        yield words("arises_more", count=words.counted(len(steps) - FOREMOST, "member"))


def ways_said(words: Words, value: GroupReport) -> Iterator[str]:
    """How the limits count, and why that differs from what is at stake."""
    if value.against.ways:
        yield words("method_limits")
    names = {held.rule.id: words.either(held.rule.name, held.rule.name_zh) for held in value.against.lines}
    for way in value.against.ways:
        rules = words.either(", ", "、").join(dict.fromkeys(names[rule] for rule in way.rules))
        yield words(
            "method_counts", rules=rules, counts=words.either(way.counts, way.counts_zh),
            how=words.either(way.how, way.how_zh),
        )  # fmt: skip
