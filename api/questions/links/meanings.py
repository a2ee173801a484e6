"""Why parties hang together, and which facts would have to fall so that they do not."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from analytics.structure.linkage.cut import fewest_to_refute
from analytics.structure.linkage.reasons import BY_BOTH, BY_CONTROL, FORMS, Step, family_of, reasons_of
from analytics.structure.linkage.rings import ring_through
from api.answers.evidence import Evidence
from api.answers.frame import Fact, Party, Record
from api.engine import View
from api.questions.links.chains import Chain
from api.questions.ownership.falls import Fall
from graph.field import Kind
from graph.model import CONTROLS, GUARANTEES, IDENTIFIER, KINDS, OWNS, SAME_AS

BASES_SAID = {
    "votes": ("votes", "表决权"), "board": ("the board", "董事会"), "contract": ("contract", "合同"),
    "consolidation": ("consolidation", "合并报表"), "vie": ("VIE", "协议控制（VIE）"),
    "agreement": ("agreement", "协议"), "family": ("family", "家族"), "influence": ("influence", "重大影响"),
}  # fmt: skip
"""What control rests on, in both languages."""
RINGS = {OWNS.name: "holding ring", GUARANTEES.name: "guarantee ring"}


@dataclass(frozen=True)
class Shared:
    """One party that controls several of those asked about, with the proof for each."""

    controller: Party
    controlled: tuple[Party, ...]
    proofs: tuple[tuple[Fall, ...], ...]


@dataclass(frozen=True)
class Why:
    """One way in which some of the parties hang together."""

    form: str
    """Such as `common controller`, `guarantee ring`, `shared officer`, `kin`, `contact`, `trade`, `money`."""
    english: str
    chinese: str
    parties: tuple[Party, ...]
    """Those asked about that it ties."""
    through: tuple[Party, ...]
    """By whom: the controller, the office holder, the party in which paths meet."""
    strength: float | None
    """Of its strongest path; None where it rests on no path."""
    paths: tuple[int, ...]
    """Numbers of the paths that show it, from 1."""
    facts: tuple[Fact, ...]
    records: tuple[Record, ...] = ()
    """Identifiers by which two records are one party."""


@dataclass(frozen=True)
class Cut:
    """The fewest facts that would all have to be refuted so that no shown path ties two of the parties."""

    parties: tuple[Party, Party]
    facts: tuple[Fact, ...]
    """Of several such sets the least trusted one, and of those the nearest to the first party."""
    aside: tuple[str, ...]
    """Ids of those among them that another source states and that count only once the others are refuted."""
    paths: int
    """Shown paths between the two; each contains one of the facts, of up to as many steps as were asked for."""


def whys(
    view: View,
    evidence: Evidence,
    *,
    nodes: Sequence[int],
    given: Sequence[str],
    shared: Sequence[Shared],
    chains: Sequence[Chain],
    kinds: Sequence[Kind],
    steps: int,
) -> tuple[Why, ...]:
    """Every way in which the parties hang together, what binds most first."""
    found = [
        *_same_party(view, evidence, nodes, given),
        *(_controlled(evidence, nodes, one) for one in shared),
        *_rings(view, evidence, nodes, kinds, steps),
        *_by_paths(evidence, chains),
    ]
    order = list(FORMS)
    return tuple(sorted(found, key=lambda why: (order.index(why.form), -(why.strength or 1.0))))


def _why(
    form: str,
    parties: Sequence[Party],
    through: Sequence[Party],
    facts: Sequence[Fact],
    *,
    strength: float | None = None,
    paths: tuple[int, ...] = (),
    records: tuple[Record, ...] = (),
) -> Why:
    english, chinese = _worded(form, facts)
    return Why(form, english, chinese, tuple(parties), tuple(through), strength, paths, tuple(facts), records)


def _worded(form: str, facts: Sequence[Fact]) -> tuple[str, str]:
    """A form in both languages; where control on another basis than shares shows it, with that basis."""
    bases = sorted({str(fact.values["basis"]) for fact in facts if fact.kind == CONTROLS.name})
    told = (BY_BOTH if any(fact.kind == OWNS.name for fact in facts) else BY_CONTROL).get(form) if bases else None
    if told is None:
        return FORMS[form].english, FORMS[form].chinese
    english, chinese = " and ".join(BASES_SAID[one][0] for one in bases), "、".join(BASES_SAID[one][1] for one in bases)
    return told.english.format(by=english), told.chinese.format(by=chinese)


def _same_party(view: View, evidence: Evidence, nodes: Sequence[int], given: Sequence[str]) -> Iterator[Why]:
    """Ids asked about that are records of one party, and by whose word they are."""
    for node in nodes:
        records = [party for party in dict.fromkeys(given) if view.snapshot.node(party) == node]
        if len(records) > 1:
            known = evidence.party(node)
            parties = [Party(party, known.name, known.kind) for party in records]
            facts = evidence.stated(SAME_AS, view.snapshot.joined_by(node))
            numbers = [record for record in evidence.records(IDENTIFIER, node) if record.values.get("verified")]
            yield _why("same party", parties, [known], facts, records=tuple(numbers))


def _controlled(evidence: Evidence, nodes: Sequence[int], shared: Shared) -> Why:
    asked = {party.id for party in evidence.parties(nodes)}
    facts = {fact.fact_id: fact for proof in shared.proofs for fall in proof for fact in fall.by}
    if shared.controller.id in asked:
        return _why("control", [shared.controller, *shared.controlled], [shared.controller], [*facts.values()])
    return _why("common controller", shared.controlled, [shared.controller], [*facts.values()])


def _rings(view: View, evidence: Evidence, nodes: Sequence[int], kinds: Sequence[Kind], steps: int) -> Iterator[Why]:
    for kind in kinds:
        if kind.name not in RINGS:
            continue
        for a, b in combinations(nodes, 2):
            ring = ring_through(view.arrows(kind), a, b, longest=steps, closed=view.control.state)
            if ring:
                facts = evidence.facts(kind, [*ring.there, *ring.back])
                parties = {end.id: end for fact in facts for end in (fact.tail, fact.head)}
                ends = evidence.parties([a, b])
                inner = [party for party in parties.values() if party not in ends]
                yield _why(RINGS[kind.name], ends, inner, facts)


def _by_paths(evidence: Evidence, chains: Sequence[Chain]) -> Iterator[Why]:
    parties = list({party.id: party for chain in chains for party in chain.parties}.values())
    number = {party.id: at for at, party in enumerate(parties)}
    walked = [([number[party.id] for party in chain.parties], [_ties(tie.facts, tie.tail) for tie in chain.steps])
              for chain in chains]  # fmt: skip
    for reason in reasons_of(walked):
        mine = [chains[at] for at in reason.paths]
        facts = {
            fact.fact_id: fact
            for chain in mine
            for tie in chain.steps
            for fact in tie.facts
            if reason.family in ("", _family(fact))
        }
        yield _why(
            reason.form,
            [parties[at] for at in reason.ends],
            [parties[at] for at in reason.through],
            [*facts.values()],
            strength=max(chain.strength for chain in mine),
            paths=tuple(at + 1 for at in reason.paths),
        )


def _family(fact: Fact) -> str:
    return family_of(fact.kind, fact.values.get("kind"))


def _ties(facts: Sequence[Fact], tail: Party) -> list[Step]:
    return [Step(_family(fact), fact.tail == tail) for fact in facts]


def cuts(evidence: Evidence, nodes: Sequence[int], chains: Sequence[Chain]) -> Iterator[Cut]:
    """For each two of the parties that paths tie, the fewest facts that would have to be refuted."""
    shown = {fact.fact_id: fact for chain in chains for tie in chain.steps for fact in tie.facts}
    told = Evidence(evidence.snapshot)
    instead = {fact.fact_id: fact for fact in _instead(told, shown.values())}
    facts = list((shown | instead).values())
    ids = list({end.id: None for fact in facts for end in (fact.tail, fact.head)})
    number = {party: at for at, party in enumerate(ids)}
    tail = [number[fact.tail.id] for fact in facts]
    head = [number[fact.head.id] for fact in facts]
    trust = [(evidence if fact.fact_id in shown else told).source(fact.fact_id).confidence for fact in facts]
    known = [1.0 if one is None else one for one in trust]
    for a, b in combinations(evidence.parties(nodes), 2):
        between = sum({chain.parties[0], chain.parties[-1]} == {a, b} for chain in chains)
        if between:
            cut = fewest_to_refute(tail, head, known, source=number[a.id], target=number[b.id])
            refuted = tuple(facts[at] for at in cut.facts)
            aside = tuple(fact.fact_id for fact in refuted if fact.fact_id not in shown)
            evidence.cite(told.source(name) for name in aside)
            yield Cut((a, b), refuted, aside, between)


def _instead(evidence: Evidence, facts: Iterable[Fact]) -> Iterator[Fact]:
    """What other sources state of the pairs of some facts, and would count were these refuted."""
    node = evidence.snapshot.node
    for kind, tail, head in dict.fromkeys((fact.kind, fact.tail.id, fact.head.id) for fact in facts):
        yield from evidence.rivals(KINDS[kind], node(tail), node(head), direct=True)
