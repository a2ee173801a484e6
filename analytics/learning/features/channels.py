"""Over what a firm hears of others: links of one relation and way, and persons that stand between two firms."""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analytics.learning.panel import Panel, Wave
from analytics.learning.panel.ties import WAYS, Way

Numbers = NDArray[np.float64]

WHO: Final = {
    ("OWNS", "in"): ("its holders", "股东"), ("OWNS", "out"): ("what it holds", "所持公司"),
    ("CONTROLS", "in"): ("its controllers", "控制人"), ("CONTROLS", "out"): ("what it controls", "所控公司"),
    ("GUARANTEES", "in"): ("its guarantors", "担保人"), ("GUARANTEES", "out"): ("those it guarantees", "被担保人"),
    ("PLEDGES", "in"): ("those who pledge to it", "出质人"), ("PLEDGES", "out"): ("those it pledges to", "质权人"),
    ("LENDS", "in"): ("its lenders", "贷款人"), ("LENDS", "out"): ("its borrowers", "借款人"),
    ("OWES", "in"): ("its debtors", "欠款人"), ("OWES", "out"): ("its creditors", "债权人"),
    ("SUPPLIES", "in"): ("its suppliers", "供应商"), ("SUPPLIES", "out"): ("its buyers", "客户"),
    ("DEPENDS_ON", "in"): ("its dependants", "依存于其者"), ("DEPENDS_ON", "out"): ("those it depends on", "所依存者"),
    ("HOLDS_OFFICE", "in"): ("its officers", "任职人员"),
    ("HOLDS_OFFICE", "out"): ("where it holds office", "任职公司"),
    ("RELATED_TO", "in"): ("those related to it", "关联方（指向其）"),
    ("RELATED_TO", "out"): ("those it is related to", "关联方（由其指向）"),
}  # fmt: skip
"""Of whom a firm hears over a relation and way."""
PERSONS: Final = {
    "HOLDS_OFFICE": ("officers", "任职人员"), "OWNS": ("holders", "股东"), "CONTROLS": ("controllers", "控制人"),
}  # fmt: skip
"""Who stands between two firms by a relation."""


class Channel(Protocol):
    """Over what firms hear of others."""

    @property
    def name(self) -> str:
        """As figures begin."""

    @property
    def who(self) -> tuple[str, str]:
        """Of whom, in both languages."""

    @property
    def weighted(self) -> bool:
        """Whether links weigh by what is at stake."""

    def count(self, wave: Wave, firm: NDArray[np.bool_]) -> Numbers:
        """Of how many each party hears, shape (n,)."""

    def carry(self, wave: Wave, firm: NDArray[np.bool_], x: Numbers) -> Numbers:
        """What each party hears of figures of all, (n, c): sums, shape (n, c)."""


@dataclass(frozen=True)
class Linked:
    """Links of one relation, heard one way."""

    relation: str
    way: Way
    weighted = True

    @property
    def name(self) -> str:
        """Relation and way."""
        return f"{self.relation}.{self.way}"

    @property
    def who(self) -> tuple[str, str]:
        """Of whom, in both languages."""
        ends = {"in": ("those from whom {} comes", "{}的来源方"), "out": ("those to whom {} goes", "{}的去向方")}
        en, zh = ends[self.way]
        return WHO.get((self.relation, self.way), (en.format(self.relation), zh.format(self.relation)))

    def count(self, wave: Wave, firm: NDArray[np.bool_]) -> Numbers:
        """How many links."""
        ties = wave.ties[self.relation]
        return np.bincount(ties.head if self.way == "in" else ties.tail, minlength=wave.size).astype(np.float64)

    def carry(self, wave: Wave, firm: NDArray[np.bool_], x: Numbers) -> Numbers:
        """Sums weighted by what is at stake, of what the one who hears can bear."""
        return np.asarray(wave.heard(self.relation, self.way) @ x)


@dataclass(frozen=True)
class Shared:
    """Other firms that the same persons, or other parties that are no firms, have links of some relations with.

    A person counts once for a firm, however many links there are; a firm does not hear of itself.
    """

    relations: tuple[str, ...]
    weighted = False

    @property
    def name(self) -> str:
        """The relations, and that persons stand between."""
        return f"{'_'.join(self.relations)}.persons"

    @property
    def who(self) -> tuple[str, str]:
        """Of whom, in both languages."""
        said = [PERSONS.get(name, (f"persons by {name}", f"{name}相关人员")) for name in self.relations]
        en, zh = " and ".join(one for one, _ in said), "与".join(other for _, other in said)
        return f"other firms with the same {en}", f"同一{zh}的其他企业"

    def count(self, wave: Wave, firm: NDArray[np.bool_]) -> Numbers:
        """How many firms, one as often as there are persons between."""
        return self.carry(wave, firm, np.ones((wave.size, 1)))[:, 0]

    def carry(self, wave: Wave, firm: NDArray[np.bool_], x: Numbers) -> Numbers:
        """Sums over other firms."""
        held = self._between(wave, firm)
        return np.asarray(held @ (held.T @ x)) - np.asarray(held.sum(axis=1))[:, None] * x

    def _between(self, wave: Wave, firm: NDArray[np.bool_]) -> sparse.csr_array:
        """Row a firm, column a party that is none: 1 where they are linked."""
        rows, columns = [], []
        for relation in self.relations:
            ties = wave.ties[relation]
            for firms, others in ((ties.head, ties.tail), (ties.tail, ties.head)):
                across = firm[firms] & ~firm[others]
                rows.append(firms[across])
                columns.append(others[across])
        ends = (np.concatenate(rows), np.concatenate(columns))
        found = sparse.csr_array((np.ones(len(ends[0])), ends), shape=(wave.size, wave.size))
        found.data[:] = 1.0
        return found


@dataclass(frozen=True)
class Channels:
    """All over which the firms of a panel hear of others."""

    all: tuple[Channel, ...]

    @classmethod
    def of(cls, panel: Panel) -> "Channels":
        """Each relation both ways; persons of each relation where some stand between, and those of all together."""
        linked = tuple(Linked(relation, way) for relation in panel.relations for way in WAYS)
        between = tuple(relation for relation in panel.relations if _across(panel, relation))
        shared = [Shared((relation,)) for relation in between]
        return cls((*linked, *shared, *([Shared(between)] if len(between) > 1 else [])))

    @classmethod
    def read(cls, linked: list[str], shared: list[list[str]]) -> "Channels":
        """As JSON said them."""
        return cls((*(Linked(relation, way) for relation in linked for way in WAYS),
                    *(Shared(tuple(relations)) for relations in shared)))  # fmt: skip

    @property
    def relations(self) -> list[str]:
        """Heard of directly."""
        return list(dict.fromkeys(channel.relation for channel in self.all if isinstance(channel, Linked)))

    @property
    def shared(self) -> list[list[str]]:
        """Relations of persons between."""
        return [list(channel.relations) for channel in self.all if isinstance(channel, Shared)]


def _across(panel: Panel, relation: str) -> bool:
    """Whether a firm is linked to a party that is none."""
    return any((panel.firm[w.ties[relation].tail] != panel.firm[w.ties[relation].head]).any() for w in panel.waves)
