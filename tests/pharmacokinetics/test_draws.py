"""Random numbers are fixed by seed, purpose, variable and child; nothing else may change them."""

import numpy as np
import pytest

from ransel.language import Refused
from ransel.pharmacokinetics.population.draws import MOST_SEED, SMALLEST, Purpose, normals, uniforms

GOLDEN = {
    Purpose.COVARIATES: [
        "0x1.076f25f472220p-4",
        "0x1.dd517086e9a84p-1",
        "0x1.9b39d6e9f8361p-1",
        "0x1.84489ea272090p-2",
    ],
    Purpose.BETWEEN_SUBJECTS: [
        "0x1.2009a6c5d30cep-1",
        "0x1.a97e0e67f013cp-3",
        "0x1.8b6ad116591b7p-1",
        "0x1.68a9408804bd2p-2",
    ],
    Purpose.BURDEN: ["0x1.90be95d43b7a8p-3", "0x1.666c091c330bap-2", "0x1.4dd219265cf91p-1", "0x1.127f59c348018p-4"],
}
"""Of seed 2026, variable 0, children 0 to 3, as hexadecimal text: every bit."""


@pytest.mark.parametrize("purpose", GOLDEN)
def test_a_seed_gives_the_same_numbers_for_ever(purpose):
    assert [one.hex() for one in uniforms(2026, purpose, 0, 0, 4).tolist()] == GOLDEN[purpose]


@pytest.mark.parametrize("draw", [uniforms, normals])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 100, 1000])
def test_parts_put_together_are_the_whole_to_the_last_bit(draw, size):
    whole = draw(5, Purpose.OWN_USE, 3, 0, 1000)
    parts = [draw(5, Purpose.OWN_USE, 3, start, min(start + size, 1000)) for start in range(0, 1000, size)]
    assert np.concatenate(parts).tobytes() == whole.tobytes()


def test_a_child_far_away_is_reached_without_drawing_those_before_it():
    far = 10**15
    assert (
        uniforms(5, Purpose.OWN_USE, 0, far, far + 3).tobytes()
        == uniforms(5, Purpose.OWN_USE, 0, far - 2, far + 3)[2:].tobytes()
    )


def test_seeds_purposes_and_variables_do_not_share_numbers():
    streams = [
        uniforms(seed, purpose, variable, 0, 50)
        for seed in (0, 1, MOST_SEED)
        for purpose in Purpose
        for variable in (0, 1, 7)
    ]
    assert len({one for stream in streams for one in stream.tolist()}) == 50 * len(streams)


def test_streams_are_independent_of_each_other():
    streams = np.array([normals(9, purpose, variable, 0, 20_000) for purpose in Purpose for variable in range(3)])
    correlations = np.corrcoef(streams)[np.triu_indices(len(streams), 1)]
    assert np.abs(correlations).max() < 5 / np.sqrt(20_000)


def test_uniform_numbers_are_never_nought_nor_one():
    drawn = uniforms(11, Purpose.OWN_USE, 0, 0, 200_000)
    assert drawn.min() >= SMALLEST
    assert drawn.max() < 1
    assert abs(drawn.mean() - 0.5) < 5 / np.sqrt(12 * 200_000)


def test_normal_numbers_have_mean_nought_and_deviation_one():
    drawn = normals(12, Purpose.OWN_USE, 0, 0, 200_000)
    assert np.isfinite(drawn).all()
    assert abs(drawn.mean()) < 5 / np.sqrt(200_000)
    assert abs(drawn.std() - 1) < 5 / np.sqrt(400_000)


@pytest.mark.parametrize("seed", [-1, MOST_SEED + 1, 1.5, True, "7", None])
def test_what_is_no_seed_is_refused_in_words(seed):
    with pytest.raises(Refused) as caught:
        uniforms(seed, Purpose.OWN_USE, 0, 0, 1)
    assert [one.code for one in caught.value.refusals] == ["draws.seed"]
    assert str(MOST_SEED) in caught.value.refusals[0].text("nl")
