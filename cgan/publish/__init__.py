"""The Hugging Face Hub: a Space, a static site, a model; and a generator from there."""
