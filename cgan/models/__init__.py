"""The networks, and how a trained pair is kept on disk."""
