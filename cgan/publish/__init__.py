"""Publishing on the Hugging Face Hub, and loading a generator from it."""
