"""Inherited safeguards: what a provider has assured its customer of."""
