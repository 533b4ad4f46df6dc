"""Helpers without a subject of their own: files, images, command lines, validation."""
