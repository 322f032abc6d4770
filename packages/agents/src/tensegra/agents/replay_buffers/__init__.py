"""Replay buffers: `tg.agents.replay_buffers.*`."""

from ._uniform_replay_buffer import UniformReplayBuffer as UniformReplayBuffer

__all__ = ["UniformReplayBuffer"]
