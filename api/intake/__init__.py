"""Files in."""

from api.intake.intake import Intake, Parcel, parcels

__all__ = ["Intake", "Parcel", "parcels"]
