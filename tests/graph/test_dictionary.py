"""The README's data dictionary is the model's."""

from graph.dictionary import dictionary
from graph.model import KINDS
from tests.conftest import ROOT

BEGIN, END = "<!-- dictionary -->", "<!-- /dictionary -->"


def test_the_readme_holds_the_dictionary_of_the_model() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    written = readme.split(BEGIN)[1].split(END)[0].strip()
    assert written == dictionary().strip(), "write it anew: python -m graph.dictionary"


def test_every_field_is_explained_in_both_languages() -> None:
    silent = [(kind.name, f.name) for kind in KINDS.values() for f in kind.fields if not (f.en and f.zh)]
    assert not silent
    assert all(kind.en and kind.zh for kind in KINDS.values())
