"""scikit-image and SciPy on the operations that they share, for orientation: most give other bytes."""

from __future__ import annotations

import pytest

from fastdefect.bench.compare import digest_of, picture
from fastdefect.bench.peers import PEERS
from fastdefect.operations import OPERATIONS


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name.split(" ")[0])
def test_peer(benchmark, peer, shape):
    image = picture(peer.picture, shape, OPERATIONS[peer.operation].inputs[0].channels[0])
    benchmark.group = f"{peer.operation} {shape[0]}x{shape[1]}"
    step = peer.prepare(shape)
    benchmark.extra_info["digest"] = digest_of(step(image))
    benchmark(step, image)
