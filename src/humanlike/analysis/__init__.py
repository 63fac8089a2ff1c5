"""Where data and statistics meet: derived tables that more than one chapter needs."""
