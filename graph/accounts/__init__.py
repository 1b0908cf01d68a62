"""Users, clients and their grants."""
