"""A second computation of the book's main numbers that shares no code with the package."""
