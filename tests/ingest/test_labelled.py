"""Labelled data sets: `inspect` sees what is the label and what the split, and one line names all figures."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from graph.errors import InvalidMapping
from ingest.inspect import look
from ingest.source import Rejected
from ingest.starting import starting_mapping
from ingest.tables import Tables

SET = """id,f1,f2,x,label,split
a,0.5,,3,1,train
b,-1,2.25,4,0,valid
c,inf,7,4,1,test
"""


def read(
    folder: Path, text: str, change: Mapping[str, str] | None = None
) -> tuple[list[dict[str, Any]], list[Rejected]]:
    """What the rows say by the mapping that `inspect` writes, filled in as a user would, and the rows refused."""
    path = folder / "firms.csv"
    path.write_text(text, encoding="utf-8")
    made = starting_mapping([look(path)])
    filled = {r'^kind = "\?\?\?.*"': 'kind = "Company"', r'^name = "\?\?\?.*"': 'name = "study"',
              r'^delivery = "\?\?\?.*"': 'delivery = "full"'}  # fmt: skip
    for marked, said in (filled | dict(change or {})).items():
        made = re.sub(marked, said, made, flags=re.M)
    mapping = folder / "mapping.toml"
    mapping.write_text(made, encoding="utf-8")
    source, found, refused = Tables(), [], []
    for item in source.read(source.delivery((path,), {"mapping": str(mapping)})):
        if isinstance(item, Rejected):
            refused.append(item)
        elif item.kind:
            found += [{"kind of fact": item.kind.name, **row} for row in item.rows.to_pylist()]
    return found, refused


def test_label_split_and_figures_are_seen_for_what_they_are(tmp_path: Path) -> None:
    found, _ = read(tmp_path, SET)
    outcomes = {row["party"]: (row["defaulted"], row["part"]) for row in found if row["kind of fact"] == "Outcome"}
    assert outcomes == {"study:a": (True, "train"), "study:b": (False, "validate"), "study:c": (True, "test")}
    items = {(row["party"], row["item"]): row["value"] for row in found if row["kind of fact"] == "Statement"}
    assert items == {
        ("study:a", "f1"): 0.5, ("study:a", "x"): 3, ("study:b", "f1"): -1, ("study:b", "f2"): 2.25,
        ("study:b", "x"): 4, ("study:c", "f2"): 7, ("study:c", "x"): 4,
    }  # fmt: skip


def test_what_is_infinite_is_refused_and_what_is_empty_is_nothing(tmp_path: Path) -> None:
    _, refused = read(tmp_path, SET)
    assert [row.place for row in refused] == ["firms.csv:4"]
    assert "inf" in refused[0].detail


@pytest.mark.parametrize(
    ("label", "split"), [("违约标签", "数据集划分"), ("target", "fold"), ("is_default", "subset"), ("y", "part")]
)
def test_other_words_for_label_and_split_are_known(tmp_path: Path, label: str, split: str) -> None:
    path = tmp_path / "firms.csv"
    path.write_text(SET.replace("label", label).replace("split", split), encoding="utf-8")
    guess = look(path).guess
    assert (guess.kind, guess.fields["defaulted"].column, guess.fields["part"].column) == ("Outcome", label, split)
    assert guess.figures == ("f*", "x")


def test_a_list_of_companies_with_a_status_is_no_labelled_set(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("id,name,capital\nK1,Alpha Ltd,5\nK2,Beta Ltd,6\n", encoding="utf-8")
    assert look(path).guess.kind == "Profile"


@pytest.mark.parametrize(("pattern", "says"), [
    ('items = ["g*"]', "no column 'g\\*'"),
    ('items = ["f*"]\nvalue = "x"', "value one"),
    ("items = []", "no column is named"),
])  # fmt: skip
def test_a_pattern_that_names_nothing_is_refused(tmp_path: Path, pattern: str, says: str) -> None:
    with pytest.raises(InvalidMapping, match=says):
        read(tmp_path, SET, {r"^items = .*$": pattern})


def test_only_statements_have_items(tmp_path: Path) -> None:
    with pytest.raises(InvalidMapping, match="items"):
        read(tmp_path, SET, {r'^defaulted = "label"$': 'defaulted = "label"\nitems = "f*"'})


@pytest.mark.parametrize(("name", "head", "kind"), [
    ("edges.csv", "source,target", "RELATED_TO"),
    ("edges.csv", "src_id,dst_id,weight", "RELATED_TO"),
    ("links.csv", "from,to", "RELATED_TO"),
    ("边.csv", "起点,终点,权重", "RELATED_TO"),
    ("guarantees.csv", "source,target", "GUARANTEES"),
    ("suppliers.csv", "source,target,weight", "SUPPLIES"),
])  # fmt: skip
def test_a_bare_list_of_links_is_one_of_relations_whose_kind_is_asked(
    tmp_path: Path, name: str, head: str, kind: str
) -> None:
    path, ends = tmp_path / name, head.split(",")
    rows = [",".join([f"n{k}", f"n{k + 1}", f"{k}.5"][: len(ends)]) for k in range(9)]
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    made = starting_mapping([look(path)])
    assert f'kind = "{kind}"' in made
    assert f'id = "{ends[0]}"' in made
    assert f'id = "{ends[1]}"' in made
    if kind == "RELATED_TO":
        assert 'fields.kind = { constant = "??? ' in made
        assert "take another kind of relation" in " ".join(made.replace("#", " ").split())


@pytest.mark.parametrize(("head", "row"), [
    ("source,target,name", "a,b,Ann"), ("source,weight", "a,2"), ("from,city", "a,Bonn"),
])  # fmt: skip
def test_what_has_other_columns_beside_is_no_bare_list_of_links(tmp_path: Path, head: str, row: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"{head}\n{row}\n", encoding="utf-8")
    assert 'kind = "RELATED_TO"' not in starting_mapping([look(path)])
