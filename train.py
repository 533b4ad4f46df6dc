"""Train a conditional GAN: `python train.py`; `python train.py --help` is the manual."""

from cgan.training.command import main

if __name__ == "__main__":
    main()
