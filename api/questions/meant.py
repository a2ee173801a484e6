"""Parties that are meant by their names: one way for the command and for requests over HTTP."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple

from api.answers.frame import Party
from api.engine import Engine
from api.questions.asking import node_of
from api.questions.book.assumed import Assumed
from api.questions.limits.applications import Request
from api.questions.parties.search import search
from api.questions.shocks.catalogue import named
from api.questions.shocks.scenario import Scenario
from graph.errors import InvalidQuestion, UnknownParty
from graph.moment import Moment

LISTED: Final = 10
"""Parties of one name that are listed."""
NAMED: Final = frozenset({"name", "lender", "failed", "stopped"})
"""What a scenario that is meant by its name says of itself, or leaves to the catalogue."""


class Called(NamedTuple):
    """Parties that a text may mean."""

    exactly: tuple[Party, ...]
    """Whose name or number it is."""
    like: tuple[Party, ...]
    """All that a search finds."""


def called(engine: Engine, text: str, *, moment: Moment) -> Called:
    """Parties that go by a text, and those that go nearly by it."""
    found = search(engine, text, limit=100, moment=moment).answer.matches
    return Called(tuple(one.party for one in found if one.score == 1), tuple(one.party for one in found))


def named_in(engine: Engine, request: Request, *, lender: str, moment: Moment) -> Request:
    """A request with the ids of those it names, and a lender where it names none.

    Raises UnknownParty, InvalidQuestion where several go by a name, and what `Request.checked` does.
    """
    moment = replace(moment, valid_at=request.day(moment.valid_at))
    request.checked()
    givers = tuple(
        one.model_copy(update={"party": _id(engine, one.party, f"facility.guarantors.{k}", moment)})
        for k, one in enumerate(request.facility.guarantors)
    )
    bank = request.lender or lender
    return request.model_copy(update={
        "facility": request.facility.model_copy(update={"guarantors": givers}),
        "lender": _id(engine, bank, "lender", moment) if bank.strip() else bank,
        "applicant": _id(engine, request.applicant, "applicant", moment),
    })  # fmt: skip


def named_scenario(engine: Engine, scenario: Scenario, *, lender: str, moment: Moment) -> Scenario:
    """A scenario with the ids of those it names, and a lender where it names none.

    Raises UnknownParty, and InvalidQuestion where several go by a name, or it says no shock and has no name of the
    catalogue.
    """
    return meant_scenario(scenario, lender=lender, id_of=lambda text, where: _id(engine, text, where, moment))


def meant_scenario(scenario: Scenario, *, lender: str, id_of: Callable[[str, str], str]) -> Scenario:
    """The scenario that is meant, with the ids that `id_of` finds for each text at its place.

    One that says no shock and has a name is that of the catalogue; whatever else it says takes the catalogue's place.
    """
    bank = scenario.lender or lender
    if scenario.name and not scenario.strikes:
        said = {name: getattr(scenario, name) for name in scenario.model_fields_set - NAMED}
        scenario = named(scenario.name, lender=bank).model_copy(update=said)
    return scenario.model_copy(update={"lender": bank}).with_parties(id_of)


def named_assumed(engine: Engine, assumed: Assumed, *, moment: Moment) -> Assumed:
    """Assumptions with the ids of those they name.

    Raises UnknownParty, and InvalidQuestion where several go by one name, or one party is named twice with other PDs.
    """
    parties, snapshot, known = dict[str, float](), engine.view(moment).snapshot, dict[int, str]()
    for text, pd in assumed.pd.parties.items():
        where = f"pd.parties.{text}"
        name = _id(engine, text, where, moment)
        first = known.setdefault(node_of(snapshot, name, where=where), text)
        if first != text and assumed.pd.parties[first] != pd:
            raise InvalidQuestion(f"is the party that {first} is, of another PD", where=where, remedy="give it one PD")
        parties[name] = pd
    return assumed.model_copy(update={"pd": assumed.pd.model_copy(update={"parties": parties})})


def _id(engine: Engine, text: str, where: str, moment: Moment) -> str:
    """The id itself, or that of the one party whose name or number this is exactly."""
    try:
        node_of(engine.view(moment).snapshot, text, where=where)
    except UnknownParty:
        exactly = called(engine, text, moment=moment).exactly
        if len(exactly) == 1:
            return exactly[0].id
        if exactly:
            ids = ", ".join(party.id for party in exactly[:LISTED])
            what = f"{len(exactly)} parties go by this"
            raise InvalidQuestion(what, where=where, remedy=f"give the id of one: {ids}") from None
        raise
    return text
