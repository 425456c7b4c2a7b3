"""What protects data while it crosses a network."""
