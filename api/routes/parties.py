"""Questions about one party."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Depends, Query

from analytics.structure.dependence.rules import rule_sets
from api import questions
from api.answers.frame import Answer
from api.questions.groups.groups import GroupsOf
from api.questions.guarantees import GuaranteesOf
from api.questions.limits.exposure import ExposureTo
from api.questions.links.tiers import TiersOf
from api.questions.meant import named_scenario
from api.questions.ownership.control import ControlOf
from api.questions.ownership.owners import OwnersOf
from api.questions.parties.changes import ChangesOf
from api.questions.parties.network import Network
from api.questions.parties.party import Dossier
from api.questions.parties.search import LONGEST, Found
from api.questions.risk.risk import MOST, RiskOf
from api.questions.shocks.scenario import Scenario
from api.routes.asked import At, Kinds, Limit, ModelRun, Offset, PartyId, Served, Set, Since, Whose
from api.service.body import OnceRoute

router = APIRouter(prefix="/parties", tags=["parties"], route_class=OnceRoute)

Depth = Annotated[int, Query(ge=1, le=20, description="Tiers at most")]


@router.get("")
def search(
    engine: Served,
    moment: At,
    q: Annotated[
        str,
        Query(max_length=LONGEST, description="Name, part of a name, identifier or id", examples=["澜汀集团"]),
    ],
    limit: Limit = 20,
    offset: Offset = 0,
) -> Answer[Found]:
    """Find a party by name or identifier.

    In Chinese or English, whole or in part, also misspelled; the best match first.
    """
    return questions.search(engine, q, limit=limit, offset=offset, moment=moment)


@router.get("/{id:path}/network")
def network(
    engine: Served,
    id: PartyId,
    moment: At,
    hops: Annotated[int, Query(ge=1, le=6, description="Steps from the party")] = 1,
    kinds: Kinds = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> Answer[Network]:
    """Who stands around it, and what ties them."""
    return questions.network(engine, id, hops=hops, kinds=kinds, limit=limit, offset=offset, moment=moment)


@router.get("/{id:path}/control")
def control(engine: Served, id: PartyId, moment: At, limit: Limit = 50, offset: Offset = 0) -> Answer[ControlOf]:
    """Who controls it, and what it controls, each with its proof."""
    return questions.control(engine, id, limit=limit, offset=offset, moment=moment)


@router.get("/{id:path}/owners")
def owners(
    engine: Served,
    id: PartyId,
    moment: At,
    regime: Annotated[
        str | None,
        Query(description="Regime of beneficial ownership; else those of its country", examples=["CN_2024"]),
    ] = None,
    layer: Annotated[Literal["capital", "votes"], Query(description="What is owned in the end")] = "capital",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Answer[OwnersOf]:
    """Who owns it, directly and in the end, who decides in it, its beneficial owners and close links by law."""
    return questions.owners(engine, id, regime=regime, layer=layer, limit=limit, offset=offset, moment=moment)


@dataclass(frozen=True)
class Suspecting:
    """By whose criteria dependence is suspected."""

    lender: str | None
    criteria: tuple[str, ...]


def _suspecting(
    settings: Set,
    lender: Annotated[
        str | None,
        Query(
            description="Id of the lender whose rule sets say by which criteria dependence is suspected; where left "
            "out the service's own",
            examples=["bank:bank"],
        ),
    ] = None,
    criteria: Annotated[
        list[str] | None,
        Query(
            description=f"Suspect by these rule sets instead, repeat for several: {', '.join(rule_sets())}",
            examples=[["cn-annex1"]],
        ),
    ] = None,
) -> Suspecting:
    return Suspecting((settings.lender if lender is None else lender) or None, tuple(criteria or ()))


@router.get("/{id:path}/groups")
def groups(
    engine: Served,
    id: PartyId,
    moment: At,
    by: Annotated[Suspecting, Depends(_suspecting)],
    kind: Annotated[
        Literal["connected", "group-clients"],
        Query(description="Connected clients, by control and dependence; or group clients of the 2010 guideline"),
    ] = "connected",
    limit: Limit = 100,
    offset: Offset = 0,
) -> Answer[GroupsOf]:
    """Which groups it belongs to, of connected clients or group clients, and why."""
    return questions.groups(
        engine, id, kind=kind, lender=by.lender, criteria=by.criteria, limit=limit, offset=offset, moment=moment
    )


@router.get("/{id:path}/risk")
def risk(
    engine: Served,
    id: PartyId,
    moment: At,
    model: ModelRun = "",
    reasons: Annotated[int, Query(ge=1, le=MOST, description="Reasons at most")] = 5,
) -> Answer[RiskOf]:
    """How likely it is to default within a year, why, and what its neighbours add."""
    return questions.risk(engine, id, model=model, reasons=reasons, moment=moment)


@router.get("/{id:path}/exposure")
def exposure(
    engine: Served,
    id: PartyId,
    moment: At,
    settings: Set,
    lender: Whose = None,
    scenario: Annotated[
        str,
        Query(
            description="Also what a scenario would take of it: one of the catalogue by name, or `self`: it fails",
            max_length=200,
            examples=["self", "real-estate"],
        ),
    ] = "",
    limit: Limit = 20,
) -> Answer[ExposureTo]:
    """What a lender has at stake with it, by name and by group, and what of it a scenario would take."""
    whose = settings.lender if lender is None else lender
    return questions.exposure(engine, id, lender=whose or None, scenario=scenario, limit=limit, moment=moment)


@router.post("/{id:path}/exposure")
def exposure_stressed(
    engine: Served,
    id: PartyId,
    moment: At,
    settings: Set,
    scenario: Annotated[Scenario, Body()],
    lender: Whose = None,
    limit: Limit = 20,
) -> Answer[ExposureTo]:
    """The same under a scenario of one's own, as shocks take it."""
    whose = settings.lender if lender is None else lender
    said = named_scenario(engine, scenario, lender=whose or "", moment=moment)
    return questions.exposure(engine, id, lender=whose or None, scenario=said, limit=limit, moment=moment)


