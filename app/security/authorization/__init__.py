"""Hilum's own authorization server (SMART App Launch 2.2): clients, scopes, decisions, tokens."""
