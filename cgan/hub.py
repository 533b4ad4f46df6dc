"""The public name of `cgan.publish.hub`: `from cgan.hub import Generator`."""

from cgan.publish.hub import Generator

__all__ = ["Generator"]