@router.get("/{id:path}/guarantees")
def guarantees(
    engine: Served,
    id: PartyId,
    moment: At,
    length: Annotated[int, Query(ge=2, le=12, description="Most guarantees of a closed circle")] = 5,
    limit: Limit = 20,
    offset: Offset = 0,
) -> Answer[GuaranteesOf]:
    """Guarantees given and taken, the circles it sits in, and the law's tests."""
    return questions.guarantees(engine, id, length=length, limit=limit, offset=offset, moment=moment)


@router.get("/{id:path}/upstream")
def upstream(
    engine: Served, id: PartyId, moment: At, depth: Depth = 3, limit: Limit = 50, offset: Offset = 0
) -> Answer[TiersOf]:
    """Who supplies it, tier by tier."""
    return questions.upstream(engine, id, depth=depth, limit=limit, offset=offset, moment=moment)


@router.get("/{id:path}/downstream")
def downstream(
    engine: Served, id: PartyId, moment: At, depth: Depth = 3, limit: Limit = 50, offset: Offset = 0
) -> Answer[TiersOf]:
    """Whom it supplies, tier by tier."""
    return questions.downstream(engine, id, depth=depth, limit=limit, offset=offset, moment=moment)


@router.get("/{id:path}/changes")
def changes(
    engine: Served, id: PartyId, moment: At, since: Since, limit: Limit = 100, offset: Offset = 0
) -> Answer[ChangesOf]:
    """What changed about it between two moments, of the world or of knowledge.

    The earlier moment is the later one but for what `since` and `since_known` say.
    """
    return questions.changes(engine, id, since=since, limit=limit, offset=offset, moment=moment)


# Last: its address is the beginning of every other.
@router.get("/{id:path}")
def party(engine: Served, id: PartyId, moment: At, limit: Limit = 25, offset: Offset = 0) -> Answer[Dossier]:
    """Everything known about one party, with sources; of each kind one page."""
    return questions.party(engine, id, limit=limit, offset=offset, moment=moment)
