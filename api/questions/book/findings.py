"""What a book's limits say of one client or group."""

from dataclasses import dataclass

from api.answers.frame import Fact, Page, Party
from api.answers.wording import apart, money, plural, used
from api.groups.alike import NOT_ALIKE, Apart

WHOM_ZH = {"related parties": "全部关联方", "anonymous clients": "匿名客户"}


@dataclass(frozen=True)
class LimitFinding:
    """One client or group of which a rule speaks."""

    rule: str
    state: str
    chinese: str
    whom: str
    """client, group, related parties or anonymous clients."""
    top: Party
    """Who has most at stake."""
    controller: Party | None
    """Of a group who is on top of it, and need be no client; None of a client or of everybody of a kind."""
    clients: int
    """How many of the members are clients."""
    size: int
    """How many the group has, clients or not, as the law of its kind counts them: of connected clients individuals
    too, of group clients legal persons alone; 1 of a single client."""
    members: tuple[Party, ...]
    """Of connected clients those who are clients."""
    page: Page
    exposure: float
    """As the rule counts it."""
    gross: float
    """What the members' facilities count before protection."""
    protected: float
    """What collateral and eligible guarantors take off it."""
    taken_over: float
    """What the members stand in for as eligible guarantors."""
    limit: float | None
    use: float | None
    """Fraction of the limit; None where that is unknown."""
    of_capital: float | None
    """Fraction of the figure the rule divides by."""
    unknown: int
    """Facilities of unknown amount: it is at least what is told."""
    certain: bool
    """Whether it, or a client or group within it, stands so also without what is only possible or suspected."""
    certain_exposure: float
    """What the greatest client or group within it comes to by what is certain and confirmed alone: the exposure itself
    where nothing of it is only possible or suspected."""
    binding: bool
    """Whether no other limit is used more by any of the members."""
    facilities: tuple[Fact, ...]
    """The largest of them."""
    guarantees: tuple[Fact, ...] = ()
    """The largest of those by which members stand in for who owes."""
    apart: Apart = NOT_ALIKE
    """What tells a group from another of the page that breaks or nears the same rule and is called alike."""


def called(one: LimitFinding) -> Party:
    """By whom a client or group is called: itself, or who is on top, else who has most at stake."""
    return one.controller or one.top


def named(one: LimitFinding) -> str:
    """A client by its name; a group by who is on top, with how many members and clients it has."""
    if one.size < 2:
        return one.top.name
    many = plural(one.clients, "client")
    if one.clients < one.size:
        many = f"{plural(one.size, 'member')}, {one.clients:,} of them {'a client' if one.clients == 1 else 'clients'}"
    group = one.controller or one.whom == "group"
    return f"group of {called(one).name} ({many}){one.apart.en}" if group else f"{one.whom} ({many})"


def reading(one: LimitFinding, currency: str | None) -> str:
    """What of it is only possible or suspected, in words; empty where nothing is."""
    if not one.certain:
        return "only possible or suspected"
    if one.certain_exposure < one.exposure:
        return f"{money(one.certain_exposure, currency)} certain, the rest possible or suspected"
    return ""


def finding_said(one: LimitFinding, currency: str | None) -> str:
    """How much of its limit a client or group uses, in both languages."""
    exposure, limit = apart(one.exposure, one.limit, currency)
    share = used(one.use or 0.0)
    whom = one.top.name
    if one.size > 1:
        whom = f"{called(one).name}所在集团（客户{one.clients:,}个）" if one.whom == "group" else WHOM_ZH[one.whom]
    return (
        f"{named(one)}: {exposure}, {share} of {limit} by {one.rule} · "
        f"{whom}{one.apart.zh}：{exposure}，为限额{limit}的{share}（{one.rule}）。"
    )
