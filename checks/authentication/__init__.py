"""How people and programs show who they are."""
