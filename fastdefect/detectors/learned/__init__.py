"""Networks trained by this package, in PyTorch, and run as ONNX files; PyTorch is imported only where one is trained."""
