"""``fastdefect profile``: how fast this machine is."""
