"""The command `python -m cgan.metrics`, which `cgan.evaluation.metrics` implements."""

from cgan.evaluation.metrics import main

if __name__ == "__main__":
    main()
