"""How files get in: one load after another, into one workspace.

`parcels` says which files are one delivery, `intake` has a source read each and loads it, mends and retries what
waits in quarantine; `workspace` guards the folder meanwhile, so that a refused load leaves nothing behind.
"""

from api.intake.intake import Intake
from api.intake.parcels import Parcel, parcels

__all__ = ["Intake", "Parcel", "parcels"]
