"""Helpers behind the book on human-like representations in language models."""

__version__ = "0.1.0"
