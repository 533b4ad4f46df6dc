"""The networks, and checkpoints on disk."""
