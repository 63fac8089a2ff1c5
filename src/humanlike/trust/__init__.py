"""How far the book can be trusted: links that lead somewhere, a ledger derived anew, releases."""
