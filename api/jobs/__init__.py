"""Long questions as jobs: taken in, worked off beside the requests, their answers kept as files.

`job` is one of them as it is told and kept, `shelf` the folder they are kept in, `queue` takes them in, works them off
in threads and stops them. The room knows no question: it is given what to work on, and keeps the bytes that come back.
"""

from api.jobs.job import Asked, Job
from api.jobs.queue import Jobs, Room

__all__ = ["Asked", "Job", "Jobs", "Room"]
