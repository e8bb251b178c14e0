"""The networks themselves, in PyTorch; imported only where one is trained."""
