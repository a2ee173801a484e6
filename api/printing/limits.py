"""Amounts held against limits."""

from collections.abc import Iterator, Sequence

from rich.table import Table

from api.answers.wording import apart, listed, money, names_of, plural, used
from api.printing.paper import Cited, row, table
from api.questions.limits.memberships import Membership, called
from api.questions.limits.rules import Held


def limits(lines: Sequence[Held], groups: Sequence[Membership], currency: str | None, cited: Cited) -> Iterator[Table]:
    """Every rule held against every client and group, the least room first; where no `groups` are given these go by
    their number, under which a table of each follows."""
    asked = any(held.before != held.after for held in lines)
    moments = ("before / after", "limit / room before", "use after") if asked else ("amount", "limit / room", "use")
    heads = ("rule", "on", *moments, "src")
    made = table(*heads, title="limits", amounts=heads[2:4])
    for held in lines:
        use = "" if held.use is None else used(held.use)
        after, limit = apart(held.after, held.limit.amount, currency)
        limit = "not known" if held.limit.amount is None else limit
        amounts = [money(held.before, currency), after] if asked else [after]
        room = "" if held.headroom is None else money(held.headroom, currency)
        unread = "" if held.rule.verified else " (not verified)"
        row(
            made, [held.rule.id, held.rule.name_zh, held.rule.name, held.rule.citation + unread], _whom(held, groups),
            amounts, [limit, room], [*filter(None, [use]), held.state_zh, held.state],
            cited.numbers([held.limit.statement]),
        )  # fmt: skip
    if made.row_count:
        yield made


def _whom(held: Held, groups: Sequence[Membership]) -> str | list[str]:
    if held.client:
        return held.client.name
    many = plural(held.parties, "party", "parties")
    if not held.tested:
        named = listed(names_of(held.members), held.parties)
        return f"{many}, if what cannot be tested holds{': ' if named else ''}{named}{held.apart.en}"
    many += "" if held.certain else ", wide reading"
    if held.group is None or not groups:
        return f"{'all' if held.group is None else f'group {held.group + 1}'}, {many}"
    group = groups[held.group]
    return [f"group of {called(group).name} ({many}){group.apart.en}", group.name]
