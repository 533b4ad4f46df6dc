"""The page as a static site, without a server."""
