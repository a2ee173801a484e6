"""Learning of one net: Adam on whole waves, plain log loss, stopped early by the rows that settle."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save

from analytics.learning.judging.calibration import surprise_at
from analytics.learning.judging.ranking import average_precision
from analytics.learning.models.model import Files, Numbers, Watch
from analytics.learning.nets.geometric import torch
from analytics.learning.nets.net import Given, Net
from analytics.learning.serving.blueprint import Blueprint
from graph.errors import InvalidModel

Device = Literal["auto", "cpu", "cuda"]
STATE: Final = "state.json"
TENSORS: Final = "state.safetensors"
FASTER: Final = 10
"""How much larger steps take what a cascade adds to a net without links: else its own figures are worn out first."""
CLIPPED: Final = 1.0
"""Largest norm of a gradient."""


@dataclass(frozen=True)
class Schedule:
    """How a net is trained."""

    epochs: int = 200
    """At most; an epoch is one step on each wave that teaches."""
    patience: int = 25
    """Epochs without gain on the rows that settle after which it ends."""
    rate: float = 5e-3
    decay: float = 1e-3
    stop: Literal["loss", "precision"] = "loss"
    """What ends it: log loss or average precision on the rows that settle."""
    device: Device = "auto"
    every: int = 10
    """Epochs between two states that are given to be kept."""

    def on(self) -> "torch.device":
        """The device: a GPU where there is one and none was named."""
        if self.device == "auto":
            return torch.device("cuda" if torch.cuda.is_available() else "cpu")
        return torch.device(self.device)


@dataclass(frozen=True)
class Lesson:
    """One wave: what a net sees, which rows teach and which settle."""

    given: Given
    teach: "torch.Tensor"
    """Parties, shape (r,)."""
    label: "torch.Tensor"
    settle: "torch.Tensor"
    settled: NDArray[np.int8]


@dataclass
class Course:
    """How far a training is; all of it can be kept and taken up again."""

    epoch: int = 0
    best: float = np.inf
    best_epoch: int = 0
    curve: list[dict[str, float]] = field(default_factory=list)
    """Loss on the rows that teach, and on those that settle, epoch by epoch."""
    chosen: dict[str, Numbers] = field(default_factory=dict)
    """Weights of the best epoch."""

    @property
    def over(self) -> int:
        """Epochs since the best."""
        return self.epoch - self.best_epoch


Keep = Callable[[Files], None]
"""Takes the state of a training, to be given back should it be interrupted."""
Begin = Callable[[Net], None]
"""Gives a net its first weights."""


def train(
    blueprint: Blueprint, lessons: list[Lesson], schedule: Schedule, *, seed: int, watch: Watch, keep: Keep | None,
    kept: Files | None, begin: Begin | None = None,
) -> Course:  # fmt: skip
    r"""Fit one net to the rows that teach.

    .. math:: \min_\theta \; -\sum_{(i, t)} y_{it} \ln p_{it} + (1 - y_{it}) \ln(1 - p_{it})

    Parameters
    ----------
    blueprint : Blueprint
    lessons : one a wave
    schedule : Schedule
    seed : int
        Of the first weights and of the order of waves: the same seed gives the same weights on one machine.
    watch : told how far it is; may raise Cancelled
    keep : takes a state every few epochs
    kept : a state to go on from; the end is the same as without the interruption
    begin : gives the net weights to begin from; by default they are drawn

    Raises
    ------
    InvalidModel
        If the state is of another net or was changed.

    Source
    ------
    Kingma & Ba, "Adam", ICLR 2015; no weights of classes, which would spoil the calibration.

    Example
    -------
    >>> train(Blueprint("none", (), 1, layers=1), [], Schedule(epochs=1, device="cpu"), seed=0,
    ...       watch=lambda done, what: None, keep=None, kept=None).epoch
    1
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = Net(blueprint)
    if begin is not None:
        begin(net)
    net = net.to(schedule.on())
    adam = _optimiser(net, schedule)
    course = Course() if kept is None else _resumed(kept, net, adam, blueprint, seed)
    while course.epoch < schedule.epochs and course.over < schedule.patience:
        watch(course.epoch / schedule.epochs, f"epoch {course.epoch}")
        _epoch(net, adam, lessons, course, schedule, seed)
        if keep is not None and course.epoch % schedule.every == 0:
            keep(_state(net, adam, course, blueprint, seed))
    return course


def _optimiser(net: Net, schedule: Schedule) -> "torch.optim.Adam":
    """The few numbers of a cascade, and how far public failures are felt, take larger steps; λ is not pulled to 0."""
    parts: dict[str, list[torch.nn.Parameter]] = {"cascade": [], "loud": [], "": []}
    for name, weight in net.named_parameters():
        part = name.partition(".")[0]
        parts[part if part in parts else ""].append(weight)
    groups = [
        {"params": parts[""], "weight_decay": schedule.decay},
        {"params": parts["cascade"], "lr": FASTER * schedule.rate},
        {"params": parts["loud"], "lr": FASTER * schedule.rate, "weight_decay": schedule.decay},
    ]
    return torch.optim.Adam([group for group in groups if group["params"]], lr=schedule.rate)


