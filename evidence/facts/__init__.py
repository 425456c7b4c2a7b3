"""The shapes of facts: what collectors fill and checks read, so that neither imports the other."""
