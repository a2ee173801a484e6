"""Jobs in their folder: taken in, worked off, stopped, kept, and told truly by whoever looks after a kill."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from api.answers.progress import Progress, Stage
from api.jobs import Asked, Job, Jobs, Room
from api.jobs.job import ENDED
from graph.errors import InvalidQuestion, NoResult, TooManyJobs, UnknownJob
from tests.api.conftest import CLOCK
from tests.conftest import ROOT

ASKED = Asked("/v1/shocks?wait=false", {"failed": ["r:a"]})


def other(number: int) -> Asked:
    return Asked(ASKED.address, {"failed": [f"r:{number}"]})


@contextmanager
def working(folder: Path, room: Room | None = None) -> Iterator[Jobs]:
    jobs = Jobs(folder, room)
    jobs.start()
    try:
        yield jobs
    finally:
        jobs.stop()


def until(jobs: Jobs, id: str, wanted: Callable[[Job], bool]) -> Job:
    end = time.monotonic() + 20
    while not wanted(job := jobs.job(id)):
        assert time.monotonic() < end, job
        time.sleep(0.005)
    return job


def ended(jobs: Jobs, id: str) -> Job:
    return until(jobs, id, lambda job: job.state in ENDED)


class Rounds:
    """Work that goes on round by round until it is let go."""

    def __init__(self) -> None:
        self.enough, self.rounds = threading.Event(), 0

    def __call__(self, progress: Progress) -> bytes:
        while not self.enough.wait(0.005):
            self.rounds += 1
            progress(Stage(0.5, f"round {self.rounds}", f"第{self.rounds}轮"))
        return b'{"rounds": "enough"}'


def test_a_job_is_told_from_beginning_to_end(tmp_path: Path) -> None:
    work = Rounds()
    with working(tmp_path) as jobs:
        taken = jobs.submit("shock", ASKED, work)
        assert (taken.state, taken.asked, taken.result) == ("queued", ASKED, "")
        running = until(jobs, taken.id, lambda job: job.progress.fraction == 0.5)
        assert running.state == "running"
        assert running.started is not None
        assert running.progress.doing.startswith("round ")
        with pytest.raises(NoResult, match="running, it has no answer yet"):
            jobs.result(taken.id)
        work.enough.set()
        done = ended(jobs, taken.id)
        assert (done.state, done.progress.fraction) == ("done", 1.0)
        assert done.submitted <= running.started <= (done.ended or CLOCK)
        assert jobs.result(taken.id) == b'{"rounds": "enough"}'
        assert done.result == f"/v1/jobs/{taken.id}/result"


def test_a_job_at_work_stops_within_a_round_and_one_that_waits_at_once(tmp_path: Path) -> None:
    work, later = Rounds(), Rounds()
    with working(tmp_path) as jobs:
        first, second = jobs.submit("shock", ASKED, work), jobs.submit("shock", other(2), later)
        until(jobs, first.id, lambda job: job.progress.fraction == 0.5)
        assert jobs.cancel(second.id).state == "cancelled"
        seen = work.rounds
        jobs.cancel(first.id)
        assert ended(jobs, first.id).state == "cancelled"
        assert work.rounds <= seen + 2
        assert later.rounds == 0
        with pytest.raises(NoResult, match="the job was stopped"):
            jobs.result(first.id)


def test_an_ended_job_is_forgotten_with_its_answer(tmp_path: Path) -> None:
    with working(tmp_path) as jobs:
        made = jobs.submit("shock", ASKED, lambda _: b"{}")
        ended(jobs, made.id)
        assert jobs.cancel(made.id).state == "done"
        for gone in (jobs.job, jobs.result, jobs.cancel):
            with pytest.raises(UnknownJob):
                gone(made.id)
        assert not list(tmp_path.glob(f"{made.id}*"))


def test_a_job_that_another_service_of_the_folder_has_forgotten_is_worked_off_anew(tmp_path: Path) -> None:
    with working(tmp_path) as mine, working(tmp_path) as other:
        first = mine.submit("shock", ASKED, lambda _: b"{}")
        ended(mine, first.id)
        assert mine.submit("shock", ASKED, lambda _: b"{}").id == first.id
        other.cancel(first.id)
        again = mine.submit("shock", ASKED, lambda _: b"{}")
        assert again.id != first.id
        ended(mine, again.id)
        assert mine.result(again.id) == b"{}"


def test_a_job_that_is_too_old_is_worked_off_anew(tmp_path: Path) -> None:
    now = [CLOCK]
    jobs = Jobs(tmp_path, Room(days=7), clock=lambda: now[0])
    jobs.start()
    first = jobs.submit("shock", ASKED, lambda _: b"{}")
    ended(jobs, first.id)
    now[0] = CLOCK + timedelta(days=7)
    assert jobs.submit("shock", ASKED, lambda _: b"{}").id == first.id
    now[0] += timedelta(seconds=1)
    again = jobs.submit("shock", ASKED, lambda _: b"{}")
    assert again.id != first.id
    ended(jobs, again.id)
    assert jobs.result(again.id) == b"{}"
    jobs.stop()


@pytest.mark.parametrize("by_another", [False, True])
def test_one_asked_to_stop_after_all_it_can_be_stopped_at_has_no_answer_either(
    tmp_path: Path, by_another: bool
) -> None:
    begun, enough = threading.Event(), threading.Event()

    def last(progress: Progress) -> bytes:
        progress(Stage(0.9, "telling", "整理"))
        begun.set()
        enough.wait(20)
        return b"{}"

    with working(tmp_path) as jobs, working(tmp_path) as other:
        made = jobs.submit("shock", ASKED, last)
        begun.wait(20)
        assert (other if by_another else jobs).cancel(made.id).state == "running"
        enough.set()
        assert ended(jobs, made.id).state == "cancelled"
        with pytest.raises(NoResult, match="the job was stopped"):
            jobs.result(made.id)
        assert not list(tmp_path.glob(f"{made.id}.result*"))
        assert jobs.submit("shock", ASKED, lambda _: b"{}").id != made.id


def test_what_goes_wrong_is_told_with_its_remedy_and_of_a_fault_only_a_number(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_: Progress) -> bytes:
        raise InvalidQuestion("fits nobody here", where="stopped.0", remedy="look again")

    def break_down(_: Progress) -> bytes:
        raise RuntimeError("the password is swordfish")

    with working(tmp_path) as jobs:
        refused = ended(jobs, jobs.submit("shock", ASKED, refuse).id)
        broken = ended(jobs, jobs.submit("shock", other(2), break_down).id)
        with pytest.raises(NoResult, match=r"stopped\.0: fits nobody here") as told:
            jobs.result(refused.id)
    assert told.value.remedy == "look again"
    assert refused.state == broken.state == "failed"
    assert broken.failure is not None
    assert "swordfish" not in str(broken)
    assert broken.failure.what.split("number ")[1].split()[0] in caplog.text


def test_beyond_so_many_that_wait_none_is_taken_in(tmp_path: Path) -> None:
    work = Rounds()
    with working(tmp_path, Room(waiting=2)) as jobs:
        first = jobs.submit("shock", ASKED, work)
        until(jobs, first.id, lambda job: job.state == "running")
        waiting = [jobs.submit("shock", other(number), work) for number in (1, 2)]
        with pytest.raises(TooManyJobs) as told:
            jobs.submit("shock", other(3), work)
        assert told.value.seconds > 0
        jobs.cancel(waiting[0].id)
        assert jobs.submit("shock", other(3), work).state == "queued"
        work.enough.set()


def test_so_many_are_worked_on_at_once(tmp_path: Path) -> None:
    work = Rounds()
    with working(tmp_path, Room(at_once=2)) as jobs:
        made = [jobs.submit("shock", other(number), work) for number in range(3)]
        for job in made[:2]:
            until(jobs, job.id, lambda job: job.progress.fraction == 0.5)
        assert [jobs.job(job.id).state for job in made] == ["running", "running", "queued"]
        work.enough.set()
        assert ended(jobs, made[2].id).state == "done"


def test_what_was_answered_already_is_that_job_as_long_as_it_is_kept(tmp_path: Path) -> None:
    with working(tmp_path) as jobs:
        first = jobs.submit("shock", ASKED, lambda _: b"1")
        ended(jobs, first.id)
        again = jobs.submit("shock", ASKED, lambda _: b"2")
        assert (again.id, again.state) == (first.id, "done")
        assert jobs.submit("shock", other(2), lambda _: b"3").id != first.id
        jobs.cancel(first.id)
        anew = jobs.submit("shock", ASKED, lambda _: b"4")
        assert anew.id != first.id
        assert ended(jobs, anew.id).state == "done"


def test_only_so_many_are_kept_and_only_so_long(tmp_path: Path) -> None:
    now = [CLOCK]
    jobs = Jobs(tmp_path, Room(kept=2, days=1), clock=lambda: now[0])
    jobs.start()
    made = []
    for number in range(4):
        now[0] += timedelta(minutes=1)
        made.append(jobs.submit("shock", other(number), lambda _: b"{}").id)
        ended(jobs, made[-1])
    assert [job.id for job in jobs.all()] == made[:1:-1]
    now[0] += timedelta(days=1, seconds=1)
    assert [job.id for job in jobs.all()] == []
    assert not list(tmp_path.glob("*.result.json"))
    jobs.stop()


def test_answers_outlive_their_server(tmp_path: Path) -> None:
    with working(tmp_path) as jobs:
        made = jobs.submit("shock", ASKED, lambda _: b"kept")
        done = ended(jobs, made.id)
    with working(tmp_path) as jobs:
        assert jobs.all() == [done]
        assert jobs.result(made.id) == b"kept"


def test_a_server_that_ends_tells_its_jobs_cut_off_and_how_to_repeat_them(tmp_path: Path) -> None:
    with working(tmp_path) as jobs:
        made = [jobs.submit("shock", other(number), Rounds()) for number in range(2)]
        until(jobs, made[0].id, lambda job: job.progress.fraction == 0.5)
    with working(tmp_path) as jobs:
        for job in made:
            told = jobs.job(job.id)
            assert told.state == "failed"
            assert told.failure is not None
            assert told.failure.what == "the server stopped"
            assert f"POST {job.asked.address}" in told.failure.remedy


CHILD = """
import sys, time
from pathlib import Path
from api.answers.progress import Stage
from api.jobs import Asked, Jobs

