"""Training of a pair: configuration, losses, one step, the loop around it, and the folder of a run."""
