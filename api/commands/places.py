"""Which store a command means."""

from api.engine import Place
from api.settings import settings


def place_of(store: str = "") -> Place:
    """The place at a folder or address, else the one that is set."""
    given = settings()
    return Place.of(
        store or given.where,
        data=given.data,
        user=given.store_user,
        password=given.store_password.get_secret_value(),
        database=given.store_database,
    )
