"""What a lender has at stake with a party and its groups, asked over HTTP of `contagraph serve`, against in process."""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np

from api import questions
from api.engine import Engine, Place
from benchmarks.questions import LENDERS, world
from benchmarks.timing import scaled

ASKED = 0.020
"""Seconds that 99 of 100 questions may take."""


@contextmanager
def service(folder: Path) -> Iterator[tuple[httpx.Client, float]]:
    """A client of the command over a folder once it is ready, and the seconds until then."""
    began = time.perf_counter()
    command = [Path(sys.executable).with_name("contagraph"), "serve", "--port", "0", "--store", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            first = child.stdout.readline() if child.stdout else ""
            address = re.search(r"http://[\d.]+:\d+", first)
            if address is None:
                raise RuntimeError(f"the service did not start: {first}")
            with httpx.Client(base_url=address[0], timeout=120, trust_env=False) as client:
                while client.get("/ready").status_code != httpx.codes.OK:
                    time.sleep(0.2)
                yield client, time.perf_counter() - began
        finally:
            child.terminate()


def timed(ask: Callable[[int], object], parties: list[int]) -> tuple[float, float]:
    """Median and 99th percentile of the wall seconds of single questions, one after the other."""
    spent = []
    for party in parties:
        began = time.perf_counter()
        ask(party)
        spent.append(time.perf_counter() - began)
    p50, p99 = np.quantile(spent, [0.5, 0.99])
    return float(p50), float(p99)


def main() -> None:
    """Ask for the exposure to many parties, drawn evenly, both ways."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parties", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="on 100,000 parties")
    parser.add_argument("--asked", type=int, default=2000)
    given = parser.parse_args()
    size = 100_000 if given.quick else given.parties
    parties = np.random.default_rng(2).integers(LENDERS, size, given.asked).tolist()
    with tempfile.TemporaryDirectory() as name:
        place = Place(Path(name))
        facts = world(place.folder / "columns", size)

        with service(place.folder) as (client, ready):

            def over_http(party: int) -> float:
                reply = client.get(f"/v1/parties/register:{party:08d}/exposure").raise_for_status()
                return float(reply.json()["answer"]["alone"]["direct"])

            def sign_of_life(party: int) -> None:
                client.get("/health").raise_for_status()

            alive = timed(sign_of_life, parties[:500])
            http = timed(over_http, parties)
            told = [over_http(party) for party in parties[:50]]

        engine = Engine(place, facts)

        def in_process(party: int) -> float:
            answer = questions.exposure(engine, f"register:{party:08d}", moment=engine.moment()).answer
            return answer.alone.direct

        if not np.allclose(told, [in_process(party) for party in parties[:50]]):
            raise AssertionError("HTTP and the function differ")
        inside = timed(in_process, parties)
    task = f"group exposure over HTTP, {size:,} parties"
    print(f"{task}: ready after {scaled(ready)} with the index of names")
    print(f"a sign of life alone: p50 {scaled(alive[0])}, p99 {scaled(alive[1])}")
    print(f"in process: p50 {scaled(inside[0])}, p99 {scaled(inside[1])}")
    print(f"over HTTP: p50 {scaled(http[0])}, p99 {scaled(http[1])}, asked {scaled(ASKED)}")
    row = {"task": task, "p50": http[0], "p99": http[1], "asked": ASKED, "ready": ready, "in_process": inside}
    print(json.dumps(row | {"ratio": http[1] / inside[1]}))


if __name__ == "__main__":
    main()
