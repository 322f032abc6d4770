"""`tg.image`: images are (height, width, channels) or (batch, height, width, channels)."""
