"""One thread a test process: many processes with many threads each stand in one another's way."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
