"""What is behind `tg.debugging`."""
