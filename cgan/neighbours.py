"""The command `python -m cgan.neighbours`, which `cgan.evaluation.neighbours` implements."""

from cgan.evaluation.neighbours import main

if __name__ == "__main__":
    main()
