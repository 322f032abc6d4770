"""A network that learns what each arm pays."""

from __future__ import annotations

import math

import numpy as np

import tensegra as tg
from tensegra import keras

from .._errors import invalid, positive, seed_number
from ..environments import BanditEnvironment
from ..policies import EpsilonGreedyPolicy, GreedyPolicy
from ..replay_buffers import UniformReplayBuffer
from ..trajectories import Trajectory


class NeuralEpsilonGreedyAgent:
    """Learns the probability of a reward of 1 for each arm, from the arms that were pulled, and pulls the best arm.

    The network has a logistic output per arm; its loss is the cross entropy of the pulled arm alone. Steps are kept
    and drawn again. With probability epsilon any arm is pulled; epsilon falls from `initial_epsilon` to
    `final_epsilon` over `decay_pulls` pulls, exponentially.

    Args:
        environment: Gives the number of arms and the shape of observations.
        hidden: Sizes of the hidden layers.
        learning_rate: Of Adam.
        batch_size: Steps drawn for one update.
        updates_per_train: Updates in one call of `train`.
        capacity: Steps that are kept.
        initial_epsilon: The probability of any arm at first.
        final_epsilon: The same at last.
        decay_pulls: Over how many pulls it falls.
        seed: The same number gives the same run.

    Raises:
        tg.errors.InvalidArgumentError: A number is out of its range (TG-4001, TG-4006, TG-4009), or `environment` is
            not a bandit environment (TG-4011).

    Source: Riquelme, Tucker and Snoek, "Deep Bayesian Bandits Showdown", ICLR 2018 (the neural greedy baseline).
    """

    def __init__(
        self,
        environment: BanditEnvironment,
        hidden: tuple[int, ...] = (128,),
        learning_rate: float = 1e-3,
        batch_size: int = 64,
        updates_per_train: int = 2,
        capacity: int = 20_000,
        initial_epsilon: float = 1.0,
        final_epsilon: float = 0.02,
        decay_pulls: int = 4_000,
        seed: int = 0,
    ) -> None:
        where = "NeuralEpsilonGreedyAgent"
        if not isinstance(environment, BanditEnvironment):
            raise invalid(
                where,
                "environment must be a tg.agents.environments.BanditEnvironment",
                f"{environment!r} of type {type(environment).__name__}",
                "TG-4011",
            )
        self._batch_size = positive(where, "batch_size", batch_size)
        self._updates = positive(where, "updates_per_train", updates_per_train)
        self._decay_pulls = positive(where, "decay_pulls", decay_pulls)
        if not 0 < final_epsilon <= initial_epsilon <= 1:
            raise invalid(
                where,
                "0 < final_epsilon <= initial_epsilon <= 1",
                f"initial_epsilon={initial_epsilon}, final_epsilon={final_epsilon}",
                "TG-4006",
            )
        self._initial_epsilon, self._final_epsilon = initial_epsilon, final_epsilon
        self._num_actions = environment.num_actions
        seeds = np.random.SeedSequence(seed_number(where, seed)).generate_state(3 + len(hidden))
        self._buffer = UniformReplayBuffer(capacity, environment.observation_shape, seed=int(seeds[0]))
        self._network = _network(environment.observation_shape, hidden, self._num_actions, seeds[2:])
        self._optimizer = keras.optimizers.Adam(learning_rate=learning_rate)
        spec = tg.TensorSpec([None, *environment.observation_shape], tg.float32, name="observation")
        self.policy = GreedyPolicy(self._network, spec)
        self.collect_policy = EpsilonGreedyPolicy(
            self.policy, self._num_actions, initial_epsilon, seed=int(seeds[1])
        )
        self._pulls = 0
        self._step = tg.function(
            self._train_step,
            input_signature=[spec, tg.TensorSpec([None], tg.int32), tg.TensorSpec([None], tg.float32)],
        )

    def _train_step(self, observation: tg.Tensor, action: tg.Tensor, reward: tg.Tensor) -> tg.Tensor:
        pulled = tg.one_hot(action, self._num_actions)
        with tg.GradientTape() as tape:
            logits = tg.reduce_sum(self._network(observation, training=True) * pulled, axis=1)
            loss = tg.reduce_mean(tg.nn.sigmoid_cross_entropy_with_logits(labels=reward, logits=logits))
        variables = self._network.trainable_variables
        self._optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    def train(self, experience: Trajectory) -> float:
        """Takes in what was experienced and learns from it and from what is kept; the mean loss."""
        self._buffer.add(experience)
        self._pulls += len(experience.action)
        fallen = min(1.0, self._pulls / self._decay_pulls)
        ratio = math.log(self._final_epsilon / self._initial_epsilon)
        self.collect_policy.epsilon = self._initial_epsilon * math.exp(ratio * fallen)
        losses = [float(self._step(*self._buffer.sample(self._batch_size))) for _ in range(self._updates)]
        return sum(losses) / len(losses)


def _network(
    shape: tuple[int, ...], hidden: tuple[int, ...], arms: int, seeds: np.ndarray
) -> keras.Sequential:
    def initializer(number: int) -> keras.initializers.Initializer:
        return keras.initializers.GlorotUniform(seed=int(seeds[number] % (1 << 31)))

    layers = [keras.Input(shape), keras.layers.Flatten()]
    for number, size in enumerate(hidden):
        layers.append(keras.layers.Dense(size, activation="relu", kernel_initializer=initializer(number)))
    layers.append(keras.layers.Dense(arms, kernel_initializer=initializer(len(hidden))))
    return keras.Sequential(layers)
