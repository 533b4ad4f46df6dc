"""`python -m cgan.sampling`."""

from cgan.sampling.sampler import main

if __name__ == "__main__":
    main()
