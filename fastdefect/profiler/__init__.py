"""The profile of a machine: a plan's stages beside the machine's own limits, over threads, from start to web speed."""
