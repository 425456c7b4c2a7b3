"""Look: read-only, the only code that talks to anything. Nothing here judges."""
