"""Named scenarios, one a file, in the form of a file of one's own; how much they take is our own proposal."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict

from analytics.rules.rule import Words
from api.questions.shocks.likely import meant_by
from api.questions.shocks.scenario import NEEDS, Scenario
from api.questions.written import validated
from graph.errors import InvalidQuestion


class Named(BaseModel):
    """A scenario of the catalogue."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Words
    meaning: Words
    citation: str
    verified: bool
    """Whether its sizes were read in the text cited."""
    scenario: Scenario
    fails: Literal["", "lender"] = ""
    """Who fails beside those whom the scenario names: the lender asked about."""


@cache
def catalogue() -> Mapping[str, Named]:
    """Every named scenario, by what it is called. Raises InvalidInput where a file does not say one."""
    found = {}
    for file in sorted(files(__name__).iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            said = tomllib.loads(file.read_text(encoding="utf-8"))
            remedy = "compare it with the others of the catalogue"
            found[file.name.removesuffix(".toml")] = validated(
                Named, said, where=file.name, needs="a name, a meaning and a scenario", remedy=remedy
            )
    return MappingProxyType(found)


def called(scenario: Scenario) -> Words:
    """What a scenario is called in either language: one of the catalogue, whatever it assumes, as it is there."""
    one = catalogue().get(scenario.name)
    if one is None:
        return Words(scenario.name, scenario.name)
    theirs = one.scenario
    failed = (*theirs.failed, scenario.lender) if one.fails else theirs.failed
    same = (failed, theirs.stopped, theirs.lost, theirs.rates)
    mine = (scenario.failed, scenario.stopped, scenario.lost, scenario.rates)
    return one.name if mine == same else Words(scenario.name, scenario.name)


def named(name: str, *, lender: str = "") -> Scenario:
    """A scenario by its name. Raises InvalidQuestion where there is none, or it needs a lender and none is named."""
    if name not in catalogue():
        remedy = meant_by(name, catalogue(), f"name one of {', '.join(catalogue())}, or say {NEEDS}")
        raise InvalidQuestion(f"no scenario is called {name}", where="scenario", remedy=remedy)
    one = catalogue()[name]
    if one.fails and not lender:
        remedy = "name the lender that is meant, as --lender"
        raise InvalidQuestion("the lender that fails is not named", where=name, remedy=remedy)
    failed = (*one.scenario.failed, lender) if one.fails else one.scenario.failed
    return one.scenario.model_copy(update={"failed": failed, "lender": lender or one.scenario.lender})
