"""How members of a group client in concert came in, in the words of a credit check."""

from pathlib import Path

from tests.api.questions.groups.test_concerts import CA, CB, HELD, LENT, TIE, H, V, W, check, engine


def test_the_step_of_a_group_client_in_concert_never_leads_through_the_applicant_itself(tmp_path: Path) -> None:
    """ca and cb unite v and w; each member is told with another of them, and a company with all that falls up to it."""
    asked = engine(tmp_path, *HELD, TIE, *LENT)
    through: dict[str, tuple[str, list[str]]] = {}
    for applicant in (CA, CB, V, W):
        value = check(asked, applicant, 1.0)
        (group,) = (g for g in value.groups if {m.party.id for m in g.members} == {CA, CB, V, W})
        (step,) = group.steps
        assert (step.party.id, step.how) == (applicant, "perhaps with relatives or in concert")
        assert step.through is not None
        assert ("RELATED_TO", CA, CB) in {(fact.kind, fact.tail.id, fact.head.id) for fact in step.facts}
        through[applicant] = step.through.id, [fall.company.id for fall in step.proof]
    assert through == {CA: (CB, []), CB: (CA, []), V: (CA, [V]), W: (CA, [V, W])}


def test_a_check_tells_how_each_member_came_in(tmp_path: Path) -> None:
    """h, v and cb owe; ca and w do not, and are told as well."""
    asked = engine(tmp_path, *HELD, TIE, *LENT)
    for applicant in (H, CA, CB, V, W):
        for group in check(asked, applicant, 1.0).groups:
            told = [step.party.id for step in (*group.steps, *group.others)]
            assert len(told) == len(set(told))
            assert {m.party.id for m in group.members} <= set(told)
    group = next(g for g in check(asked, H, 1.0).groups if g.kind == "control" and not g.certain)
    others = {one.party.id: one for one in group.others}
    other = others[V]
    assert (other.how, [fall.company.id for fall in other.proof]) == ("may be controlled", [CA, V])
    assert (others[CA].how, others[CA].how_zh) == ("controlled", "受控制")
