"""Every claim of speed, measured: `python -m benchmarks [--quick] [NAME…]`.

Each benchmark is a process of its own, so that one's memory and warm caches are not another's.
"""

import argparse
import subprocess
import sys
from pathlib import Path

SHARED = {
    "__init__",
    "__main__",
    "graphs",
    "kept",
    "learning_trials",
    "learning_variants",
    "learning_world",
    "timing",
    "world",
}


def names() -> list[str]:
    """Benchmarks there are."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in SHARED)


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks", description="Measure every claim of speed.")
    parser.add_argument("--quick", action="store_true", help="small sizes, about four minutes in all")
    parser.add_argument("names", nargs="*", help=f"some of: {', '.join(names())}")
    given = parser.parse_args()
    failed = 0
    for name in given.names or names():
        print(f"── {name}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", *(["--quick"] if given.quick else [])]
        failed += subprocess.run(command, check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
