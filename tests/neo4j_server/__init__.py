"""A real Neo4j for the tests: Maven's jars and a page of Java, as a process of its own.

The jars are fetched once into the user's cache folder. They are GPL: used here, never packaged.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import threading
from pathlib import Path
from typing import Self

from graph.local import free_port

HERE = Path(__file__).parent
VERSION = "5.26.20"
PASSWORD = "only-for-tests"  # noqa: S105
READY_WITHIN = 120.0
JAVA_OPTIONS = ("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""Quick to start."""
FOR_MILLIONS = ("-Xmx4g", "-XX:+UseParallelGC")
"""Quick with millions of rows."""


class Neo4jMissing(Exception):
    """What is needed to start a Neo4j is not on this machine."""


def cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "contagraph" / f"neo4j-{VERSION}"


def jars() -> Path:
    """Folder of the jars and of our compiled page, fetched where they are not there yet."""
    missing = [tool for tool in ("java", "javac", "mvn") if not shutil.which(tool)]
    if missing:
        raise Neo4jMissing(f"no {', '.join(missing)} on this machine")
    folder = cache()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "fetched").exists():
            command = ["mvn", "-B", "-q", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
            _run([*command, f"-DoutputDirectory={folder / 'jars'}"], "Maven could not fetch Neo4j")
            (folder / "fetched").touch()
        source, made = HERE / "Server.java", folder / "classes" / "Server.class"
        if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
            _run(
                ["javac", "-cp", f"{folder / 'jars'}/*", "-d", str(made.parent), str(source)],
                "javac could not compile the server",
            )
    return folder


def _run(command: list[str], trouble: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Neo4jMissing(f"{trouble}: {(done.stdout + done.stderr).strip()[-500:]}")


class Neo4jServer:
    """One server on one folder; it can be stopped, killed and started again at the same address."""

    user = "neo4j"
    password = PASSWORD
    database = None

    def __init__(self, folder: Path, java: tuple[str, ...] = JAVA_OPTIONS) -> None:
        self.folder = folder
        self._java = java
        self._jars = jars()
        self._port = free_port()
        self._process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"bolt://127.0.0.1:{self._port}"

    def start(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        classes = f"{self._jars / 'classes'}:{self._jars / 'jars'}/*"
        with (self.folder / "server.out").open("ab") as log:
            self._process = subprocess.Popen(
                ["java", *self._java, "-cp", classes, "Server", str(self.folder), str(self._port)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(self.password + "\n")
        self._process.stdin.flush()
        late = threading.Timer(READY_WITHIN, self._process.kill)
        late.start()
        try:
            for line in self._process.stdout:
                if line.strip() == "ready":
                    return self
        finally:
            late.cancel()
        self.kill()
        raise Neo4jMissing(f"the server did not start: {(self.folder / 'server.out').read_text()[-500:]}")

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def close(self) -> None:
        self._end(None)

    def admin(self, arguments: list[str]) -> None:
        """One command of neo4j-admin on this folder, the server being down."""
        home, conf = self.folder, self.folder / "conf"
        conf.mkdir(exist_ok=True)
        (conf / "neo4j.conf").touch()
        classes = f"{self._jars / 'jars'}/*"
        options = [*self._java, f"-Dapp.home={home}", f"-Dbasedir={home}", "-cp", classes]
        done = subprocess.run(
            ["java", *options, "org.neo4j.cli.AdminTool", *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(conf)},
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]

    def _end(self, by: signal.Signals | None) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if by:
            process.send_signal(by)
        assert process.stdin
        assert process.stdout
        process.stdin.close()
        process.wait(60)
        process.stdout.close()
