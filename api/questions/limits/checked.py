"""What a credit check answers."""

from dataclasses import dataclass

from analytics.limits.gaps import Gap
from api.answers.frame import Party
from api.groups.more_than_all import MoreThanAll
from api.questions.groups.untestable import Untestables
from api.questions.limits.changes import Remedy
from api.questions.limits.memberships import Membership
from api.questions.limits.rules import Held


@dataclass(frozen=True)
class Decision:
    """Where the decision stands in the ledger."""

    request_id: str
    entry: int
    hash: str
    at: str
    repeated: bool
    """Whether it was decided before, and is told again."""


@dataclass(frozen=True)
class CreditCheck:
    """The answer to one application; amounts in whole units of its currency."""

    verdict: str
    """`approve`, `refer` or `decline`."""
    verdict_zh: str
    applicant: Party
    lender: Party
    currency: str | None
    rule_sets: tuple[str, ...]
    amount: float
    headroom: float | None
    """Greatest amount that breaks no rule in either reading, nor if what cannot be tested holds; none where no limit
    is known."""
    headroom_certain: float | None
    """The same in the narrow reading alone."""
    headroom_whole: bool
    """Whether every limit was known; else the headroom is the most it can be."""
    binding: Held | None
    """The line that leaves the least room."""
    lines: tuple[Held, ...]
    """Every rule against every client and group that the facility changes, the least room first; of groups that stand
    only if what cannot be tested holds those that break a limit or bind."""
    groups: tuple[Membership, ...]
    overfull: tuple[MoreThanAll, ...]
    """Companies that its groups rest on and of which more than all votes are stated to be held; where such shares are
    refused it cannot pass."""
    gaps: tuple[Gap, ...]
    """What is not known and could turn the answer."""
    untestable: Untestables
    """Dependences that cannot be tested and nobody judged: first those within what breaks or binds if they hold."""
    remedies: tuple[Remedy, ...]
    """The smallest changes that would pass, the one that moves least money first."""
    decision: Decision | None = None
