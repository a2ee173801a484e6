"""What is not known about a lender's book, so that a limit may stand otherwise than it is told."""

from collections.abc import Collection, Iterator

from analytics.limits.denominators import DENOMINATORS
from analytics.structure.kinship.circles import Circle
from api.book.check import Checked
from api.engine import View
from api.groups.together import GROUP_CLIENT, POSSIBLE_CLIENT, groups_among
from api.limits.lender import HOW_TO_STATE, perhaps_said
from api.limits.strays import shared_collateral, shared_said, strays_of, strays_said
from api.questions.book.possible import PossibleBreak, possible_said
from api.questions.groups.families import doubtful_ties, ties_said


def book_gaps(
    view: View,
    found: Checked,
    rule_sets: Collection[str],
    *,
    missing: Collection[str],
    floorless: Collection[str],
    possible: tuple[PossibleBreak, ...],
) -> Iterator[str]:
    """Gaps in a few words; `missing` are denominators without a figure, `floorless` rules without their floor,
    `possible` the gravest of what would break if what cannot be tested held."""
    if not rule_sets:
        yield "; ".join(HOW_TO_STATE)
    elif not found.wide.uses:
        yield f"no rule of {', '.join(rule_sets)} was in force on this day"
    for name in sorted(missing):
        what = DENOMINATORS[name].name
        yield (
            f"{what.en} of the lender is missing: rules against it cannot be tested · "
            f"缺少贷款人的{what.zh}，以其为分母的规则无法检验"
        )
    for use in found.wide.uses:
        if use.rule.unread:
            yield f"{use.rule.id} was not read in its text ({use.rule.unread}) · {use.rule.id}未与原文核对"
    for rule in floorless:
        yield f"the floor of {rule} was left out for want of an exchange rate · 缺少汇率，{rule}的下限未计"
    yield from possible_said(view, found, possible)
    if found.perhaps:
        yield " · ".join(perhaps_said(view, found.perhaps))
    if ties := _doubtful(view, found):
        yield " · ".join(ties_said(len(ties)))
    if (strays := strays_of(view, found.standing.lender)).number:
        yield " · ".join(strays_said(view, strays))
    for provider, number, _ in shared_collateral(view, found.standing.lender):
        yield " · ".join(shared_said(view.snapshot.called(provider), number))
    if view.judged.left_out:
        yield f"nothing could be suspected: {view.judged.left_out}"


def _doubtful(view: View, found: Checked) -> set[int]:
    """Ties that only the wide reading counts, in group clients of the book that only it makes."""
    if all(rule.group_kind != "control" for rule in found.standing.rules):
        return set()
    wide, narrow = (groups_among(view, found.clients, name) for name in (POSSIBLE_CLIENT, GROUP_CLIENT))
    known = {group.clients.tobytes() for group in narrow}
    return doubtful_ties(
        view, (Circle(group.seed, group.heads) for group in wide if group.clients.tobytes() not in known)
    )
