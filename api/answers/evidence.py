"""Facts and parties of a snapshot in the words of an answer, and the sources behind them."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from api.answers.frame import Fact, Party, Record, Source
from api.answers.namesakes import namesakes, renamed
from api.answers.wording import gist, values
from graph.columns import gathered
from graph.field import PARTY_KINDS, Kind
from graph.records import statements
from graph.snapshot import Snapshot

T = TypeVar("T")


class Evidence:
    """Collects the sources of whatever an answer shows."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._sources: dict[str, Source] = {}
        self._parties: dict[int, Party] = {}
        self._facts: dict[str, dict[int, Fact]] = {}
        self._rows: dict[tuple[str, int], str] = {}

    @property
    def sources(self) -> tuple[Source, ...]:
        """Sources of everything shown, in the order in which it was shown."""
        return tuple(self._sources.values())

    def cite(self, sources: Iterable[Source]) -> None:
        """Add sources of what was read elsewhere."""
        for source in sources:
            self._sources.setdefault(source.fact_id, source)

    @property
    def shown(self) -> NDArray[np.int64]:
        """Parties named so far, in the order in which they were."""
        return np.fromiter(self._parties, np.int64, len(self._parties))

    def distinguished(self, value: T) -> T:
        """For sentences: a value with the id beside every name that several of the parties shown have."""
        return renamed(value, namesakes(self._parties.values()))

    def party(self, node: int) -> Party:
        """One party by id and name."""
        return self.parties([node])[0]

    def parties(self, nodes: Iterable[int]) -> tuple[Party, ...]:
        """Parties by id and name, in the order given."""
        asked = [int(node) for node in nodes]
        new = np.array([node for node in dict.fromkeys(asked) if node not in self._parties], np.uint32)
        if len(new):
            ids, names = self.snapshot.ids(new), self.snapshot.names(new)
            for node, party, name in zip(new.tolist(), ids, names, strict=True):
                self._parties[node] = Party(party, name, PARTY_KINDS[self.snapshot.kind[node]])
        return tuple(self._parties[node] for node in asked)

    def facts(self, kind: Kind, positions: Sequence[int] | Any, *, indirect: bool = False) -> tuple[Fact, ...]:
        """The links of a relation at these positions."""
        links = self.snapshot.links(kind, indirect=indirect)
        asked = links.fact[np.asarray(positions, np.int64)].tolist()
        known = self._facts.setdefault(kind.name, {})
        at = np.array([p for p, row in zip(positions, asked, strict=True) if row not in known], np.int64)
        if len(at):
            rows = statements(self.snapshot.facts, kind, links.fact[at])
            ends = [self.parties(nodes) for nodes in (links.tail[at].tolist(), links.head[at].tolist())]
            for number, row, *pair in zip(links.fact[at].tolist(), rows, *ends, strict=True):
                known[number] = self._fact(kind, row, *pair)
        return tuple(known[row] for row in asked)

    def stated(self, kind: Kind, rows: Sequence[int] | Any) -> tuple[Fact, ...]:
        """Facts by their rows, on whatever day they are true."""
        known = self._facts.setdefault(kind.name, {})
        asked = np.asarray(rows, np.uint32).tolist()
        at = np.array([row for row in dict.fromkeys(asked) if row not in known], np.uint32)
        if len(at):
            of, facts = self.snapshot.nodes.of, self.snapshot.facts
            ends = [self.parties(of[gathered(facts.column(kind, end), at, np.uint32)].tolist()) for end in kind.ends]
            for number, row, *pair in zip(at.tolist(), statements(facts, kind, at), *ends, strict=True):
                known[number] = self._fact(kind, row, *pair)
        return tuple(known[row] for row in asked)

    def source(self, fact_id: str) -> Source:
        """The source of a fact that was shown."""
        return self._sources[fact_id]

    def cite_rows(self, kind: Kind, rows: Sequence[int]) -> tuple[str, ...]:
        """Name the sources of facts by their rows; the facts' ids."""
        new = [row for row in dict.fromkeys(rows) if (kind.name, row) not in self._rows]
        if new:
            for row, fact in zip(new, self.snapshot.sources(kind, np.array(new, np.uint32)), strict=True):
                self._rows[kind.name, row] = self._keep(kind, fact)
        return tuple(self._rows[kind.name, row] for row in rows)

    def cite_read(self, kind: Kind, facts: Iterable[dict[str, Any]]) -> tuple[str, ...]:
        """Name the sources of facts that were read already; the facts' ids."""
        return tuple(self._keep(kind, fact) for fact in facts)

    def rivals(self, kind: Kind, tail: int, head: int, *, direct: bool = False) -> tuple[Fact, ...]:
        """What other sources say about a pair and does not count; with `direct` not what they call indirect."""
        rows = self.snapshot.rivals(kind, tail, head)
        shown = [row for row in rows if not (direct and row.get("directness") == "indirect")]
        ends = self.parties([tail, head]) if shown else ()
        return tuple(self._fact(kind, row, *ends) for row in shown)

    def whole(self, kind: Kind, positions: Iterable[int]) -> tuple[Fact, ...]:
        """Links at these positions, and what other sources state of the same pairs and would count in their place."""
        at = np.array(list(positions), np.int64)
        links = self.snapshot.links(kind)
        pairs = dict.fromkeys(zip(links.tail[at].tolist(), links.head[at].tolist(), strict=True))
        rivals = (rival for pair in pairs for rival in self.rivals(kind, *pair, direct=True))
        return (*self.facts(kind, at), *rivals)

    def records(self, kind: Kind, node: int, *, page: slice = slice(None)) -> tuple[Record, ...]:
        """Records of a kind about a party, the most believed first."""
        found = self.snapshot.records(kind, node)[page]
        return tuple(Record(self._keep(kind, row["fact"]), kind.name, values(kind, row)) for row in found)

    def _fact(self, kind: Kind, row: dict[str, Any], tail: Party, head: Party) -> Fact:
        said = values(kind, row)
        return Fact(self._keep(kind, row["fact"]), kind.name, tail, head, said, gist(kind, said))

    def _keep(self, kind: Kind, fact: dict[str, Any]) -> str:
        name: str = fact["fact_id"]
        self._sources.setdefault(name, Source(kind=kind.name, **fact))
        return name
