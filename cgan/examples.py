"""The command `python -m cgan.examples`, which `cgan.data.examples` implements."""

from cgan.data.examples import main

if __name__ == "__main__":
    main()
