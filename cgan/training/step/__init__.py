"""The parts of one step of training."""
