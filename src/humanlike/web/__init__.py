"""A small web server for this machine or one class room; every request is distrusted."""
