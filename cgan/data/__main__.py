"""`python -m cgan.data`: find Fashion-MNIST, or download it, and verify every file."""

from cgan.data.fashion_mnist import main

if __name__ == "__main__":
    main()