def _epoch(
    net: Net, adam: "torch.optim.Adam", lessons: list[Lesson], course: Course, schedule: Schedule, seed: int
) -> None:  # fmt: skip
    order = np.random.default_rng([seed, course.epoch]).permutation(len(lessons))
    net.train()
    total, rows = 0.0, 0
    for at in order.tolist():
        lesson = lessons[at]
        if not len(lesson.teach):
            continue
        adam.zero_grad(set_to_none=True)
        odds = net(lesson.given)[lesson.teach]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(odds, lesson.label)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), CLIPPED)
        adam.step()
        total, rows = total + float(loss.detach()) * len(lesson.teach), rows + len(lesson.teach)
    loss_settled, precision = _settled(net, lessons)
    course.epoch += 1
    course.curve.append({"teach": total / max(rows, 1), "settle": loss_settled, "precision": precision})
    score = loss_settled if schedule.stop == "loss" else -precision
    if score < course.best or not course.chosen:
        course.best, course.best_epoch, course.chosen = score, course.epoch, _arrays(net)


def _settled(net: Net, lessons: list[Lesson]) -> tuple[float, float]:
    """Log loss and average precision on the rows that settle."""
    told, label = settling(net, lessons), np.concatenate([np.empty(0, np.int8), *(some.settled for some in lessons)])
    if not len(label):
        return 0.0, 0.0
    loss, bad = float(surprise_at(label, told).mean()), float(label.mean())
    return loss, average_precision(label, told) if 0 < bad < 1 else bad


def settling(net: Net, lessons: list[Lesson]) -> Numbers:
    r"""What a net says of the rows that settle, wave after wave.

    .. math:: \ell_i = \operatorname{logit} p_\theta(i)

    Parameters
    ----------
    net : Net
    lessons : one a wave

    Raises
    ------
    Nothing.

    Source
    ------
    A definition.

    Example
    -------
    >>> settling(Net(Blueprint("none", (), 1)), []).tolist()
    []
    """
    net.eval()
    with torch.no_grad():
        told = [net(some.given)[some.settle].double().cpu().numpy() for some in lessons if len(some.settle)]
    return np.concatenate([np.empty(0), *told])


def _arrays(net: "torch.nn.Module") -> dict[str, Numbers]:
    return {name: tensor.detach().cpu().numpy().copy() for name, tensor in net.state_dict().items()}


# ── what is kept of an unfinished training ──


def _state(net: Net, adam: "torch.optim.Adam", course: Course, blueprint: Blueprint, seed: int) -> Files:
    held = {f"now.{name}": array for name, array in _arrays(net).items()}
    held |= {f"best.{name}": array for name, array in course.chosen.items()}
    for at, moments in adam.state_dict()["state"].items():
        held |= {f"adam.{at}.{name}": np.asarray(tensor.cpu().numpy()) for name, tensor in moments.items()}
    tensors = save(held)
    said = {
        "blueprint": blueprint.facts(), "seed": seed, "epoch": course.epoch, "best": course.best,
        "best_epoch": course.best_epoch, "curve": course.curve, "tensors": hashlib.sha256(tensors).hexdigest(),
    }  # fmt: skip
    return {STATE: json.dumps(said, sort_keys=True).encode(), TENSORS: tensors}


def _resumed(kept: Files, net: Net, adam: "torch.optim.Adam", blueprint: Blueprint, seed: int) -> Course:
    said: Mapping[str, Any] = json.loads(kept[STATE])
    if said["tensors"] != hashlib.sha256(kept[TENSORS]).hexdigest():
        raise InvalidModel("was changed since it was kept", where=TENSORS, remedy="start the training anew")
    if Blueprint.read(said["blueprint"]) != blueprint or said["seed"] != seed:
        raise InvalidModel("is the state of another training", where=STATE, remedy="start the training anew")
    held = load(kept[TENSORS])
    net.take(_under(held, "now."))
    state = adam.state_dict()
    moments: dict[int, dict[str, Any]] = {}
    for name, array in _under(held, "adam.").items():
        at, _, what = name.partition(".")
        moments.setdefault(int(at), {})[what] = torch.from_numpy(array)
    adam.load_state_dict({**state, "state": moments})
    return Course(said["epoch"], said["best"], said["best_epoch"], list(said["curve"]), _under(held, "best."))


def _under(held: Mapping[str, Numbers], begins: str) -> dict[str, Numbers]:
    return {name.removeprefix(begins): array for name, array in held.items() if name.startswith(begins)}
