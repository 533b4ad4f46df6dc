"""The command `python -m cgan.directions`, which `cgan.explain.directions` implements."""

from cgan.explain.directions import main

if __name__ == "__main__":
    main()
