from api.contagion.figures import FIGURES
from tests.conftest import ROOT


def test_the_readme_names_the_items_that_a_shock_reads() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = readme.split("<!-- shock items -->")[1].split("<!-- /shock items -->")[0].strip().splitlines()[2:]
    told = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    wanted = [
        [name.replace("_", " "), ", ".join(f"`{item}`" for item in items)] for name, (items, _) in FIGURES.items()
    ]
    assert told == wanted
