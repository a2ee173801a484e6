"""Rolling back an open load, in transactions of bounded size; interrupted, it goes on from where it was."""

from graph.bolt import Bolt, Transaction
from graph.errors import StoreError
from graph.model import RECORDS, RELATIONS

SIZE = 2_000
"""Facts in one transaction."""
UNDOING = -1
"""Position of a load that is being rolled back: it can no longer be resumed."""


def roll_back(bolt: Bolt, load: int) -> None:
    """Take back what a load ended, delete what it brought, then the load; one that is gone is no error."""

    def begin(t: Transaction) -> bool:
        found = t.run("read/load", load=load)
        if not found:
            return False
        if found[0]["closed_at"]:
            raise StoreError("the load is closed and stays", where=f"load {load}")
        t.run("write/set_position", load=load, position=UNDOING)
        return True

    if not bolt.write(begin):
        return
    for shape, kinds in (("relations", RELATIONS), ("records", RECORDS)):
        for kind in kinds:
            for verb in ("restore", "delete"):
                _all(bolt, f"write/{verb}_{shape}", kind.name, load=load)
    for name in ("restore_pending", "delete_pending", "delete_parties"):
        _all(bolt, f"write/{name}", "", load=load)
    bolt.write(lambda t: t.run("write/delete_load", load=load))


def _all(bolt: Bolt, name: str, kind: str, *, load: int) -> None:
    while bolt.write(lambda t: t.run(name, kind, load=load, size=SIZE))[0]["n"]:
        pass
