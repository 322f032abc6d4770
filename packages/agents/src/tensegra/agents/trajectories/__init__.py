"""What passes between environments, agents and buffers."""

from ._trajectory import Trajectory as Trajectory

__all__ = ["Trajectory"]
