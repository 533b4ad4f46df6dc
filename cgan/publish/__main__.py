"""`python -m cgan.publish`."""

from cgan.publish.command import main

if __name__ == "__main__":
    main()
