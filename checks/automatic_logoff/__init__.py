"""Automatic logoff: whether a session ends by itself."""
