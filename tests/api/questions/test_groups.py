from pathlib import Path

import pytest

from analytics.structure.groups import Groups
from analytics.structure.reach import Nodes
from api.engine import Engine, Place
from api.questions import groups
from tests.api.world import Book, instant

FIRMS = [f"r:{n:02d}" for n in range(30)]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """A top that owns thirty firms, and a supplier that depends on two of them."""
    owned = [("OWNS", {"from": "r:top", "to": firm, "share": 0.6}) for firm in FIRMS]
    depends = [
        ("DEPENDS_ON", {"from": "r:supplier", "to": firm, "criterion": "sales", "verdict": "confirmed", "reason": firm})
        for firm in FIRMS[:2]
    ]
    parties = dict.fromkeys(["r:top", "r:supplier", *FIRMS], "Company")
    Book(tmp_path / "columns").load(parties, [*owned, *depends], closed_at=instant("2024-01-01"))
    return Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))


def test_a_dependent_member_is_tied_in_by_all_it_depends_on(engine: Engine) -> None:
    (group,) = groups(engine, "r:05", moment=engine.moment()).answer.groups
    whys = {member.party.id: member.why for member in group.members}
    assert whys == {"r:top": "top", "r:supplier": "dependent", **dict.fromkeys(FIRMS, "controlled")}
    (supplier,) = [member for member in group.members if member.why == "dependent"]
    assert {fact.head.id for fact in supplier.dependences} == set(FIRMS[:2])


def test_a_confirmed_dependence_does_not_open_a_group_once_a_member(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once to find what hangs together, once to let it fall."""
    opened: list[int] = []
    members = Groups.members

    def counted(groups: Groups, group: int) -> Nodes:
        opened.append(int(group))
        return members(groups, group)

    monkeypatch.setattr(Groups, "members", counted)
    groups(engine, "r:05", moment=engine.moment())
    assert len(opened) <= 2
