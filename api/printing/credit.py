"""Credit checks: verdict, limits, groups, what is not known, and what would pass."""

from collections.abc import Iterator
from typing import Any

from rich.table import Table
from rich.text import Text

from analytics.limits.approval import APPROVE
from api.answers.wording import apart, money, percent, plural
from api.printing.control import step as fallen
from api.printing.control import untestable
from api.printing.limits import limits
from api.printing.paper import BOLD, DIM, Cited, heading, left, plain, row, table
from api.questions.groups.dependences import confirmed
from api.questions.limits.changes import phrases
from api.questions.limits.checked import CreditCheck
from api.questions.limits.memberships import Membership
from api.questions.limits.steps import Step
from graph.model import DEPENDS_ON


def credit_check(answer: CreditCheck, cited: Cited) -> Iterator[Any]:
    """The verdict, every limit, the groups with their proof, what is not known, and what would pass."""
    yield heading(answer.applicant)
    said = f"{answer.verdict} · {answer.verdict_zh}"
    amount, most = apart(answer.amount, answer.headroom, answer.currency)
    asked = f": {amount} of {answer.lender.name}; {_room(answer, most)}"
    yield Text.assemble((said, BOLD), plain(asked))
    if answer.decision:
        kept = answer.decision
        again = ", decided before" if kept.repeated else ""
        yield Text(plain(f"request {kept.request_id}: entry {kept.entry} of the ledger, {kept.at}{again}"), style=DIM)
    yield from limits(answer.lines, (), answer.currency, cited)
    for number, group in enumerate(answer.groups, start=1):
        yield _group(number, group, answer.currency, cited)
        yield from left(group.page, "member", by="--limit")
    if answer.gaps:
        made = table("what is not known", "未知事项", "rules", title="could turn the answer")
        for gap in answer.gaps:
            row(made, gap.en, gap.zh, ", ".join(gap.rules))
        yield made
    yield from untestable(answer.untestable)
    if answer.remedies:
        yield _remedies(answer, cited)


def _room(answer: CreditCheck, most: str) -> str:
    """How much could be lent under the limits that are known."""
    if answer.headroom is None:
        return "how much could be lent is not known"
    return (
        f"{most} could be lent"
        if answer.headroom_whole
        else f"at most {most} could be lent, not all it rests on is known"
    )


def _group(number: int, group: Membership, currency: str | None, cited: Cited) -> Table:
    sure = "" if group.certain else ", in the wide reading alone"
    many = plural(group.page.total, "party", "parties")
    title = f"group {number}: {group.name_zh} · {group.name} ({many}{sure}){group.apart.en}"
    names = list(dict.fromkeys(name for share in group.members for name in share.at_stake))
    counted = [name.replace("_", " ") for name in names]
    made = table("party", "how it came in", *counted, "src", title=title, amounts=counted)
    steps = {step.party.id: step for step in (*group.steps, *group.others)}
    shares = {share.party.id: share for share in group.members}
    for key in dict.fromkeys([*steps, *shares]):
        step, share = steps.get(key), shares.get(key)
        amounts = [money(share.at_stake[name], currency) if share else "" for name in names]
        party = step.party if step else shares[key].party
        facts = [fact.fact_id for fact in step.facts] if step else []
        row(made, party.name, _how(step, cited) if step else "", *amounts, cited.numbers(facts))
    return made


def _how(step: Step, cited: Cited) -> list[str]:
    through = f" ({step.through.name})" if step.through else ""
    lines = [f"{step.how_zh} · {step.how}{through}", *(fallen(fall, cited) for fall in step.proof)]
    lines += [confirmed(fact, step.measured) for fact in step.facts if fact.kind == DEPENDS_ON.name]
    for one in step.suspected:
        figure = "without bound" if one.value is None else percent(one.value)
        sources = cited.numbers([fact.fact_id for fact in one.facts] + [one.statement])
        lines.append(f"{one.criterion} {one.name_zh}: {figure} {one.comparison} {percent(one.threshold)} {sources}")
    return lines


def _remedies(answer: CreditCheck, cited: Cited) -> Table:
    heads = ("change", "", "money", "then", "room then", "src")
    pass_ = any(one.verdict == APPROVE for one in answer.remedies)
    title = f"smallest changes that would {'pass' if pass_ else 'break no limit'}"
    made = table(*heads, title=title, amounts=("money", "room then"))
    for one in answer.remedies:
        room = "" if one.headroom is None else money(one.headroom, answer.currency)
        source = cited.numbers([step.fact.fact_id for step in one.steps if step.fact])
        en, zh = zip(*phrases(one.steps, answer.currency), strict=True)
        row(made, [*zh], [*en], money(one.change, answer.currency), one.verdict, room, source)
    return made
