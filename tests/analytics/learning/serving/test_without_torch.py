"""The service scores and explains with trained nets and never imports torch."""

import json
import subprocess
import sys
from pathlib import Path

from analytics.learning.models import Task
from analytics.learning.models.net import SIZES, NetModel
from analytics.learning.panel import Split
from tests.analytics.learning.panels import small
from tests.conftest import ROOT

SCORES = """
import json, sys
from pathlib import Path
import api.app
from analytics.learning.models.net import NetModel
from tests.analytics.learning.panels import small

panel, found = small(firms=200), {}
for folder in sorted(Path(sys.argv[1]).iterdir()):
    names = [path for path in folder.rglob("*") if path.is_file()]
    files = {str(path.relative_to(folder)): path.read_bytes() for path in names}
    fitted = NetModel.named(folder.name).load(files)
    found[folder.name] = [fitted.predict(panel, 4).tolist(), len(fitted.explain(panel, 4, 3))]
print(json.dumps({"found": found, "torch": [name for name in sys.modules if name.split(".")[0].startswith("torch")]}))
"""


def test_scores_are_the_same_in_a_service_without_torch(tmp_path: Path) -> None:
    panel = small(firms=200)
    told = {}
    for name in SIZES:
        model = NetModel.named(name, nets=1, schedule={"epochs": 1, "device": "cpu"}, sizes={"hidden": 8})
        fitted = model.fit(Task(panel, Split.by_time(panel)))
        told[name] = fitted.predict(panel, 4).tolist()
        for file, content in fitted.save().items():
            path = tmp_path / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", SCORES, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["torch"] == []
    assert {name: scores for name, (scores, _) in answer["found"].items()} == told
    assert all(reasons > 0 for _, reasons in answer["found"].values())
