"""One batch of one file: columns read, and rows that cannot be used."""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.errors import InvalidMapping
from graph.field import Kind
from graph.model import GUARANTEES, LENDS, OWNS, PROFILE
from graph.schema import STAGED_PARTY, staged_schema
from ingest.days import instants
from ingest.finbench.files import BLOCKED, FILES, PERSON
from ingest.finbench.lender import lender_of
from ingest.finbench.loans import Loans
from ingest.source import Delivery, Rejected, Staged
from ingest.tabular.rows import Rows, reject
from ingest.values import Parsed, numbers


class Cells:
    """One batch of one file: columns read, and rows that cannot be used."""

    def __init__(self, delivery: Delivery, role: str, rows: Rows, *, before: int) -> None:
        self.delivery, self.rows, self.role = delivery, rows, role
        self.consumed = before + rows.consumed
        self.size = len(rows)
        self.bad: dict[int, tuple[str, str]] = {}
        """Reason and detail of the rows refused."""
        missing = [name for name in FILES[role] if name not in rows.headers]
        if missing:
            raise InvalidMapping(
                f"column {missing[0]} is missing", where=rows.file, remedy=f"FinBench's has {', '.join(FILES[role])}"
            )
        for fault in rows.faults:
            self.bad.setdefault(fault.row, (fault.reason, fault.detail))

    # ── what the files say ─────────────────────────────────────────────────────────────────────────

    def parties(self, kind: str) -> Iterator[Staged]:
        """Parties with their names."""
        word = kind.lower()
        ref, good = self._ref(f"{word}Id", word)
        said = self._said()
        blocked = pc.fill_null(pc.equal(pc.utf8_lower(self._text(BLOCKED)), "true"), False)
        ids = self._id(ref)
        yield self._staged(None, {"id": ids, "kind": self._all(kind), "anonymous": self._all(False)}, good)
        note = pc.if_else(blocked, "blocked", pa.scalar(None, pa.string()))
        columns = {"party": ids, "name": self._text(f"{word}Name"), "source_ref": ref, "note": note}
        yield self._staged(PROFILE, columns | {"stated_at": said}, good)

    def owns(self) -> Iterator[Staged]:
        """Holdings."""
        holder, one = self._ref("investorId", "person" if self.role.startswith(PERSON) else "company")
        company, other = self._ref("companyId", "company")
        share = self._read(numbers(self._text("ratio")), "ratio")
        ends = pc.if_else(share.is_valid(), pa.scalar(0, pa.int8()), None)
        columns = {
            "share_low": share, "share_high": share, "share_ends": ends, "directness": self._all("direct"),
            "source_ref": self._joined(holder, "invests", company),
        }  # fmt: skip
        yield self._staged(OWNS, self._between(holder, company) | columns, one & other)

    def guarantees(self) -> Iterator[Staged]:
        """Guarantees of unknown amount."""
        word = "person" if self.role.startswith(PERSON) else "company"
        guarantor, one = self._ref("fromId", word)
        borrower, other = self._ref("toId", word)
        columns = self._between(guarantor, borrower)
        columns |= {"liability": self._all("unstated"), "signed": columns["valid_from"]}
        columns |= {"source_ref": self._joined(guarantor, "guarantees", borrower)}
        yield self._staged(GUARANTEES, columns, one & other)

    def keep_loans(self, loans: Loans) -> None:
        """Remember loans until it is known who applied."""
        amount = self._read(numbers(self._text("loanAmount")), "loanAmount")
        balance = self._read(numbers(self._text("balance")), "balance")
        number, good = self._ref("loanId", "")
        good = good & self._good()
        at = pa.array(np.flatnonzero(good))
        columns = {"id": number, "amount": amount, "balance": balance, "place": self.rows.place()}
        loans.rows.append(pa.table(columns).take(at))
        loans.raw += self.rows.raw(at.to_pylist())

    def lends(self, loans: Loans) -> Iterator[Staged]:
        """Loans to those who applied for them."""
        table = loans.close()
        word = "person" if self.role.startswith(PERSON) else "company"
        borrower, one = self._ref(f"{word}Id", word)
        number, other = self._ref("loanId", "")
        at = pc.index_in(number, value_set=table["id"].combine_chunks()) if len(table) else self._none(pa.int32())
        used = pc.and_(pa.array(one & other & self._good()), at.is_valid())
        loans.taken[at.filter(used).to_numpy(zero_copy_only=False)] = True
        known = table.take(at)
        columns = self._between(borrower, borrower)
        columns |= {
            "from": self._all(lender_of(self.delivery)), "facility_id": number, "kind": self._all("loan"),
            "drawn": pc.coalesce(known["balance"], known["amount"]), "undrawn": pc.if_else(at.is_valid(), 0.0, None),
            "currency": self._all(self.delivery.settings["currency"]),
            "source_ref": pc.binary_join_element_wise("loan", number, "-"),
            "note": pc.if_else(at.is_valid(), pa.scalar(None, pa.string()), "amount not in the delivery"),
        }  # fmt: skip
        yield self._staged(LENDS, columns, one & other)

    def refused(self) -> Iterator[Rejected]:
        """Rows that cannot be used, in their order."""
        places = self.rows.place()
        for row, (reason, detail) in sorted(self.bad.items()):
            yield reject(places[row].as_py(), reason, detail, self.rows.raw([row])[0])

    # ── columns ────────────────────────────────────────────────────────────────────────────────────

    def _text(self, name: str) -> pa.Array:
        found = self.rows.headers.index(name) if name in self.rows.headers else -1
        return self.rows.columns[found] if found >= 0 else self._none(pa.string())

    def _none(self, kind: pa.DataType) -> pa.Array:
        return pa.nulls(self.size, kind)

    def _all(self, value: object) -> pa.Array:
        return pa.repeat(pa.scalar(value), self.size)

    def _ref(self, column: str, word: str) -> tuple[pa.Array, NDArray[np.bool_]]:
        """The source's own name of a party, and the rows that have one."""
        number = pc.utf8_trim_whitespace(self._text(column))
        number = pc.if_else(pc.equal(number, ""), None, number)
        good = number.is_valid().to_numpy(zero_copy_only=False)
        for row in np.flatnonzero(~good).tolist():
            self.bad.setdefault(row, ("missing id", column))
        return (pc.binary_join_element_wise(word, number, "-") if word else number), good

    def _id(self, ref: pa.Array) -> pa.Array:
        return pc.binary_join_element_wise(self.delivery.source, ref, ":")

    def _joined(self, one: pa.Array, verb: str, other: pa.Array) -> pa.Array:
        return pc.binary_join_element_wise(one, verb, other, " ")

    def _read(self, parsed: Parsed, column: str) -> pa.Array:
        """A column of values; rows that cannot be read are refused."""
        text = self._text(column)
        for fault in parsed.faults:
            for row in fault.rows.tolist():
                self.bad.setdefault(row, (fault.reason, f"{column} = {text[row].as_py()}"))
        return parsed.arrays[0]

    def _said(self) -> pa.Array:
        return self._read(instants(self._text("createTime")), "createTime")

    def _between(self, one: pa.Array, other: pa.Array) -> dict[str, pa.Array]:
        """Ends of a relation and its times."""
        said = self._said()
        day = pc.cast(said, pa.date32(), safe=False)
        return {"from": self._id(one), "to": self._id(other), "stated_at": said, "valid_from": day}

    def _good(self) -> NDArray[np.bool_]:
        good = np.ones(self.size, bool)
        good[list(self.bad)] = False
        return good

    def _staged(self, kind: Kind | None, columns: Mapping[str, pa.Array], named: NDArray[np.bool_]) -> Staged:
        """The good rows of a batch as staged columns."""
        schema = staged_schema(kind) if kind else STAGED_PARTY
        shared = {"source": self._all(self.delivery.source), "place": self.rows.place()}
        if kind:
            shared["confidence"] = self._all(self.delivery.confidence)
        columns = {**shared, **columns}
        filled = [
            pc.cast(columns[field.name], field.type) if field.name in columns else self._none(field.type)
            for field in schema
        ]
        at = np.flatnonzero(named & self._good())
        rows = pa.table(filled, schema=schema).take(pa.array(at))
        return Staged(kind, rows, lambda positions: self.rows.raw(at[positions].tolist()), self.consumed)
