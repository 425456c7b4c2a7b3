"""Derived kinds: what is known only when several kinds are seen together."""
