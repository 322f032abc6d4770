"""What is behind `tg.profiler`."""
