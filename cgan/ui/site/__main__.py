"""`python -m cgan.ui.site`."""

from cgan.ui.site.build import main

if __name__ == "__main__":
    main()
