import numpy as np

import tensegra as tg


def test_each_seed_differs_and_the_state_can_be_restored():
    seeds = tg.layers.utils.SeedGenerator(3)
    kept = seeds.state.numpy()
    first = [seeds.next().numpy().tolist() for _ in range(3)]
    assert len({tuple(seed) for seed in first}) == 3
    seeds.state.assign(kept)
    assert [seeds.next().numpy().tolist() for _ in range(3)] == first


def test_the_state_moves_inside_of_functions():
    seeds = tg.layers.utils.SeedGenerator(3)
    draw = tg.function(lambda: tg.random.stateless_uniform([4], seed=seeds.next()))
    assert not np.array_equal(draw().numpy(), draw().numpy())
    assert seeds.state.numpy().tolist() == [3, 2]
