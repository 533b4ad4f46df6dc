"""The command `python -m cgan.examples`, which `cgan.data.sheets` implements."""

from cgan.data.sheets import main

if __name__ == "__main__":
    main()
