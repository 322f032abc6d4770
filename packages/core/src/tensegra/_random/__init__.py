"""What is behind `tg.random`: draws from state (`_stateful`), without (`_stateless`), and generators."""
