"""Decisions on credit: what was decided under a request's own name stands in the ledger before it is told.

Asked again under the same name, the same request is answered as of the moment of the first answer, whatever
was loaded since; another request under that name is refused. The entry holds the request, the moment, the
verdict and a hash of the whole answer, so that a program or a rule that changed since is found out.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

from pydantic import TypeAdapter

from api.answers.frame import Answer
from api.engine import Engine, View
from api.ledger.judgements import DECIDED
from api.questions.limits.applications import Request
from api.questions.limits.checked import CreditCheck, Decision
from api.questions.limits.credit_check import check_in, credit_check, view_of
from api.sealed.chain import Entry, Ledger, Mark
from graph.errors import DecidedOtherwise
from graph.moment import Moment, read_day, read_instant, write_instant

AUTHOR: Final = "contagraph"
ANSWER: Final = TypeAdapter(Answer[CreditCheck])


def decided(
    engine: Engine,
    request: Request,
    *,
    remedies: bool = True,
    limit: int = 20,
    moment: Moment,
    now: Callable[[], datetime],
) -> Answer[CreditCheck]:
    """Answer a request; under a name of its own its decision is kept, or told again as it was decided.

    Raises DecidedOtherwise, BrokenLedger, StoreFull and what the question raises.
    """
    if not request.request_id.strip():
        return credit_check(engine, request, remedies=remedies, limit=limit, moment=moment)
    ledger = Ledger(engine.place.folder)
    kept = _kept(ledger.path)
    before = kept.under(ledger, request.request_id)
    if before is None:
        # One view for the answer and the moment kept with it: a load may close in between.
        view = view_of(engine, request, moment)
        answer = check_in(view, request, remedies=remedies, limit=limit)
        content = _content(view, request, answer)
        with ledger.held():
            before = kept.under(ledger, request.request_id)
            if before is None:
                entry = ledger.append(DECIDED, content, author=AUTHOR, at=now(), after=kept.mark)
                return _with(answer, entry, repeated=False)
    return _again(engine, request, before)


class Kept:
    """Decisions of one ledger by the name of their request; only what is new is read again."""

    def __init__(self) -> None:
        self.mark = Mark()
        self._by_name: dict[str, Entry] = {}
        self._lock = Lock()

    def under(self, ledger: Ledger, name: str) -> Entry | None:
        """The decision under a name. Raises BrokenLedger."""
        with self._lock:
            entries, self.mark = ledger.since(self.mark)
            self._by_name |= {entry.content["request_id"]: entry for entry in entries if entry.kind == DECIDED}
            return self._by_name.get(name)


@cache
def _kept(path: Path) -> Kept:
    return Kept()


def _content(view: View, request: Request, answer: Answer[CreditCheck]) -> dict[str, Any]:
    known = view.snapshot.moment
    value, asked = answer.answer, answer.question.parameters
    return {
        "request_id": request.request_id, "request": _plain(request), "remedies": asked["remedies"],
        "limit": asked["limit"], "valid_at": known.valid_at.isoformat(), "known_at": write_instant(known.known_at),
        "version": known.version, "currency": known.currency, "verdict": value.verdict, "headroom": value.headroom,
        "binding": value.binding.rule.id if value.binding else None, "answer": _digest(answer),
    }  # fmt: skip


def _again(engine: Engine, request: Request, entry: Entry) -> Answer[CreditCheck]:
    """The answer to a request that was decided before. Raises DecidedOtherwise."""
    told, where = entry.content, f"request_id {request.request_id}"
    if told["request"] != _plain(request):
        raise DecidedOtherwise(f"was decided for another request, in entry {entry.number} of the ledger", where=where)
    moment = Moment(read_day(told["valid_at"]), read_instant(told["known_at"]), told["version"], told["currency"])
    answer = credit_check(engine, request, remedies=told["remedies"], limit=told["limit"], moment=moment)
    if _digest(answer) != told["answer"]:
        raise DecidedOtherwise(
            f"was answered {told['verdict']} by other rules or another program, in entry {entry.number} of the ledger",
            where=where,
            remedy="the ledger has the decision; ask under a new id for what is decided today",
        )
    return _with(answer, entry, repeated=True)


def _with(answer: Answer[CreditCheck], entry: Entry, *, repeated: bool) -> Answer[CreditCheck]:
    decision = Decision(entry.content["request_id"], entry.number, entry.hash, entry.at, repeated)
    return replace(answer, answer=replace(answer.answer, decision=decision))


def _plain(request: Request) -> Any:
    """What a request says, as the ledger reads it back."""
    return json.loads(json.dumps(request.said))


def _digest(answer: Answer[CreditCheck]) -> str:
    return hashlib.sha256(ANSWER.dump_json(answer, by_alias=True)).hexdigest()
