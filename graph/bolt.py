"""One connection to a graph server over Bolt: statements by name, retries, and errors in our own words.

A lost connection leaves it open whether a transaction was kept. Every transaction of `graph.store` may be
repeated, so it is, after a growing pause, until patience ends.
"""

import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import neo4j
from neo4j import exceptions as trouble

import cypher
from graph.errors import AccessRefused, StoreError, StoreFull, StoreUnavailable, WrongVersion

logging.getLogger("neo4j").addHandler(logging.NullHandler())
# The driver tells of every index that was there already; what matters comes back as an error.
logging.getLogger("neo4j.notifications").setLevel(logging.ERROR)

T = TypeVar("T")
Rows = list[dict[str, Any]]
OLDEST_NEO4J = 5
FIRST_PAUSE = 0.05
LAST_PAUSE = 2.0
RACES = 5
"""Tries of a transaction that broke a constraint: where writers are told apart only as they commit, the
loser of a race sees what it read before as missing and would make it twice."""
_LOST = (trouble.ServiceUnavailable, trouble.SessionExpired, trouble.TransientError, trouble.DatabaseUnavailable)
_FULL = re.compile(r"no space left|disk (is )?full|file too large|not enough (disk )?space|out of disk", re.IGNORECASE)


class Transaction:
    """What a transaction can do: run statements of `cypher/`."""

    def __init__(self, transaction: neo4j.ManagedTransaction) -> None:
        self._transaction = transaction

    def run(self, name: str, kind: str = "", /, **parameters: Any) -> Rows:
        """Rows of one statement."""
        return self._transaction.run(_text(name, kind), parameters).data()


class Bolt:
    """A server, one database of it, and how long to wait for it to come back."""

    def __init__(self, address: str, *, user: str, password: str, database: str | None, patience: float) -> None:
        self.address = address
        self.patience = patience
        self._driver: neo4j.Driver | None = None
        self.revive: Callable[[], None] = lambda: None
        """Called before each new try, to start a server of one's own again."""
        self.is_full: Callable[[], bool] = lambda: False
        """Whether the server's disk is full, where that can be seen: what fails then is said in many ways."""
        self._database = database
        self._auth = (user, password) if user else None
        self.move(address)

    def move(self, address: str) -> None:
        """Speak to the server at this address from now on."""
        if not address.startswith(("bolt://", "bolt+", "neo4j://", "neo4j+")):
            raise StoreUnavailable("not the address of a graph server", where=address, remedy="write bolt://HOST:PORT")
        try:
            driver = neo4j.GraphDatabase.driver(
                address,
                auth=self._auth,
                fetch_size=-1,
                connection_acquisition_timeout=30,
                connection_timeout=10,
                # One retry loop is enough: ours also repeats what was cut off while committing.
                max_transaction_retry_time=0,
            )
        except (ValueError, trouble.ConfigurationError) as problem:
            raise StoreUnavailable(str(problem), where=address, remedy="write bolt://HOST:PORT") from problem
        try:
            with self._said():
                self.agent = driver.get_server_info().agent
            check_agent(self.agent, address)
        except BaseException:
            driver.close()
            raise
        if self._driver:
            self._driver.close()
        self.address, self._driver = address, driver

    def close(self) -> None:
        """Let go of the server."""
        if self._driver:
            self._driver.close()

    def read(self, name: str, kind: str = "", /, **parameters: Any) -> Rows:
        """Rows of one reading statement."""
        return self._repeat(
            lambda session: session.execute_read(lambda t: Transaction(t).run(name, kind, **parameters))
        )

    def each(self, name: str, kind: str = "", /, **parameters: Any) -> Iterator[neo4j.Record]:
        """Records of one reading statement as they come; a connection lost in the midst is an error."""
        with self._said(), self._session() as session:
            yield from session.run(_text(name, kind), parameters)

    def write(self, work: Callable[[Transaction], T]) -> T:
        """One writing transaction under the writer's lock; `work` may run more than once."""

        def locked(transaction: neo4j.ManagedTransaction) -> T:
            ours = Transaction(transaction)
            ours.run("write/touch_writer")
            return work(ours)

        return self._repeat(lambda session: session.execute_write(locked))

    def declare(self, name: str, kind: str = "") -> None:
        """One statement that changes the schema, in a transaction of its own."""
        self._repeat(lambda session: session.run(_text(name, kind)).consume())

    def _session(self) -> neo4j.Session:
        assert self._driver  # noqa: S101 - there since it was made
        return self._driver.session(database=self._database)

    def _repeat(self, work: Callable[[neo4j.Session], T]) -> T:
        deadline = time.monotonic() + self.patience
        pause, races = FIRST_PAUSE, 1
        with self._said():
            while True:
                try:
                    with self._session() as session:
                        return work(session)
                except _LOST as problem:
                    if _FULL.search(str(problem)) or time.monotonic() + pause > deadline:
                        raise
                except trouble.ConstraintError:
                    if races == RACES:
                        raise
                    races += 1
                time.sleep(pause)
                pause = min(2 * pause, LAST_PAUSE)
                self.revive()

    @contextmanager
    def _said(self) -> Iterator[None]:
        """What the driver raises, in our own words."""
        try:
            yield
        except (trouble.Neo4jError, trouble.DriverError, OSError) as problem:
            told = in_our_words(problem, self.address)
            if self.is_full():
                told = StoreFull("no room is left on its disk", where=self.address)
            raise told from problem


def in_our_words(problem: Exception, address: str) -> StoreError:
    """The error of the tree that says what a driver's error means."""
    text = str(problem)
    if _FULL.search(text):
        return StoreFull("no room is left on its disk", where=address)
    if isinstance(problem, trouble.AuthError | trouble.Forbidden):
        return AccessRefused("wrong user or password", where=address)
    if isinstance(problem, (*_LOST, OSError)):
        return StoreUnavailable("nothing answers", where=address)
    code = getattr(problem, "code", None) or type(problem).__name__
    if "DatabaseNotFound" in str(code):
        return StoreUnavailable("there is no such database", where=address, remedy="create it or name another")
    return StoreError(f"{code}: {getattr(problem, 'message', None) or text}", where=address)


def check_agent(agent: str, address: str) -> None:
    """Refuse a server older than what was tried.

    >>> check_agent("Neo4j/4.4.12", "bolt://old")
    Traceback (most recent call last):
    graph.errors.WrongVersion: bolt://old: the server is Neo4j/4.4.12
    """
    found = re.match(r"Neo4j/(\d+)", agent)
    if found and int(found[1]) < OLDEST_NEO4J:
        raise WrongVersion(f"the server is {agent}", where=address, remedy="use Neo4j 5 or newer")


def _text(name: str, kind: str) -> str:
    return cypher.load(name, kind).text
