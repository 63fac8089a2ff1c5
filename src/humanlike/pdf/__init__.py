"""The book as one PDF: its rendered pages joined, printed by Chromium, given outline and dates."""
