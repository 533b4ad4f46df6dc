"""A conditional GAN to learn from: data, networks, training, sampling and a page to play with them."""
