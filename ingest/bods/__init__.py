"""Beneficial Ownership Data Standard 0.4: JSON arrays or JSON lines of statements about records.

::

    reading    statements of a file, one after another, whatever its layout     no meaning
    value      what JSON may hold, or the reason why not
    frame      what all statements carry: record, status, dates, annotations
    parties    entity and person statements   → parties, Profile, Identifier, Event
    interests  relationship statements        → OWNS, CONTROLS, HOLDS_OFFICE, RELATED_TO
    personal   identifiers of natural persons, as keyed hashes
    source     batches of columns

What the standard leaves open is settled here:

1.  A record's id is `SOURCE:recordId`; every fact's `source_ref` is the recordId, and a newer statement of a
    record replaces all that an older one said under it.
2.  Interests of one record and directness are one holding: shareholding gives its share, votingRights its votes;
    without a shareholding, rights to surplus assets or to profit stand for the share, as they do in partnerships.
    Interests of several dates are cut at each date; two shareholdings at once are a band from the larger to the sum.
3.  An interest of no or unknown type, and a relationship without interests, is a holding of unknown size: it may be
    control, and is shown as such.
4.  appointmentOfBoard is CONTROLS by board; GLEIF's consolidation by consolidation; contracts, articles and the
    nominator's instructions by contract; any other influence by agreement. "Directly consolidated" is direct;
    "ultimately consolidated" stays unknown, because the ultimate parent is often the direct one too.
5.  Offices and the parties of a trust (settlor, trustee, protector, beneficiary) are HOLDS_OFFICE roles: which of them
    controls depends on the deed. A nominee is RELATED_TO the nomination, which its nominator CONTROLS.
6.  State and state bodies are State parties; an interest in one is RELATED_TO, since a state is owned by nobody.
7.  Parties without a name by their type are anonymous and never merged. An interested party that is only a reason
    becomes an anonymous person where the reason says that there is one, else an Event of the subject: nobody is
    invented where a company is exempt or has no beneficial owner.
8.  A closed relationship has ended, on its endDate or else on the day of its statement. A closed entity or person
    is no longer followed: what it was stays known, its death or dissolution is an Event.
"""

from ingest.bods.source import Bods

__all__ = ["Bods"]
