"""What makes a library of frozen kernels: which kernels, in which processes, linked by what."""
