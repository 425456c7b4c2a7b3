"""Who may reach what, and whether those who should not still can."""
