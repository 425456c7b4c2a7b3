"""A small clinic on loopback servers, looked at on two nights. Used by `make demo`, the README and one test."""
