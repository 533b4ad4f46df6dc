"""The command `python -m cgan.timeline`, which `cgan.evaluation.snapshots` implements."""

from cgan.evaluation.snapshots import main

if __name__ == "__main__":
    main()
