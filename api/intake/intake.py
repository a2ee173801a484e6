"""Files in: which source reads them, what the user says of them, and one load after another."""

import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from api.intake.parcels import Parcel
from api.intake.workspace import QUARANTINE, used
from graph.disk import flush_folder
from graph.errors import ContagraphError, InvalidInput, NotFound
from graph.local import open_store
from graph.store import GraphStore
from ingest import registry
from ingest.loading.load import Place as LoadPlace
from ingest.loading.load import load
from ingest.loading.report import Report
from ingest.loading.staging import Watch, content_of, digest_of
from ingest.loading.waited import WAITED, apart, is_apart
from ingest.quarantine import Quarantine
from ingest.source import Delivery, Rejected, Source

if TYPE_CHECKING:
    from api.engine import Place

KEY = "hash.key"
WAIT = 10.0
"""Seconds a load waits for a folder that a question or a service looks into."""


def hash_key(folder: Path) -> str:
    """Key under which natural persons' numbers are hashed: made once, kept in the workspace, never shown."""
    path = folder / KEY
    if not path.exists():
        with NamedTemporaryFile("w", dir=folder, prefix=f"{KEY}.", encoding="ascii") as fresh:
            fresh.write(secrets.token_hex(32))
            fresh.flush()
            os.fsync(fresh.fileno())
            # A link appears whole or not at all, and never in the place of a key that another load made meanwhile.
            with suppress(FileExistsError):
                os.link(fresh.name, path)
        flush_folder(folder)
    return path.read_text(encoding="ascii").strip()


@contextmanager
def _as_first_named(delivery: Delivery) -> Iterator[None]:
    """Errors name the files in which rows first came, and not those in which they are written anew."""
    try:
        yield
    except ContagraphError as problem:
        for path, origin in delivery.origins.items():
            problem.what, problem.where = (text.replace(str(path), origin) for text in (problem.what, problem.where))
            problem.args = tuple(str(told).replace(str(path), origin) for told in problem.args)
        raise


@dataclass
class Shared:
    """A store that several loads use: opened for the first of them, closed with the stack."""

    stack: ExitStack
    store: GraphStore | None = None

    def opened(self, make: Callable[[], GraphStore]) -> AbstractContextManager[GraphStore]:
        """The store, which leaving does not close."""
        self.store = self.store or self.stack.enter_context(make())
        return nullcontext(self.store)


@dataclass(frozen=True)
class Intake:
    """What a place is loaded through: its store, its columns, its quarantine."""

    place: "Place"
    now: Callable[[], datetime]
    shared: Shared | None = None

    @contextmanager
    def together(self) -> Iterator["Intake"]:
        """The same intake, whose loads share one store."""
        with ExitStack() as stack:
            yield replace(self, shared=Shared(stack))

    def load(self, parcel: Parcel, watch: Watch) -> Report:
        """Load one delivery."""
        kind = registry.source(parcel.source) if parcel.source else registry.recognise(parcel.paths[0])
        found = tuple(file for path in parcel.paths for file in (kind.files(path) if path.is_dir() else (path,)))
        for path in found:
            if not path.is_file():
                raise NotFound("there is no such file", where=str(path), remedy="look at its path")
        # Before a folder is made: what is refused here leaves none.
        delivery = kind.delivery(found, parcel.settings)
        with used(self.place.folder):
            settings = dict(delivery.settings) | self._secret()
            return self._load(kind, replace(delivery, settings=settings), watch)

    def retry(self, digest: str, watch: Watch) -> Report:
        """Load the open rows of a delivery once more; what still does not fit is open again, as of the new delivery."""
        folder = self._workspace() / "staging" / f"retry-{digest}"
        try:
            with self.quarantine() as quarantine:
                again = quarantine.write_anew(digest, folder)
                kind = registry.source(again.kind)
                settings = dict(again.delivery.settings) | self._secret()
                delivery = replace(again.delivery, settings=settings)
                with _as_first_named(delivery):
                    report = self._load(kind, delivery, watch)
                quarantine.resolve(again.rows, again=digest_of(delivery))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return report

    def mend(self, number: int, raw: str) -> None:
        """Put a corrected row in the place of a bad one, natural persons' numbers concealed as its source does it.

        Raises NotFound, and InvalidInput where the row is no JSON object.
        """
        try:
            row = json.loads(raw)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise InvalidInput(
                "is no JSON object",
                where=f"the row for {number}",
                remedy="correct the row as `quarantine export` gives it",
            )
        secret = self._secret()
        with self.quarantine() as quarantine:
            kind, delivery, place = quarantine.to_mend(number)
            hidden = registry.source(kind).conceal(
                replace(delivery, settings=dict(delivery.settings) | secret), place, row
            )
            quarantine.mend(number, hidden, key=bytes.fromhex(secret["hash_key"]))

    def quarantine(self) -> Quarantine:
        """The rows that could not be used."""
        return Quarantine(self._workspace() / QUARANTINE)

    def store(self) -> GraphStore:
        """The store, open."""
        place = self.place
        where = place.address or place.folder
        return open_store(where, user=place.user, password=place.password, database=place.database, wait=WAIT)

    def opened(self) -> AbstractContextManager[GraphStore]:
        """The store, open: for the caller alone, or the one that several loads share."""
        return self.shared.opened(self.store) if self.shared else self.store()

    def _load(self, kind: Source, delivery: Delivery, watch: Watch) -> Report:
        with self.quarantine() as quarantine:

            def keep(digest: str, rows: list[Rejected]) -> None:
                if rows:
                    # What is mended later was said on this day all the same.
                    day = delivery.delivered or self.now().date()
                    settings = {k: v for k, v in delivery.settings.items() if k != "hash_key"}
                    told = replace(delivery, settings={} if is_apart(digest) else settings, delivered=day)
                    word = WAITED if is_apart(digest) else kind.name
                    quarantine.keep(rows, kind=word, delivery=told, digest=digest)

            place = LoadPlace(self.place.folder, self.opened, keep=keep, now=self.now)
            report = load(kind, delivery, place, watch)
            mine = digest_of(delivery)
            for digest in (mine, apart(mine)):
                quarantine.assign(digest, report.load)
            quarantine.read_anew(mine, content_of(delivery))
        return report

    def _secret(self) -> dict[str, str]:
        return {"hash_key": hash_key(self._workspace())}

    def _workspace(self) -> Path:
        """The workspace, for its owner alone where it is made: it holds what is known of people, and the key."""
        self.place.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.place.folder
