"""Networks in ONNX files: read without trusting them, run by ONNX Runtime."""
