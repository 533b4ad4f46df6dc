"""`python -m cgan.ui.site`."""

from cgan.ui.server.proxies import without_proxies

with without_proxies():
    from cgan.ui.site.build import main

if __name__ == "__main__":
    main()
