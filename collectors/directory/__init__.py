"""LDAP directories: people, password policy and how the server guards its own traffic."""
