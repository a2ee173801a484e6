"""Every error a user can meet, in one tree.

::

    ContagraphError
    ├── InvalidInput            what was given cannot be right
    │   ├── InvalidAmount       an amount of money that cannot be one
    │   ├── InvalidShare        a share or band outside 0 to 1, or upside down
    │   ├── InvalidDate         a day or instant that does not exist, or an interval that ends first
    │   ├── InvalidIdentifier   an identifier whose check digits do not agree
    │   ├── InvalidCurrency     not a currency of ISO 4217
    │   ├── InvalidMapping      a mapping that does not fit the model or the file
    │   ├── InvalidQuestion     a question asked with a parameter that cannot be
    │   ├── InvalidRule         a rule that cannot be read as one
    │   ├── InvalidPanel        firms and years that nothing can be learned from
    │   ├── InvalidModel        a model of another schema, or whose files were changed
    │   └── UnreadableFile      a file that cannot be read as what it claims to be
    ├── NotFound
    │   ├── UnknownParty        no party of this id
    │   ├── UnknownRule         no rule or rule set of this name
    │   ├── UnknownVersion      no load of this number
    │   └── UnknownJob          no job of this id
    ├── MissingRate             an amount cannot be converted: no rate near the day
    ├── NotConverged            a solver ended without reaching its tolerance
    ├── Cancelled               the user asked to stop
    ├── NoResult                a job has no answer: it is not done, failed, or was stopped
    ├── TooManyJobs             as many jobs wait as may
    ├── BrokenLedger            an entry of the ledger does not fit the one before, or the store
    ├── NotAllowed              nobody may do this over the network as the service is set
    ├── DecidedOtherwise        a request under a name that another request was decided under
    ├── NotInstalled            something of the system that this needs is not there
    └── StoreError              the graph store cannot do what was asked
        ├── StoreUnavailable    nothing answers at its address
        ├── StoreLocked         another process owns the folder
        ├── AccessRefused       wrong user or password
        ├── WrongVersion        data or server of a version this program does not know
        ├── StoreFull           no room is left on its disk
        └── LoadInProgress      another load is writing

An error says what is wrong, where, and how to mend it; it carries facts and no HTTP status.
"""


class ContagraphError(Exception):
    """Something a user can understand and mend.

    `what` is the trouble in one clause, `where` the file, field or address, `remedy` the next step.
    """

    remedy = ""

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy or self.remedy
        super().__init__(f"{where}: {what}" if where else what)


class InvalidInput(ContagraphError):
    """What was given cannot be right."""


class InvalidAmount(InvalidInput):
    """An amount of money that cannot be one."""

    remedy = "give a finite number of whole currency units, not negative"


class InvalidShare(InvalidInput):
    """A share or band outside 0 to 1, or with its ends the wrong way round."""

    remedy = "give a fraction between 0 and 1, a percentage, or a band such as 25-50%"


class InvalidDate(InvalidInput):
    """A day or an instant that does not exist, or an interval that ends before it starts."""

    remedy = "write days as 2024-03-01 and instants as 2024-03-01T00:00:00Z"


class InvalidIdentifier(InvalidInput):
    """An identifier whose form or check digits do not agree."""

    remedy = "compare it with the register that issued it"


class InvalidCurrency(InvalidInput):
    """Not a currency of ISO 4217."""

    remedy = "use the three letters of ISO 4217, such as CNY, EUR or USD"


class InvalidMapping(InvalidInput):
    """A mapping that does not fit the model or the file."""

    remedy = "`contagraph inspect FILE` writes a mapping to start from"


class InvalidQuestion(InvalidInput):
    """A question asked with a parameter that cannot be."""


class InvalidRule(InvalidInput):
    """A rule that cannot be read as one: file and field are named."""

    remedy = "compare it with a rule of its kind that is shipped"


class InvalidPanel(InvalidInput):
    """Firms and years that nothing can be learned from."""

    remedy = "compare it with what a panel holds"


class InvalidModel(InvalidInput):
    """A model of another schema, or whose files were changed."""

    remedy = "train it again, or bring back its files as they were"


class UnreadableFile(InvalidInput):
    """A file that cannot be read as what it claims to be."""


