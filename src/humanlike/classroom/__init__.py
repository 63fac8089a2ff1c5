"""Teaching with the book: questions to the class, slides, a pack for the students."""
