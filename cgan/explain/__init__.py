"""What a network has learned: saliency, adversarial examples, class visualization, inversion, directions."""
