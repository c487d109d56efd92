"""What tests stand on: real databases, a real browser, real server processes."""
