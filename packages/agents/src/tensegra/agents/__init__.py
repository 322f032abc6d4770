"""Tensegra agents: learning from rewards, in TF-Agents' and Gymnasium's terms."""

from . import bandits as bandits
from . import drivers as drivers
from . import environments as environments
from . import policies as policies
from . import replay_buffers as replay_buffers
from . import trajectories as trajectories

__all__ = ["bandits", "drivers", "environments", "policies", "replay_buffers", "trajectories"]