class NotFound(ContagraphError):
    """What was asked for is not there."""


class UnknownParty(NotFound):
    """No party of this id is known."""

    remedy = "search for its name, or a part of it, to find its id"

    def __init__(self, party: str, *, given_as: str = "") -> None:
        super().__init__("no party of this id" + (f", given as the {given_as}" if given_as else ""), where=party)
        self.party = party


class UnknownRule(NotFound):
    """No rule or rule set of this name is in the catalogue."""

    remedy = "correct the name, or add the rule as a file to the catalogue"


class UnknownVersion(NotFound):
    """No load of this number was closed."""

    remedy = "leave the version out to ask the newest"

    def __init__(self, version: int) -> None:
        super().__init__("no load of this number was closed", where=f"version {version}")
        self.version = version


class UnknownJob(NotFound):
    """No job of this id is kept."""

    remedy = "look at the jobs that are kept, or ask again: ended ones are forgotten after a while"

    def __init__(self, job: str) -> None:
        super().__init__("no job of this id is kept", where=job[:100])


class MissingRate(ContagraphError):
    """An amount cannot be converted: no exchange rate near enough to the day."""

    remedy = "load a rate for this pair on or shortly before the day, or ask in another currency"

    def __init__(self, base: str, quote: str, day: str) -> None:
        super().__init__("no exchange rate near this day", where=f"{base}/{quote} on {day}")
        self.base, self.quote, self.day = base, quote, day


class NotConverged(ContagraphError):
    """A solver ended without reaching its tolerance; no number is returned."""

    remedy = "raise the number of iterations or the tolerance"

    def __init__(self, solver: str, *, iterations: int, residual: float) -> None:
        super().__init__(f"stopped after {iterations} iterations with residual {residual:.3g}", where=solver)
        self.solver, self.iterations, self.residual = solver, iterations, residual


class Cancelled(ContagraphError):
    """The user asked to stop; what was done so far is kept."""

    remedy = "repeat the command to go on where it stopped"

    def __init__(self, task: str) -> None:
        super().__init__("stopped as asked", where=task)


class NoResult(ContagraphError):
    """A job has no answer to give: it is not done yet, it failed, or it was stopped."""


class TooManyJobs(ContagraphError):
    """As many jobs wait as may; another is taken in when one of them begins."""

    def __init__(self, waiting: int, *, seconds: int) -> None:
        remedy = f"ask again in {seconds} seconds, cancel a job that waits, or let the service queue more"
        super().__init__(f"{waiting} jobs wait already", where="jobs", remedy=remedy)
        self.seconds = seconds


class BrokenLedger(ContagraphError):
    """An entry of the ledger does not fit the one before it, or the store."""

    remedy = "compare it with a copy: entries are never changed, and nothing is written behind a broken one"


class NotAllowed(ContagraphError):
    """Nobody may do this over the network as the service is set."""


class DecidedOtherwise(ContagraphError):
    """Something else was decided under the same request id."""

    remedy = "give every request an id of its own"


class NotInstalled(ContagraphError):
    """Something of the system that this needs is not installed."""


class StoreError(ContagraphError):
    """The graph store cannot do what was asked."""


class StoreUnavailable(StoreError):
    """Nothing answers at the store's address."""

    remedy = "start the server or correct --store"


class StoreLocked(StoreError):
    """Another process owns the store's folder."""

    remedy = "wait until the other process has finished, or ask it over HTTP; a folder has one owner at a time"


class AccessRefused(StoreError):
    """The store does not accept this user or password."""

    remedy = "set CONTAGRAPH_STORE_USER and CONTAGRAPH_STORE_PASSWORD"


class WrongVersion(StoreError):
    """Data or a server of a version this program does not know."""

    remedy = "use the newer program that wrote the data"


class StoreFull(StoreError):
    """No room is left on the store's disk."""

    remedy = "make room and repeat: what was accepted is kept"


class LoadInProgress(StoreError):
    """Another load is writing to the same store."""

    number: int = 0
    """Number of that load, where it is known."""
    source: str = ""
    """The source it reads."""

    remedy = "wait for it to end"
