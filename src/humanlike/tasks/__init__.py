"""What is asked and how an answer is read: text to a value, or to a named failure."""
