"""Helpers of all packages: files, images, uploads, command lines, validation."""
