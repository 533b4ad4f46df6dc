"""The generator for the browser: its export to ONNX, and the runtime."""
