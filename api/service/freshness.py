"""Keeps a serving engine warm and up to date, beside the requests."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event, Thread

from api import questions
from api.engine import Engine, View
from api.intake import Intake
from api.ledger import Ledger
from api.ledger.judgements import catch_up, interrupted
from api.settings import Settings
from graph.errors import ContagraphError
from graph.moment import Moment

LOOK_EVERY = 5.0
"""Seconds between two looks for newer loads."""

log = logging.getLogger("contagraph")


class Keeper:
    """A thread that builds what questions of now need, before they are asked, and takes in newer loads."""

    def __init__(self, engine: Engine, settings: Settings, *, every: float = LOOK_EVERY) -> None:
        self._engine = engine
        self._settings = settings
        self._every = every
        self._now: View | None = None
        self._warm = Event()
        self._waiting: tuple[int, ...] | None = None
        self._ended = Event()
        self._thread = Thread(target=self._keep, name="keeper", daemon=True)

    @property
    def ready(self) -> bool:
        """Whether facts are there and questions of now are answered without a wait."""
        return self._warm.is_set() and self._engine.version > 0

    @property
    def waiting(self) -> tuple[int, ...]:
        """Entries of the ledger that a kill left unloaded, and which could not be loaded yet."""
        return self._waiting or ()

    def start(self) -> None:
        """Begin to keep."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is being built is left."""
        self._ended.set()
        self._thread.join(timeout=1)

    def _keep(self) -> None:
        while True:
            if self._waiting != ():
                self._try("loading judgements that were cut off", self._catch_up)
            self._try("warming up", lambda: self._prepare(self._engine))
            self._warm.set()
            if self._ended.wait(self._every):
                return
            self._try("refreshing", self._renew)

    def _prepare(self, engine: Engine) -> None:
        # Looked at in every round: at midnight there is a new now, and a view nobody asked for may have been dropped.
        if engine.version:
            moment = engine.moment(currency=self._settings.currency)
            view = engine.view(moment)
            if view is not self._now:
                warm_up(engine, moment, lender=self._settings.lender)
                self._now = view

    def _catch_up(self) -> None:
        """Load, once, the judgements that were accepted and whose loading a kill cut off."""
        ledger = Ledger(self._engine.place.folder)
        self._waiting = tuple(entry.number for entry in interrupted(ledger))
        if self._waiting:
            with ledger.held():
                loaded = catch_up(Intake(self._engine.place, lambda: datetime.now(UTC)), ledger)
            log.info("loaded judgements that were cut off: %s", ", ".join(map(str, loaded)))
            self._waiting = ()
            self._engine.refresh()

    def _renew(self) -> None:
        if self._engine.refresh(self._prepare):
            log.info("answers now count load %d", self._engine.version)

    def _try(self, doing: str, act: Callable[[], None]) -> None:
        try:
            act()
        except ContagraphError as error:
            log.warning("%s: %s", doing, error)
        except Exception:
            # A thread that died of one bad load would leave old answers for ever.
            log.exception("%s", doing)


def warm_up(engine: Engine, moment: Moment, *, lender: str | None = None) -> None:
    """Ask every question of a moment once, so that what they share, and where a lender stands, is built."""
    snapshot = engine.snapshot(moment)
    if not snapshot.size:
        return
    party, other = snapshot.id(0), snapshot.id(snapshot.size - 1)
    snapshot.called(0)  # names that several have, which sentences tell apart
    asked: tuple[Callable[[], object], ...] = (
        lambda: questions.search(engine, snapshot.name_of(0), moment=moment),
        lambda: questions.party(engine, party, moment=moment),
        lambda: questions.network(engine, party, moment=moment),
        lambda: questions.control(engine, party, moment=moment),
        lambda: questions.groups(engine, party, lender=lender, moment=moment),
        lambda: questions.exposure(engine, party, lender=lender, moment=moment),
        lambda: questions.links(engine, [party, other], steps=2, moment=moment),
        lambda: questions.upstream(engine, party, moment=moment),
        lambda: questions.downstream(engine, party, moment=moment),
    )
    missed: dict[str, None] = {}
    for ask in asked:
        try:
            ask()
        except ContagraphError as error:
            missed[str(error)] = None  # what several questions lack is told once
    for reason in missed:
        log.info("not warmed up: %s", reason)
