"""The training that all networks share: seeded, bounded, watched, and resumed where it was stopped."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from fastdefect.detectors.learned import checkpoint
from fastdefect.detectors.learned.layout import Layout
from fastdefect.detectors.learned.samples import Batch, Samples, as_batch
from fastdefect.detectors.learned.synthetic import precision
from fastdefect.errors import ModelFileError
from fastdefect.optional import require
from fastdefect.typing import BoolImage, ByteImage

Progress = Callable[[int, int, float], object]

CROPS, SIDE = 8, 96
_RATE, _DECAY, _WARMING = 3e-3, 1e-4, 20
# Looks at what was left out in a training, and how many without a better one end it.
_LOOKS, _PATIENCE = 10, 5


@dataclass(frozen=True)
class Budget:
    """How long a training may be.

    Attributes
    ----------
    steps : int
    seconds : float
        Of the processor, all threads together; infinite by default, for only steps are the same on every machine.
    """

    steps: int
    seconds: float = math.inf


@dataclass
class History:
    """What a training went through.

    Attributes
    ----------
    losses : list of float
        Of each step, that of the first player.
    looks : list of (int, float)
        Steps done, and how good the network was on what was left out; more is better.
    best : int
        Steps of the network that was kept.
    seconds : float
        Of the processor.
    ended : str
        Why it ended.
    """

    losses: list[float] = field(default_factory=list)
    looks: list[tuple[int, float]] = field(default_factory=list)
    best: int = 0
    seconds: float = 0.0
    ended: str = "all steps done"


def torch() -> Any:
    """The package torch.

    Raises
    ------
    MissingPackageError
        It is not installed.
    """
    return require("torch", "networks are trained by", "learn")


class Training:
    """One training.

    Parameters
    ----------
    layout : Layout
    samples : Samples
    left_out : sequence of (ndarray of uint8, ndarray of bool)
        Images and their defects that it is watched by.
    channels, seed : int
    budget : Budget
    threads : int
    place : path, optional
        File to keep where it stands in, and to go on from.
    told : str
        What it learns from, so that a file of another training is refused.
    """

    def __init__(
        self,
        layout: Layout,
        samples: Samples,
        left_out: Sequence[tuple[ByteImage, BoolImage]],
        channels: int,
        seed: int,
        budget: Budget,
        threads: int,
        place: str | os.PathLike[str] | None,
        told: str,
    ) -> None:
        self._torch = torch()
        self._layout, self._samples, self._left_out = layout, samples, left_out
        self._seed, self._budget, self._threads = seed, budget, threads
        self._place, self._told = None if place is None else Path(place), told
        self.device = "cuda" if self._torch.cuda.is_available() else "cpu"
        with self._torch.random.fork_rng():
            self._torch.manual_seed(seed)
            self.network = layout.make(channels).to(self.device)
        players = range(self.network.players)
        self._players = [list(self.network.parameters_of(player)) for player in players]
        adam = self._torch.optim.AdamW
        self._optimizers = [adam(each, lr=_RATE, weight_decay=_DECAY) for each in self._players]
        self.history = History()
        self._best: dict[str, Any] = {}
        self._step = 0

    def run(self, good: Sequence[ByteImage], progress: Progress | None) -> Any:
        """Train; return the network that was best on what was left out."""
        threads_before = self._torch.get_num_threads()
        self._torch.set_num_threads(self._threads)
        try:
            self._learn_deviations(good)
            if self._place is not None and self._place.exists():
                self._resume(self._place)
            self._run(progress)
        finally:
            self._torch.set_num_threads(threads_before)
        self.network.load_state_dict(self._best)
        if self._place is not None:
            self._place.unlink(missing_ok=True)
        return self.network.eval()

    def _run(self, progress: Progress | None) -> None:
        steps, history = self._budget.steps, self.history
        every = max(1, round(steps / _LOOKS))
        before = history.seconds
        began = process_time()
        while self._step < steps:
            if history.seconds >= self._budget.seconds:
                history.ended = f"{self._budget.seconds:g} s of the processor used"
                break
            history.losses.append(self._learn())
            self._step += 1
            if progress is not None:
                progress(self._step, steps, history.losses[-1])
            if self._step % every == 0 or self._step == steps:
                self._look()
            history.seconds = before + process_time() - began
            if self._step % every == 0:
                self._keep()
                if self._is_worse():
                    history.ended = f"no better in {_PATIENCE} looks at what was left out"
                    break
        if not self._best or history.looks[-1][0] < self._step:
            self._look()

    def _learn(self) -> float:
        """One step of every player; its numbers depend on seed and step alone."""
        random = np.random.default_rng([self._seed, self._step])
        noise = self._torch.Generator().manual_seed(self._seed * 1_000_003 + self._step)
        images, masks = self._tensors(self._samples.batch(CROPS, random))
        done = max(self._step / self._budget.steps, self.history.seconds / self._budget.seconds)
        rate = _RATE * min(1.0, (self._step + 1) / _WARMING) * 0.5 * (1 + math.cos(math.pi * done))
        self.network.train()
        losses = []
        for player, (parameters, optimizer) in enumerate(zip(self._players, self._optimizers, strict=True)):  # fmt: skip
            loss = self.network.loss(player, images, masks, noise)
            found = self._torch.autograd.grad(loss, parameters)
            for parameter, gradient in zip(parameters, found, strict=True):
                parameter.grad = gradient
            optimizer.param_groups[0]["lr"] = rate
            optimizer.step()
            losses.append(float(loss.detach()))
        return losses[0]

    def _look(self) -> None:
        """Judge the network as it is on what was left out; keep it where it is the best so far."""
        found = self._judged()
        looks = self.history.looks
        looks.append((self._step, found))
        if found >= max(each for _, each in looks):
            state = self.network.state_dict()
            self._best = {name: value.detach().clone() for name, value in state.items()}
            self.history.best = self._step

    def _judged(self) -> float:
        """Less the loss of what was left out; where no defects are learned from, average precision of drawn ones."""
        self.network.eval()
        scores, masks, losses = [], [], []
        with self._torch.no_grad():
            for image, mask in self._left_out:
                height, width = (s // self._layout.stride * self._layout.stride for s in mask.shape)
                part = image[:height, :width], mask[:height, :width]
                images, truth = self._tensors(as_batch([part[0]], [part[1]]))
                if self._layout.needs_defects:
                    noise = self._torch.Generator().manual_seed(0)
                    losses.append(float(self.network.loss(0, images, truth, noise)))
                else:
                    scores.append(self.network(images).cpu().numpy().reshape(-1))
                    masks.append(part[1].reshape(-1))
        if self._layout.needs_defects:
            return -float(np.mean(losses))
        return precision(np.concatenate(scores), np.concatenate(masks))

    def _is_worse(self) -> bool:
        looks = self.history.looks
        return len(looks) > _PATIENCE and all(step > self.history.best for step, _ in looks[-_PATIENCE:])  # fmt: skip

    def _learn_deviations(self, good: Sequence[ByteImage]) -> None:
        """Set how far good images lie from their own background."""
        front = self.network.front
        squares, count = 0.0, 0
        with self._torch.no_grad():
            for image in good:
                images, _ = self._tensors(as_batch([image], [np.zeros(image.shape[:2], np.bool_)]))
                rest = front.residual(images)
                squares = squares + (rest.double() ** 2).sum((0, 2, 3))
                count += rest.shape[2] * rest.shape[3]
            spread = self._torch.sqrt(squares / count).clamp(min=1e-3)
            front.deviations.copy_(spread.reshape(front.deviations.shape))

    def _tensors(self, batch: Batch) -> tuple[Any, Any]:
        images, masks = (self._torch.from_numpy(each).to(self.device) for each in batch)
        return images, masks

    def _keep(self) -> None:
        """Write where the training stands."""
        if self._place is None:
            return
        history = self.history
        facts = {
            "told": self._told,
            "step": self._step,
            "losses": history.losses,
            "looks": history.looks,
            "best": history.best,
            "seconds": history.seconds,
        }
        arrays = dict(checkpoint.flattened("network", self.network.state_dict()))
        arrays |= dict(checkpoint.flattened("best", self._best))
        for player, optimizer in enumerate(self._optimizers):
            state = optimizer.state_dict()["state"]
            arrays |= dict(checkpoint.flattened(f"player{player}", state))
        checkpoint.write(self._place, facts, arrays)

    def _resume(self, place: Path) -> None:
        """Go on from what `_keep` wrote, to the same numbers as without the break."""
        facts, arrays = checkpoint.read(place)
        if facts.get("told") != self._told:
            raise ModelFileError(
                f"checkpoint: expected one of this training, {place} is that of other images or settings; "
                "remove it to begin anew"
            )
        tensor = self._torch.from_numpy
        try:
            self._step = int(facts["step"])
            looks = [(int(step), float(found)) for step, found in facts["looks"]]
            losses = [*map(float, facts["losses"])]
            self.history = History(losses, looks, int(facts["best"]), float(facts["seconds"]))
            states = [
                {name: tensor(array) for name, array in checkpoint.part(prefix, arrays).items()}
                for prefix in ("network", "best")
            ]
            self.network.load_state_dict(states[0])
            self._best = {name: value.to(self.device) for name, value in states[1].items()}
            for player, optimizer in enumerate(self._optimizers):
                state = optimizer.state_dict()
                for name, array in checkpoint.part(f"player{player}", arrays).items():
                    index, _, entry = name.partition("/")
                    state["state"].setdefault(int(index), {})[entry] = tensor(array)
                optimizer.load_state_dict(state)
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise ModelFileError(
                f"checkpoint: expected what this training wrote, {place} has a wrong entry ({str(error)[:200]}); "
                "remove it to begin anew"
            ) from error
