"""Training of a generator and a discriminator: settings, losses, one step, the loop, the folder of a run."""