def work(progress):
    for number in range(10_000):
        progress(Stage(0.5, "at it", "进行中"))
        time.sleep(0.01)
    return b""

jobs = Jobs(Path(sys.argv[1]))
jobs.start()
print(jobs.submit("shock", Asked("/v1/shocks", {}), work).id, flush=True)
time.sleep(100)
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Another process at work on a job of the same folder, and the id of that."""
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        yield child, child.stdout.readline().strip()
        child.kill()


def test_a_job_of_a_killed_server_is_told_as_cut_off(
    tmp_path: Path, elsewhere: tuple["subprocess.Popen[str]", str]
) -> None:
    child, id = elsewhere
    with working(tmp_path) as jobs:
        assert until(jobs, id, lambda job: job.progress.fraction == 0.5).state == "running"
        child.kill()
        child.wait(10)
        told = jobs.job(id)
        assert (told.state, told.failure and told.failure.what) == ("failed", "the server stopped")
        ended(jobs, jobs.submit("shock", ASKED, lambda _: b"").id)
        assert len(list(tmp_path.glob("*.server"))) == 1


def test_a_job_of_another_server_is_stopped_through_the_folder(
    tmp_path: Path, elsewhere: tuple["subprocess.Popen[str]", str]
) -> None:
    with working(tmp_path) as jobs:
        until(jobs, elsewhere[1], lambda job: job.state == "running")
        jobs.cancel(elsewhere[1])
        assert ended(jobs, elsewhere[1]).state == "cancelled"


def test_ids_lead_to_no_other_file_and_files_are_their_owners_alone(tmp_path: Path) -> None:
    with working(tmp_path / "jobs") as jobs:
        (tmp_path / "x.job.json").write_text("{}")
        made = jobs.submit("shock", ASKED, lambda _: b"{}")
        ended(jobs, made.id)
        for id in ("../x", "", "*", made.id.upper() + "x"):
            for ask in (jobs.job, jobs.result, jobs.cancel):
                with pytest.raises(UnknownJob):
                    ask(id)
    assert (tmp_path / "x.job.json").exists()
    kept = list((tmp_path / "jobs").glob(f"{made.id}*"))
    assert len(kept) == 2
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "jobs", *kept)} == {0}
