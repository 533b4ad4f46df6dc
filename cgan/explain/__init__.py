"""Explanations of networks: saliency, adversarial examples, class visualization, inversion, directions."""
